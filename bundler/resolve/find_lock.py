"""Requirements as a project has them → `Lock`: read where it is one, compiled where it is none."""

from pathlib import Path

from bundler.errors import UnpinnedRequirementError
from bundler.model.project import Target
from bundler.model.wheels import Lock, Resolver
from bundler.resolve.locks import read_lock


def find_lock(requirements: tuple[Path, ...], target: Target, *, resolver: Resolver) -> Lock:
    """Return the lock that requirements files are, else one compiled from them, whose notes say so."""
    try:
        return read_lock(requirements, target)
    except UnpinnedRequirementError:
        from bundler.resolve.compile import compile_lock  # noqa: PLC0415 - most projects have a lock

        return compile_lock(requirements, target, resolver=resolver)

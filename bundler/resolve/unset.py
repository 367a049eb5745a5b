"""Variables that requirements and sources of packages name and nobody has set: the likely cause of what fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bundler.errors import BundleError, ResolveError
from bundler.resolve.lock_formats import is_lock_file, unset_in_lock
from bundler.resolve.requirements_file import read_requirements_files


@contextmanager
def naming_unset_variables(requirements: tuple[Path, ...], folder: Path) -> Iterator[None]:
    """Add to an error of resolving which variables the requirements name that are not set."""
    try:
        yield
    except ResolveError as error:
        error.add_hints(name for path in requirements for name in _unset(path, folder))
        raise


def _unset(path: Path, folder: Path) -> tuple[str, ...]:
    try:
        return unset_in_lock(path) if is_lock_file(path) else read_requirements_files((path,), folder).unset
    except BundleError:
        return ()  # that is the error itself

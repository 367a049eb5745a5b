"""The packages that Lambda's runtime brings, fetched once for machines that have no such runtime."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bundler.model.project import Target
from bundler.runtimes import BOTO3_FAMILY, preinstalled_versions
from bundler.standards import target_platforms
from bundler.system.home import cache_folder
from bundler.system.locks import held
from bundler.system.process import run
from bundler.system.temporary import remove_old_folders

_TIMEOUT_SECONDS = 300
_CLIENT = "awslambdaric"


def runtime_packages(target: Target, interpreter: Path | None, *, is_offline: bool) -> Path | None:
    """Return a folder with boto3 in the version the runtime is known to have; `None` when it cannot be had.

    The target's own pip installs it once into the cache, from the index that pip is set up for; without a Python of the
    target's that is lbundle's own pip, told what it is for.
    """
    version = preinstalled_versions(target.runtime).get(BOTO3_FAMILY[0])
    requirement = f"{BOTO3_FAMILY[0]}=={version}" if version else BOTO3_FAMILY[0]
    return _install_once(target.runtime, _pip(target, interpreter), requirement, is_offline=is_offline)


def runtime_client(target: Target, interpreter: Path | None, *, is_offline: bool) -> Path | None:
    """Return a folder with awslambdaric, the client that Lambda's runtime itself is; `None` when it cannot be had.

    Which version a runtime has is not known: it is the newest that has a wheel for the target's Python.
    """
    name = f"{target.runtime}-{target.architecture}"
    return _install_once(name, _pip(target, interpreter, "--only-binary", _CLIENT), _CLIENT, is_offline=is_offline)


def _pip(target: Target, interpreter: Path | None, *options: str) -> list[str | Path]:
    if interpreter is not None:
        return [interpreter, "-m", "pip", "install", *options]
    version = ".".join(map(str, target.python))
    platforms = [word for platform in target_platforms(target) for word in ("--platform", platform)]
    told = ["--python-version", version, "--implementation", "cp", *platforms, "--only-binary", ":all:"]
    return [sys.executable, "-m", "pip", "install", *told]


def _install_once(kind: str, pip: Sequence[str | Path], requirement: str, *, is_offline: bool) -> Path | None:
    folder = cache_folder() / "runtime-packages" / f"{kind}-{requirement}"
    if folder.is_dir() or is_offline:
        return folder if folder.is_dir() else None
    with held(f"installs `{requirement}` of {kind}"):
        return _install(folder, pip, requirement)


def _install(folder: Path, pip: Sequence[str | Path], requirement: str) -> Path | None:
    try:
        if folder.is_dir():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_old_folders(folder.parent.glob(".unfinished-*"))
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    except OSError:  # the cache cannot be read or written
        return None
    try:
        how = ["--quiet", "--no-input", "--disable-pip-version-check", "--target", str(unfinished)]
        done = run(
            [*pip, *how, requirement],
            environment=os.environ,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        if done.returncode == 0:
            unfinished.rename(folder)
    except OSError:  # another run was faster, or pip does not start
        pass
    shutil.rmtree(unfinished, ignore_errors=True)
    return folder if folder.is_dir() else None

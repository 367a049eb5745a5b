"""An arm64 CPython that runs here: Debian's, unpacked into a folder, under qemu's user mode.

Made once by `apt-get` and `dpkg-deb`, in folders of its own: nothing is installed and the machine's package lists stay
as they are. 80 MB are fetched; it takes some ten seconds.
"""

import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.installs import shared_folder

ARM64_PYTHON = "3.11"
"""The version Debian 12 has."""


def arm64_python() -> Path:
    """Return a program that is an arm64 Python to all who call it."""
    finished = shared_folder() / "arm64"
    if not finished.exists():
        unfinished = Path(tempfile.mkdtemp(dir=shared_folder()))
        unfinished.chmod(0o755)
        _unpack(_own_architecture(), ["qemu-user-static"], unfinished / "host")
        _unpack("arm64", [f"python{ARM64_PYTHON}", "libstdc++6"], unfinished / "prefix")
        _join_libraries(unfinished / "prefix")
        _write_program(unfinished / "python", finished)
        try:
            unfinished.rename(finished)
        except OSError:  # another run was faster
            shutil.rmtree(unfinished)
    return finished / "python"


def _unpack(architecture: str, packages: list[str], folder: Path) -> None:
    """Unpack packages and all they need, for an architecture that this machine need not know."""
    with tempfile.TemporaryDirectory(prefix="lbundle-apt-") as name:
        state = Path(name)
        for part in ("lists/partial", "archives/partial"):
            (state / part).mkdir(parents=True)
        (state / "status").touch()
        options = {
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Debug::NoLocking": "true",
            "Dir::Cache": state,
            "Dir::State": state,
            "Dir::State::status": state / "status",
        }
        apt_get = ["apt-get", "--quiet=2", *(f"--option={name}={value}" for name, value in options.items())]
        _run([*apt_get, "update"])
        _run([*apt_get, "--yes", "--no-install-recommends", "--download-only", "install", *packages])
        for archive in sorted((state / "archives").glob("*.deb")):
            _run(["dpkg-deb", "--extract", archive, folder])


def _join_libraries(prefix: Path) -> None:
    """Make `lib` a link to `usr/lib`, as on an installed Debian: packages still name the loader by the old folder."""
    shutil.copytree(prefix / "lib", prefix / "usr" / "lib", symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(prefix / "lib")
    (prefix / "lib").symlink_to("usr/lib")


def _write_program(path: Path, folder: Path) -> None:
    words = (
        folder / "host" / "usr" / "bin" / "qemu-aarch64-static",
        "-L",
        folder / "prefix",
        folder / "prefix" / "usr" / "bin" / f"python{ARM64_PYTHON}",
    )
    path.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


def _own_architecture() -> str:
    return _run(["dpkg", "--print-architecture"]).strip()


def _run(command: list[str | Path]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"`{command[0]} … {command[-1]}` ended with code {done.returncode}:\n{done.stderr or done.stdout}"
        raise RuntimeError(msg)
    return done.stdout

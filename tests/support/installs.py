"""Interpreters and full installs for tests: found or made once, then shared by all runs.

Installs are kept in the folder `LBUNDLE_TEST_CACHE`, else in one of the user's below the system's temporary folder.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from bundler.runtimes import preinstalled_versions, runtime_names

_ASK_PYTHON = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


@cache
def find_python(version: str) -> Path | None:
    """Return an interpreter of a version, `3.12`: the running one, one on the PATH, or pyenv's newest; else `None`."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [
        Path(sys.executable),
        *(Path(found) for found in (shutil.which(f"python{version}"),) if found),
        *sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True),
    ]
    for candidate in candidates:
        found_version, _, executable = _ask(candidate)
        if found_version == version:
            return Path(executable)
    return None


def _ask(python: Path) -> tuple[str, str, str]:
    """Return an interpreter's version and its own path; pyenv's shims exist for versions that are not active."""
    done = subprocess.run([python, "-I", "-c", _ASK_PYTHON], capture_output=True, text=True, check=False)
    return done.stdout.strip().partition("\n")


def install_full(requirements: Path, folder: Path, python: Path) -> Path:
    """Put what `pip install --target` gives for pinned requirements into `folder`, with that interpreter's pip.

    Installed once per content and interpreter, then linked: change no file of it in place. Pins with hashes are
    complete: asked for what they depend on, older pips choose newer releases than the pinned ones for an extra.
    """
    pins = requirements.read_bytes()
    complete = ["--no-deps"] if b"--hash=" in pins else []
    installed = _installed_once("full", python, pins, [*complete, "-r", str(requirements.resolve())])
    shutil.copytree(installed, folder, copy_function=_link_or_copy, dirs_exist_ok=True)
    return folder


def runtime_packages(python: Path) -> Path:
    """Return a folder with boto3 and what it needs, in the version that the interpreter's Lambda runtime carries."""
    runtime = f"python{_ask(python)[0]}"
    version = preinstalled_versions(runtime).get("boto3") if runtime in runtime_names() else None
    requirement = f"boto3=={version}" if version else "boto3"
    return _installed_once("runtime", python, requirement.encode(), [requirement])


def runtime_client(python: Path) -> Path:
    """Return a folder with the newest awslambdaric that has a wheel for the interpreter."""
    return _installed_once("client", python, b"awslambdaric", ["--only-binary", "awslambdaric", "awslambdaric"])


def ask_version(python: Path) -> str:
    """Return the version of an interpreter: `3.12`."""
    return _ask(python)[0]


def shared_folder() -> Path:
    """Return the folder of what is made once for all runs."""
    chosen = os.environ.get("LBUNDLE_TEST_CACHE")
    folder = Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"lbundle-tests-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@cache
def install_program(requirement: str, name: str) -> Path:
    """Return a link to a program of an environment of its own: its pins would not agree with those of the tests."""
    digest = hashlib.sha256(f"{sys.executable} {requirement}".encode()).hexdigest()[:20]
    # A virtual environment names its own path, so it is made where it stays; the program's link comes last.
    finished = shared_folder() / f"{name}-{digest}"
    if not finished.exists():
        environment = Path(tempfile.mkdtemp(dir=shared_folder()))
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, environment)
        _uv("pip", "install", "--quiet", "--python", environment / "bin" / "python", requirement)
        try:
            finished.symlink_to(environment / "bin" / name)
        except FileExistsError:  # another run was faster
            shutil.rmtree(environment)
    return finished


def _uv(*words: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"`uv {' '.join(map(str, words))}` failed:\n{done.stderr}"
        raise RuntimeError(msg)


def _installed_once(kind: str, python: Path, key: bytes, arguments: list[str]) -> Path:
    digest = hashlib.sha256(b"\0".join((os.fsencode(python), key))).hexdigest()[:20]
    shared = shared_folder()
    finished = shared / f"{kind}-{digest}"
    if not finished.exists():
        unfinished = Path(tempfile.mkdtemp(dir=shared))
        _pip_install(python, unfinished, arguments)
        try:
            unfinished.rename(finished)
        except OSError:  # another run was faster
            shutil.rmtree(unfinished)
    return finished


def _pip_install(python: Path, folder: Path, arguments: list[str]) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "--target", folder, *arguments], capture_output=True, text=True, check=False, cwd=folder
    )
    if done.returncode:
        msg = f"pip could not install {arguments}:\n{done.stderr}"
        raise RuntimeError(msg)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

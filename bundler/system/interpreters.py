"""Find a CPython of the target's own version on this machine.

Looked for in this order: the setting `LBUNDLE_PYTHON_3_12` (for Python 3.12), the interpreter that runs us, the PATH,
pyenv's versions, uv's store. Each is asked once who it is; the answer is kept in the cache under the file's path, size
and time, so a warm build starts no process.
"""

import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import InterpreterSettingError
from bundler.system import cache
from bundler.system.files import is_file
from bundler.system.home import home_folder
from bundler.system.process import run
from bundler.system.witness import looking_away

_WHO_ARE_YOU = """
import json, os, sys
from importlib.util import MAGIC_NUMBER
is_regular = sys.implementation.name == "cpython" and sys.version_info[3] == "final" and not sys.abiflags.strip("m")
print(json.dumps({
    # What an emulator starts does not start by itself.
    "executable": sys.executable if os.uname().machine == sys.argv[1] else sys.argv[2],
    "python": list(sys.version_info[:2]) if is_regular else None,
    "magic": MAGIC_NUMBER.hex(),
}))
"""
_ANSWER_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A CPython that answered."""

    path: Path
    python: tuple[int, int]
    magic: bytes
    """The four bytes its bytecode files begin with."""


def find_interpreter(python: tuple[int, int]) -> Path | None:
    """Return the path of a released CPython of this minor version, or `None` where the machine has none."""
    found = identify_interpreter(python)
    return found.path if found else None


def identify_interpreter(python: tuple[int, int]) -> Interpreter | None:
    """Return what `find_interpreter` finds, with what it said about itself."""
    version = f"{python[0]}.{python[1]}"
    setting = f"LBUNDLE_PYTHON_{python[0]}_{python[1]}"
    if chosen := os.environ.get(setting):
        interpreter = _ask(Path(chosen), python)
        if interpreter is None:
            raise InterpreterSettingError(setting, chosen, version)
        return interpreter
    answers = (_ask(candidate, python) for candidate in _candidates(version))
    return next(filter(None, answers), None)


def _candidates(version: str) -> Iterator[Path]:
    if sys.executable and version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        yield Path(sys.executable)
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or home_folder() / ".pyenv")
    yield from _newest_first(pyenv / "versions", f"{version}.*")
    yield from newest_of_uv(f"cpython-{version}.*")


def newest_of_uv(pattern: str) -> list[Path]:
    """Return the interpreters of uv's store whose folders fit, the highest patch level first."""
    return _newest_first(_uv_store(), pattern)


def _uv_store() -> Path:
    if chosen := os.environ.get("UV_PYTHON_INSTALL_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else home_folder() / ".local" / "share") / "uv" / "python"


def _newest_first(folder: Path, pattern: str) -> list[Path]:
    """Return the interpreters of the installations in `folder`, the highest patch level first."""
    try:
        installed = sorted(folder.glob(pattern), key=lambda path: _numbers_in(path.name), reverse=True)
    except OSError:  # a folder of somebody else's
        return []
    return [installation / "bin" / "python" for installation in installed]


def _numbers_in(name: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", name))


def _ask(candidate: Path, python: tuple[int, int]) -> Interpreter | None:
    """Return who the candidate is if it is a CPython of the version wanted."""
    try:
        status = candidate.stat()
    except OSError:
        return None
    key = f"{candidate.absolute()}\0{status.st_size}\0{status.st_mtime_ns}"
    known = cache.load_as("interpreters", key, _read_answer)
    if known is None:
        with looking_away():
            answer = _run_and_ask(candidate)
        if answer is None:
            return None
        cache.store("interpreters", key, answer)
        known = _read_answer(answer)
    # A shim of pyenv answers with the interpreter behind it, which may have gone since.
    return known if known.python == python and is_file(known.path) else None


def _read_answer(answer: bytes) -> Interpreter:
    known = json.loads(answer)
    major, minor = known["python"] or (0, 0)
    return Interpreter(path=Path(known["executable"]), python=(major, minor), magic=bytes.fromhex(known["magic"]))


def _run_and_ask(candidate: Path) -> bytes | None:
    try:
        # -I and -S: neither the user's settings nor site-packages can change the answer or slow it down.
        words = [_WHO_ARE_YOU, platform.machine(), str(candidate.absolute())]
        done = run([candidate, "-I", "-S", "-c", *words], timeout_seconds=_ANSWER_TIMEOUT_SECONDS)
    except OSError:
        return None
    if done.returncode != 0:
        # A shim without a version behind it: it says so every time, until the file changes.
        return b'{"executable": "", "python": null, "magic": ""}'
    return done.stdout

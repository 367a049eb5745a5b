"""Find a CPython of another architecture, and qemu's user mode where the machine itself does not start it.

Looked for in this order: the settings `LBUNDLE_PYTHON_3_12_ARM64` and `LBUNDLE_PYTHON_3_12` (for Python 3.12 on arm64),
uv's store. A program that starts one, such as a script that calls qemu, is one too.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import EmulatedSettingError
from bundler.model.project import Target
from bundler.system.interpreters import newest_of_uv
from bundler.system.process import run

_LOADERS = {"aarch64": "lib/ld-linux-aarch64.so.1", "x86_64": "lib64/ld-linux-x86-64.so.2"}
_WHO_ARE_YOU = "import os, sys; print(os.uname().machine, '%d.%d' % sys.version_info[:2])"
_SYSTEM_ROOT = "QEMU_LD_PREFIX"
_ANSWER_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated:
    """A CPython of another architecture, and how it is started."""

    path: Path
    emulator: tuple[str, ...] = ()
    """What stands before its path, as words; nothing where it starts by itself."""


def find_emulated(target: Target) -> tuple[Emulated | None, str]:
    """Return a Python of a target's that this machine can start although it is another, or `None` and why not.

    Raises:
        EmulatedSettingError: The setting for this architecture names another Python, or none.
    """
    version = f"{target.python[0]}.{target.python[1]}"
    general = f"LBUNDLE_PYTHON_{version.replace('.', '_')}"
    own = f"{general}_{target.architecture.upper()}"
    if chosen := os.environ.get(own):
        if found := _ask(Path(chosen), target, version):
            return found, ""
        raise EmulatedSettingError(own, chosen, f"Python {version} on {target.architecture}")
    candidates = _candidates(os.environ.get(general), version, target.architecture.machine)
    found = next(filter(None, (_ask(path, target, version) for path in candidates)), None)
    return found, "" if found else _what_it_takes(own, version, target)


def _candidates(chosen: str | None, version: str, machine: str) -> Iterator[Path]:
    if chosen:
        yield Path(chosen)
    yield from newest_of_uv(f"cpython-{version}.*-linux-{machine}-*")


def _ask(path: Path, target: Target, version: str) -> Emulated | None:
    """Return how a Python is started if it is of the target's version and architecture, by itself or by qemu."""
    machine = target.architecture.machine
    for emulator in ((), _emulator(path, machine)):
        if emulator is not None and _answers([*emulator, str(path)], f"{machine} {version}"):
            return Emulated(path=path, emulator=emulator)
    return None


def _answers(command: list[str], expected: str) -> bool:
    try:
        done = run([*command, "-I", "-S", "-c", _WHO_ARE_YOU], timeout_seconds=_ANSWER_TIMEOUT_SECONDS)
    except OSError:  # it is not for this machine, or not there
        return False
    return done.stdout.decode(errors="replace").strip() == expected


def _emulator(python: Path, machine: str) -> tuple[str, ...] | None:
    """Return the words that start a program of another machine: qemu, and where it finds that machine's libraries."""
    qemu = _qemu(machine)
    if qemu is None:
        return None
    roots = (os.environ.get(_SYSTEM_ROOT), *map(str, python.absolute().parents), f"/usr/{machine}-linux-gnu")
    root = next((root for root in roots if root and Path(root, _LOADERS[machine]).exists()), None)
    return (qemu, "-L", root) if root else (qemu,)


def _qemu(machine: str) -> str | None:
    return shutil.which(f"qemu-{machine}-static") or shutil.which(f"qemu-{machine}")


def _what_it_takes(setting: str, version: str, target: Target) -> str:
    problem = f"this machine is {os.uname().machine}, the bundle is built for {target.architecture}"
    if _qemu(target.architecture.machine) is None:
        return f"{problem}, and qemu's user mode is not installed (Debian: `qemu-user-static`)"
    return f"{problem}: for qemu, set {setting} to a Python {version} of that architecture"

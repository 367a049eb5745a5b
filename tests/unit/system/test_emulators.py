"""Pythons of other architectures are found with what starts them, and what is missing is told."""

import platform
from pathlib import Path

import pytest

from bundler.errors import EmulatedSettingError
from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.system.emulators import Emulated, find_emulated

FOREIGN = Architecture.ARM64 if platform.machine() == "x86_64" else Architecture.X86_64
TARGET = make_target("python3.12", FOREIGN)
OWN = f"LBUNDLE_PYTHON_3_12_{FOREIGN.upper()}"
LOADER = {"arm64": "lib/ld-linux-aarch64.so.1", "x86_64": "lib64/ld-linux-x86-64.so.2"}[FOREIGN]
ANSWER = f"#!/bin/sh\necho {FOREIGN.machine} 3.12\n"


def write_program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def _bare_machine(tmp_path, monkeypatch):
    """Neither qemu nor a store of uv's."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.delenv("QEMU_LD_PREFIX", raising=False)


def test_nothing_there():
    """Without qemu one sentence says so."""
    found, problem = find_emulated(TARGET)

    assert found is None
    assert problem == (
        f"this machine is {platform.machine()}, the bundle is built for {FOREIGN}, "
        "and qemu's user mode is not installed (Debian: `qemu-user-static`)"
    )


def test_no_python(tmp_path):
    """With qemu alone the setting that names a Python is told."""
    write_program(tmp_path / "path" / f"qemu-{FOREIGN.machine}", "#!/bin/sh\n")

    assert find_emulated(TARGET)[1].endswith(f": for qemu, set {OWN} to a Python 3.12 of that architecture")


@pytest.mark.parametrize("setting", [OWN, "LBUNDLE_PYTHON_3_12"])
def test_what_starts_by_itself(setting, tmp_path, monkeypatch):
    """A program that answers as that architecture's Python needs nothing before it."""
    program = write_program(tmp_path / "python", ANSWER)
    monkeypatch.setenv(setting, str(program))

    assert find_emulated(TARGET) == (Emulated(path=program), "")


@pytest.mark.parametrize("name", ["", "-static"])
def test_qemu_starts_it(name, tmp_path, monkeypatch):
    """What does not start by itself is started by qemu, with the libraries of the root that it lies in."""
    root = tmp_path / "root"
    python = write_program(root / "usr" / "bin" / "python3.12", "an ELF file of another machine")
    write_program(root / LOADER, "")
    qemu = write_program(tmp_path / "path" / f"qemu-{FOREIGN.machine}{name}", f'{ANSWER}[ "$2" = "{root}" ]\n')
    monkeypatch.setenv(OWN, str(python))

    assert find_emulated(TARGET) == (Emulated(path=python, emulator=(str(qemu), "-L", str(root))), "")


def test_the_store_of_uv(tmp_path):
    """A Python that uv keeps for that architecture is found."""
    name = f"cpython-3.12.4-linux-{FOREIGN.machine}-gnu"
    program = write_program(tmp_path / "uv" / name / "bin" / "python", ANSWER)

    assert find_emulated(TARGET)[0] == Emulated(path=program)


def test_another_python(tmp_path, monkeypatch):
    """A setting that names what is none is an error; the general one may name this machine's own."""
    program = write_program(tmp_path / "python", "#!/bin/sh\necho x86 3.11\n")
    monkeypatch.setenv("LBUNDLE_PYTHON_3_12", str(program))
    assert find_emulated(TARGET)[0] is None
    monkeypatch.setenv(OWN, str(program))

    with pytest.raises(
        EmulatedSettingError, match=f"`{OWN}` names `{program}`, which does not start as Python 3.12 on"
    ):
        find_emulated(TARGET)

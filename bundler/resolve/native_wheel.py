"""A wheel that was built here: would its native code load on the target, and what may its tag promise?

These are the rules that `auditwheel` goes by: the machine, the newest symbols of glibc and libstdc++, and the
libraries it needs beside those it brings.
"""

import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bundler import standards
from bundler.model.project import Target
from bundler.resolve.cross import extension_suffix
from bundler.runtimes import max_glibcxx, system_libraries
from bundler.system.elf import ElfFacts, read_elf
from bundler.system.process import run

_SHARED_OBJECT = re.compile(r"\.so(?:\.[\d.]+)?$")
_OWN_PYTHON = re.compile(r"\.cpython-[^/]*\.so$")
_TIMEOUT_SECONDS = 60
# What every manylinux system has (PEP 513, 571, 599), less the libraries of desktops, which Lambda lacks.
_MANYLINUX_LIBRARIES = frozenset(
    (
        *("ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6"),
        *("libpthread.so.0", "libresolv.so.2", "librt.so.1", "libstdc++.so.6", "libutil.so.1"),
    )
)


def native_problem(wheel: Path, target: Target) -> str | None:
    """Say why native code built here would not load on the target; `None` where it would."""
    files = _read_files(wheel)
    present = _names(files) | system_libraries(target.runtime)
    problems = (problem for name, facts in files.items() for problem in _problems(name, facts, present, target))
    return next(problems, None)


def missing_libraries(wheel: Path, target: Target) -> tuple[str, ...]:
    """Return the libraries that a wheel needs and neither brings nor the runtime is known to have."""
    files = _read_files(wheel)
    needed = {library for facts in files.values() for library in facts.needed}
    return tuple(sorted(needed - _names(files) - system_libraries(target.runtime)))


def tag_for_target(wheel: Path, target: Target) -> Path:
    """Give a native wheel the target's manylinux tag, where it needs no more than that promises; return its path."""
    files = _read_files(wheel)
    needed = {library for facts in files.values() for library in facts.needed}
    if not files or not wheel.stem.endswith(f"-linux_{target.architecture.machine}"):
        return wheel
    if needed - _names(files) - _MANYLINUX_LIBRARIES:
        return wheel
    tag = standards.target_platforms(target)[0]
    command = [sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag", tag]
    done = run([*command, str(wheel)], timeout_seconds=_TIMEOUT_SECONDS)
    if done.returncode != 0:
        raise OSError(done.stderr.decode(errors="replace").strip())
    return wheel.with_name(done.stdout.decode().strip())


def _read_files(wheel: Path) -> dict[str, ElfFacts]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: read_elf(archive.read(name)) for name in archive.namelist() if _SHARED_OBJECT.search(name)}


def _names(files: dict[str, ElfFacts]) -> frozenset[str]:
    return frozenset(name.rpartition("/")[2] for name in files)


def _problems(name: str, facts: ElfFacts, present: frozenset[str], target: Target) -> Iterator[str]:
    if facts.machine and facts.machine != target.architecture.machine:
        yield f"`{name}` is for {facts.machine}"
    if _OWN_PYTHON.search(name) and not name.endswith(extension_suffix(target)):
        yield f"`{name}` is for another Python than the runtime's"
    if facts.glibc > target.glibc:
        yield f"`{name}` needs glibc {_dotted(facts.glibc)}, the runtime has {_dotted(target.glibc)}"
    newest = max_glibcxx(target.runtime)
    if newest and facts.glibcxx > newest:
        yield f"`{name}` needs GLIBCXX {_dotted(facts.glibcxx)}, the runtime has {_dotted(newest)}"
    missing = [needed for needed in facts.needed if needed not in present]
    if missing:
        libraries = ", ".join(f"`{library}`" for library in missing)
        yield f"`{name}` needs {libraries}, which the runtime is not known to have"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

"""A wheel that was built here: would its native code load on the target, and what may its tag promise?

These are the rules that `auditwheel` goes by: the machine, the newest symbols of glibc and libstdc++, and the
libraries it needs beside those it brings.
"""

import re
import sys
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from bundler import standards
from bundler.model.project import Target
from bundler.resolve.cross import extension_suffix
from bundler.runtimes import max_glibcxx, python_exports, system_libraries
from bundler.system.elf import ElfFacts, absent_symbols, read_elf, read_python_symbols
from bundler.system.process import run

_SHARED_OBJECT = re.compile(r"\.so(?:\.[\d.]+)?$")
_OWN_PYTHON = re.compile(r"\.cpython-[^/]*\.so$")
_TIMEOUT_SECONDS = 60
_NAMED = 3
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
    problems = chain(
        _compiler_problems(files, target), _library_problems(files, target), _absent_symbols(wheel, target)
    )
    return next(problems, None)


def compiler_problem(wheel: Path, target: Target) -> str | None:
    """Say why native code would not load on the target that a compiler for the target would make otherwise."""
    return next(_compiler_problems(_read_files(wheel), target), None)


def has_native_code(wheel: Path) -> bool:
    """Tell whether a wheel is for some machines alone."""
    return not wheel.name.endswith("-none-any.whl")


def _absent_symbols(wheel: Path, target: Target) -> Iterator[str]:
    """Say what native code wants of a Python that the target's has not: headers of another one were at hand.

    Of some versions nobody here knows what they export; whoever built for one is told.
    """
    exports = python_exports(target.python)
    if exports is None:
        return
    with zipfile.ZipFile(wheel) as archive:
        names = (name for name in archive.namelist() if _SHARED_OBJECT.search(name))
        files = {name: read_python_symbols(archive.read(name)) for name in names}
    for name, symbols in absent_symbols(files, exports).items():
        asked = ", ".join(f"`{symbol}`" for symbol in symbols[:_NAMED])
        more = f" and {len(symbols) - _NAMED} more" if len(symbols) > _NAMED else ""
        yield f"`{name}` asks for {asked}{more}, which Python {_dotted(target.python)} does not have"


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


def _compiler_problems(files: dict[str, ElfFacts], target: Target) -> Iterator[str]:
    newest = max_glibcxx(target.runtime)
    for name, facts in files.items():
        if facts.machine and facts.machine != target.architecture.machine:
            yield f"`{name}` is for {facts.machine}"
        if _OWN_PYTHON.search(name) and not name.endswith(extension_suffix(target)):
            yield f"`{name}` is for another Python than the runtime's"
        if facts.glibc > target.glibc:
            yield f"`{name}` needs glibc {_dotted(facts.glibc)}, the runtime has {_dotted(target.glibc)}"
        if newest and facts.glibcxx > newest:
            yield f"`{name}` needs GLIBCXX {_dotted(facts.glibcxx)}, the runtime has {_dotted(newest)}"


def _library_problems(files: dict[str, ElfFacts], target: Target) -> Iterator[str]:
    present = _names(files) | system_libraries(target.runtime)
    for name, facts in files.items():
        if missing := [needed for needed in facts.needed if needed not in present]:
            libraries = ", ".join(f"`{library}`" for library in missing)
            yield f"`{name}` needs {libraries}, which the runtime is not known to have"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

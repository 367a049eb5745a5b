"""Check native code: for the target's machine, no newer than its C and C++ libraries, with every library it loads."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from bundler.model.project import Target
from bundler.model.report import Finding
from bundler.prove.bundle import Bundle, name_some, quote
from bundler.runtimes import max_glibcxx, python_exports, system_libraries
from bundler.system.elf import ElfFacts, absent_symbols

_CPP_LIBRARY = "libstdc++"
_PYTHON_TAG = re.compile(r"\.cpython-(\d+)")


def check_native(bundle: Bundle) -> Iterator[Finding]:
    """Give what keeps an ELF file from being loaded on the target."""
    read = {member.path: member.elf for member in bundle.members if member.elf is not None}
    broken = [f"`{path}` ({facts.error})" for path, facts in read.items() if facts.error]
    if broken:
        yield bundle.error("elf-unreadable", f"native code that cannot be read: {name_some(broken)}")
    native = {path: facts for path, facts in read.items() if not facts.error}
    brought = {PurePosixPath(path).name for path in bundle.paths} | {facts.soname for facts in native.values()}
    brought |= bundle.layers.libraries
    yield from _check_machine(bundle, native)
    yield from _check_symbols(bundle, native, brought)
    yield from _check_libraries(bundle, native, brought)
    yield from _check_python(bundle, native)


def _check_machine(bundle: Bundle, native: dict[str, ElfFacts]) -> Iterator[Finding]:
    wanted = bundle.target.architecture.machine
    odd = [f"`{path}` ({facts.machine or 'unknown'})" for path, facts in native.items() if facts.machine != wanted]
    if odd:
        yield bundle.error("elf-machine", f"native code for another machine than {wanted}: {name_some(odd)}")


def _check_symbols(bundle: Bundle, native: dict[str, ElfFacts], brought: set[str]) -> Iterator[Finding]:
    """Compare symbol versions with the runtime's; a C++ library that the bundle brings itself is as new as it is."""
    glibc = bundle.target.glibc
    if odd := _newer(native, lambda facts: facts.glibc, glibc):
        text = f"native code that needs a newer C library than the runtime's {_dotted(glibc)}: {name_some(odd)}"
        yield bundle.error("elf-glibc", text)
    glibcxx = max_glibcxx(bundle.target.runtime)
    relying = {path: facts for path, facts in native.items() if not _brings_cpp(facts, brought)}
    if glibcxx is not None and (odd := _newer(relying, lambda facts: facts.glibcxx, glibcxx)):
        text = f"native code that needs a newer C++ library than the runtime's {_dotted(glibcxx)}: {name_some(odd)}"
        yield bundle.error("elf-glibcxx", text)


def _newer(
    native: dict[str, ElfFacts], version_of: Callable[[ElfFacts], tuple[int, ...]], most: tuple[int, ...]
) -> list[str]:
    return [f"`{path}` ({_dotted(version_of(facts))})" for path, facts in native.items() if version_of(facts) > most]


def _brings_cpp(facts: ElfFacts, brought: set[str]) -> bool:
    return any(library.startswith(_CPP_LIBRARY) and library in brought for library in facts.needed)


def _check_libraries(bundle: Bundle, native: dict[str, ElfFacts], brought: set[str]) -> Iterator[Finding]:
    """Look for each library a file names; where in the bundle it lies does not count.

    Beside run paths, packages load libraries by hand before their modules ask for them, and what is loaded is found by
    its name. What the runtime has is not known to the last file, so a library that is missing is only a warning.
    """
    there = brought | system_libraries(bundle.target.runtime)
    missing: dict[str, list[str]] = {}
    for path, facts in native.items():
        for library in facts.needed:
            if PurePosixPath(library).name not in there:
                missing.setdefault(library, []).append(path)
    for library in sorted(missing):
        text = f"`{library}` is neither in the zip nor known to be in {bundle.target.runtime}"
        yield bundle.warning("elf-library", f"{text}, but needed by {name_some(quote(missing[library]))}")


def _check_python(bundle: Bundle, native: dict[str, ElfFacts]) -> Iterator[Finding]:
    """Look for each symbol of Python that a file wants in the target's Python, then in all other files.

    Python loads modules with all they want or not at all. Modules for other Pythons are never loaded, and what a
    library gives that nobody can see here may be what is wanted.
    """
    files = {member.path: member.symbols for member in bundle.members}
    wanting = [path for path, symbols in files.items() if symbols.wanted]
    exports = python_exports(bundle.target.python)
    version = _dotted(bundle.target.python)
    if exports is None:
        if wanting:
            text = f"what Python {version} exports is not known here, so nothing is said of {name_some(quote(wanting))}"
            yield bundle.note("elf-python", text)
        return
    absent = absent_symbols(files, exports)
    odd = [
        f"`{path}` ({name_some(symbols)})"
        for path, symbols in absent.items()
        if path in native and _is_for(path, bundle.target) and not _needs_unseen(native[path], bundle)
    ]
    if odd:
        text = f"native code that asks for what Python {version} does not have: {name_some(odd)}"
        yield bundle.error("elf-python", text)


def _is_for(path: str, target: Target) -> bool:
    """Tell whether the target's Python would load a module of this name; libraries load with whatever needs them."""
    tag = _PYTHON_TAG.search(path)
    return tag is None or tag[1] == f"{target.python[0]}{target.python[1]}"


def _needs_unseen(facts: ElfFacts, bundle: Bundle) -> bool:
    """Tell whether a file loads a library that is neither here nor the system's."""
    here = {PurePosixPath(path).name for path in bundle.paths} | system_libraries(bundle.target.runtime)
    return any(library not in here and not library.startswith("libpython") for library in facts.needed)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

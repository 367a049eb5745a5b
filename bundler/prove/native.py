"""Check native code: for the target's machine, no newer than its C and C++ libraries, with every library it loads."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from bundler.model.report import Finding
from bundler.prove.bundle import Bundle, name_some, quote
from bundler.runtimes import max_glibcxx, system_libraries
from bundler.system.elf import ElfFacts

_CPP_LIBRARY = "libstdc++"


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


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

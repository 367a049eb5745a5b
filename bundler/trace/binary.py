"""Read what one shared object says: the libraries it loads, the C library it needs, the modules it may import.

The only file that imports `elftools`.
"""

import io
import re
from typing import Any, NamedTuple

from bundler.trace.packed_strings import unpack_strings

_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}
_TEXT_SECTIONS = frozenset({".rodata", ".data", ".data.rel.ro", ".rodata.str1.1", ".rodata.str1.8"})
_WHOLE_WORD = re.compile(rb"(?<![\w.])(\w{3,80}(?:\.\w+)*)(?=\0)")
_DOTTED_RUN = re.compile(rb"[A-Za-z_]\w*(?:\.\w+)+")
# Only modules name others; the mark is the function that the import system calls.
_MODULE_MARK = b"PyInit_"
# Every Cython module compares its name to `__main__`; where that cannot be read, nothing of its strings can.
_CYTHON_MARK = b"cython_function_or_method"
_ALWAYS_NAMED = b"__main__"
_LONGEST_RUN = 4000


class BinaryFacts(NamedTuple):
    """What one shared object says."""

    machine: str = ""
    """As wheel tags spell it; empty when the file is no ELF file of a known machine."""
    soname: str = ""
    needed: tuple[str, ...] = ()
    run_paths: tuple[str, ...] = ()
    """As written, `$ORIGIN` unresolved."""
    glibc: tuple[int, ...] = ()
    """The newest GLIBC symbol version it needs."""
    glibcxx: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    """C strings that could be the name of a module, and runs of dotted text that could hold some."""
    packed: str = ""
    """Text that the compiler stored without ends between its strings, as runs of identifiers."""
    is_opaque: bool = False
    """Its strings are stored in a way that nobody here can read."""
    error: str = ""


def read_binary(content: bytes) -> BinaryFacts:
    """Return what a shared object says; anything unreadable gives empty facts with an `error`."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only builds with native code pay for it
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    try:
        elf = ELFFile(io.BytesIO(content))
        dynamic = _dynamic_tags(elf)
        versions = _needed_versions(elf)
        text = _text_of(elf, content) if _MODULE_MARK in content else b""
        packed = unpack_strings(text)
        return BinaryFacts(
            machine=_MACHINES.get(elf["e_machine"], ""),
            soname="".join(dynamic["DT_SONAME"][:1]),
            needed=tuple(dynamic["DT_NEEDED"]),
            run_paths=tuple(part for path in dynamic["DT_RUNPATH"] or dynamic["DT_RPATH"] for part in path.split(":")),
            glibc=_newest(versions, "GLIBC_"),
            glibcxx=_newest(versions, "GLIBCXX_"),
            words=_words(text),
            packed=packed,
            is_opaque=_CYTHON_MARK in text and _ALWAYS_NAMED not in text and _ALWAYS_NAMED.decode() not in packed,
        )
    except (ELFError, ValueError, KeyError, UnicodeDecodeError, AttributeError, TypeError) as error:
        return BinaryFacts(error=f"{type(error).__name__}: {error}")


def _dynamic_tags(elf: Any) -> dict[str, list[str]]:  # noqa: ANN401 - the library has no types
    found: dict[str, list[str]] = {"DT_SONAME": [], "DT_NEEDED": [], "DT_RUNPATH": [], "DT_RPATH": []}
    section = elf.get_section_by_name(".dynamic")
    for tag in section.iter_tags() if section is not None else ():
        name = tag.entry.d_tag
        if name in found:
            attribute = {"DT_SONAME": "soname", "DT_NEEDED": "needed", "DT_RUNPATH": "runpath", "DT_RPATH": "rpath"}[
                name
            ]
            found[name].append(getattr(tag, attribute))
    return found


def _needed_versions(elf: Any) -> list[str]:  # noqa: ANN401
    section = elf.get_section_by_name(".gnu.version_r")
    if section is None:
        return []
    return [auxiliary.name for _, auxiliaries in section.iter_versions() for auxiliary in auxiliaries]


def _newest(versions: list[str], prefix: str) -> tuple[int, ...]:
    numbers = [
        tuple(int(part) for part in version[len(prefix) :].split("."))
        for version in versions
        if version.startswith(prefix) and version[len(prefix) :].replace(".", "").isdigit()
    ]
    return max(numbers, default=())


def _text_of(elf: Any, content: bytes) -> bytes:  # noqa: ANN401
    """Return the parts of the file that hold strings; all of it when its sections were stripped."""
    parts = [section.data() for section in elf.iter_sections() if section.name in _TEXT_SECTIONS]
    return b"\0".join(parts) if parts else content


def _words(text: bytes) -> tuple[str, ...]:
    words = set(_WHOLE_WORD.findall(text))
    words.update(run for run in _DOTTED_RUN.findall(text) if len(run) < _LONGEST_RUN)
    return tuple(sorted(word.decode("ascii", "ignore") for word in words))

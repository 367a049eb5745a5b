"""Read what an ELF file says to the loader: what it is, which libraries it loads and where it looks for them.

The only file that imports `elftools`.
"""

import io
import struct
import zlib
from collections.abc import Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

MAGIC = b"\x7fELF"
"""What every ELF file begins with."""

HEADER_BYTES = 20
"""How much of an ELF file says which machine it is for."""

_MACHINES = {"EM_X86_64": "x86_64", "EM_AARCH64": "aarch64"}
# The same by their numbers, with others that wheels are made for.
_MACHINE_NUMBERS = {3: "i386", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv"}
_BIG_ENDIAN = 2
_TAG_ATTRIBUTES = {"DT_SONAME": "soname", "DT_NEEDED": "needed", "DT_RUNPATH": "runpath", "DT_RPATH": "rpath"}
# What the library raises where bytes are not what it takes them for; it asserts some of that.
_DAMAGES = (ValueError, LookupError, ArithmeticError, AttributeError, TypeError, AssertionError, zlib.error)
_VERSION_BYTES = 16
"""What one needed version takes at least (`Elf64_Vernaux`)."""
_SYMBOL = struct.Struct("<IBBHQQ")
"""Name, binding and type, visibility, section, value, size (`Elf64_Sym`); a large library has 100,000 of them."""
_BITS, _GLOBAL, _WEAK = 64, 1, 2
_PYTHON_PREFIXES = (b"Py", b"_Py")


class ElfFacts(NamedTuple):
    """What one ELF file says."""

    machine: str = ""
    """As wheel tags spell it; empty when the file is no ELF file of a known machine."""
    soname: str = ""
    needed: tuple[str, ...] = ()
    run_paths: tuple[str, ...] = ()
    """As written, `$ORIGIN` unresolved."""
    glibc: tuple[int, ...] = ()
    """The newest GLIBC symbol version it needs."""
    glibcxx: tuple[int, ...] = ()
    sections: tuple[bytes, ...] = ()
    """The contents of the sections asked for, in the file's order."""
    error: str = ""


class PythonSymbols(NamedTuple):
    """Symbols of Python's C API in one ELF file."""

    wanted: frozenset[str] = frozenset()
    """Those that something else has to define, or the file cannot be loaded."""
    given: frozenset[str] = frozenset()
    """Those that it defines for others."""


def machine_of(header: bytes) -> str:
    """Return the machine that an ELF file's first bytes name; empty when it is no ELF file."""
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        return ""
    number = int.from_bytes(header[18:20], "big" if header[5] == _BIG_ENDIAN else "little")
    return _MACHINE_NUMBERS.get(number, "another machine")


def read_elf(content: bytes, *, sections: frozenset[str] = frozenset()) -> ElfFacts:
    """Return what an ELF file says; anything unreadable gives empty facts with an `error`.

    Args:
        content: the whole file.
        sections: names of sections whose contents are wanted too.
    """
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only builds with native code pay for it
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    try:
        elf = ELFFile(io.BytesIO(content))
        dynamic = _dynamic_tags(elf)
        versions = _needed_versions(elf, most=len(content) // _VERSION_BYTES)
        return ElfFacts(
            machine=_MACHINES.get(elf["e_machine"], ""),
            soname="".join(dynamic["DT_SONAME"][:1]),
            needed=tuple(dynamic["DT_NEEDED"]),
            run_paths=tuple(part for path in dynamic["DT_RUNPATH"] or dynamic["DT_RPATH"] for part in path.split(":")),
            glibc=_newest(versions, "GLIBC_"),
            glibcxx=_newest(versions, "GLIBCXX_"),
            sections=_contents_of(elf, sections) if sections else (),
        )
    except (ELFError, *_DAMAGES) as error:
        return ElfFacts(error=f"{type(error).__name__}: {error}")


def read_python_symbols(content: bytes) -> PythonSymbols:
    """Return the symbols of Python that an ELF file of 64 bits wants and gives; none where it cannot be read."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415 - only builds with native code pay for it
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    try:
        elf = ELFFile(io.BytesIO(content))
        section = elf.get_section_by_name(".dynsym")
        if section is None or elf.elfclass != _BITS:
            return PythonSymbols()
        names, entries = elf.get_section(section["sh_link"]).data(), section.data()
        entries = entries[: len(entries) // _SYMBOL.size * _SYMBOL.size]
        found = [
            (_name_at(names, offset), section_index, info >> 4)
            for offset, info, _, section_index, _, _ in _SYMBOL.iter_unpack(entries)
            if names.startswith(_PYTHON_PREFIXES, offset)
        ]
    except (ELFError, *_DAMAGES):
        return PythonSymbols()
    return PythonSymbols(
        wanted=frozenset(name for name, index, binding in found if index == 0 and binding == _GLOBAL),
        given=frozenset(name for name, index, binding in found if index != 0 and binding in {_GLOBAL, _WEAK}),
    )


def absent_symbols(files: Mapping[str, PythonSymbols], exports: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return by file the symbols that it wants and that neither Python exports nor any of the files gives."""
    there = exports.union(*(symbols.given for symbols in files.values()))
    absent = {path: tuple(sorted(symbols.wanted - there)) for path, symbols in files.items()}
    return {path: names for path, names in absent.items() if names}


def _name_at(names: bytes, offset: int) -> str:
    return names[offset : names.find(b"\0", offset)].decode(errors="replace")


def _dynamic_tags(elf: Any) -> dict[str, list[str]]:  # noqa: ANN401 - the library has no types
    found: dict[str, list[str]] = {name: [] for name in _TAG_ATTRIBUTES}
    section = elf.get_section_by_name(".dynamic")
    for tag in section.iter_tags() if section is not None else ():
        name = tag.entry.d_tag
        if name in found:
            found[name].append(getattr(tag, _TAG_ATTRIBUTES[name]))
    return found


def _needed_versions(elf: Any, *, most: int) -> list[str]:  # noqa: ANN401
    """Return all symbol versions needed; more than can be there are an error, as a damaged chain may have no end."""
    section = elf.get_section_by_name(".gnu.version_r")
    if section is None:
        return []
    entries = chain.from_iterable(auxiliaries for _, auxiliaries in section.iter_versions())
    names = [entry.name for entry in islice(entries, most + 1)]
    if len(names) > most:
        message = "more symbol versions than the file can hold"
        raise ValueError(message)
    return names


def _newest(versions: list[str], prefix: str) -> tuple[int, ...]:
    numbers = [
        tuple(int(part) for part in version[len(prefix) :].split("."))
        for version in versions
        if version.startswith(prefix) and version[len(prefix) :].replace(".", "").isdigit()
    ]
    return max(numbers, default=())


def _contents_of(elf: Any, names: frozenset[str]) -> tuple[bytes, ...]:  # noqa: ANN401
    return tuple(section.data() for section in elf.iter_sections() if section.name in names)

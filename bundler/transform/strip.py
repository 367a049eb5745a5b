"""Take the debugging symbols out of shared libraries: the loader never reads them, and no byte that it maps moves.

`strip` lays a library out anew and breaks those that were patched after linking, as auditwheel does. Here everything
that a segment covers stays where it is. Only sections that no segment covers are touched: those at the end of the file
go, those in the middle become zeros, which compress to nothing. (System V ABI, "Sections" and "Program Header".)
"""

from collections.abc import Collection
from pathlib import PurePosixPath
from struct import Struct, error
from typing import NamedTuple

_HEADER = Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = Struct("<IIQQQQQQ")
_SECTION = Struct("<IIQQQQIIQQ")
_SECTION_TABLE_OFFSET = Struct("<Q")
_SECTION_TABLE_PLACE = 0x28

# 64 bits, least significant byte first: both of Lambda's architectures.
_IDENTITY = b"\x7fELF\x02\x01"
_SHARED_OBJECT = 3
_DYNAMIC, _INTERPRETER = 2, 3
_SYMBOLS, _STRINGS, _NO_BITS, _SYMBOL_INDEXES = 2, 3, 8, 18
_ALLOCATED = 0x2
_DEBUGGING = (b".debug_", b".zdebug_", b".gnu_debugdata")
# Files beside a library that hold a digest of it: it checks itself when it is loaded (FIPS).
_DIGESTS = (".chk", ".hmac", ".sha256", ".sig")


class _Section(NamedTuple):
    """An entry of the section table (`Elf64_Shdr`)."""

    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int

    @property
    def end(self) -> int:
        return self.offset + (0 if self.kind == _NO_BITS else self.size)


def checks_itself(path: str, paths: Collection[str]) -> bool:
    """Tell whether a digest of a library lies beside it, so that it has to stay as it is."""
    library = PurePosixPath(path)
    stem = library.name.partition(".so")[0]
    names = (f"{prefix}{name}{ending}" for prefix in ("", ".") for name in (library.name, stem) for ending in _DIGESTS)
    return any(str(library.with_name(name)) in paths for name in names)


def strip_symbols(content: bytes) -> bytes:
    """Return a shared library without symbol table and debugging sections; anything else comes back as it is."""
    try:
        return _strip(content)
    except (error, IndexError, OverflowError):
        return content


def _strip(content: bytes) -> bytes:
    if not content.startswith(_IDENTITY):
        return content
    header = _HEADER.unpack_from(content)
    kind, segment_table, section_table = header[1], header[5], header[6]
    segment_count, section_count, names_index = header[10], header[12], header[13]
    segments = [_SEGMENT.unpack_from(content, segment_table + _SEGMENT.size * index) for index in range(segment_count)]
    kinds = {segment[0] for segment in segments}
    # A program may carry a payload that it finds by itself.
    if kind != _SHARED_OBJECT or _DYNAMIC not in kinds or _INTERPRETER in kinds:
        return content
    ranges = [(segment[2], segment[2] + segment[5]) for segment in segments if segment[5]]
    sections = [
        _Section(*_SECTION.unpack_from(content, section_table + _SECTION.size * index))
        for index in range(section_count)
    ]
    removed = _removable(content, sections, names_index, ranges)
    if not removed:
        return content
    blanked = bytearray(content)
    for index in removed:
        blanked[sections[index].offset : sections[index].end] = bytes(sections[index].size)
    mapped_end = max(end for _, end in (*ranges, (0, segment_table + _SEGMENT.size * segment_count)))
    if _is_plain_tail(blanked, sections, mapped_end, section_table):
        return min(bytes(blanked), _without_tail(blanked, sections, removed, mapped_end), key=len)
    return bytes(blanked)


def _removable(
    content: bytes, sections: list[_Section], names_index: int, ranges: list[tuple[int, int]]
) -> frozenset[int]:
    """Return the places in the table of all sections that only debuggers read."""
    names_at = sections[names_index].offset if sections else 0
    debugging = {
        index
        for index, section in enumerate(sections)
        if section.kind in {_SYMBOLS, _SYMBOL_INDEXES} or content.startswith(_DEBUGGING, names_at + section.name)
    }
    strings = {sections[index].link for index in debugging if sections[index].kind == _SYMBOLS} - {names_index}
    removable = {
        index
        for index in debugging | strings
        if not sections[index].flags & _ALLOCATED
        and sections[index].kind != _NO_BITS
        and sections[index].end <= len(content)
        and not any(sections[index].offset < end and start < sections[index].end for start, end in ranges)
    }
    others = [section for index, section in enumerate(sections) if index not in removable]
    # What still refers to one of them, or shares its bytes, would be left without.
    is_needed = any(section.link in removable for section in others) or any(
        section.offset < sections[index].end and sections[index].offset < section.end
        for section in others
        for index in removable
    )
    return frozenset() if is_needed else frozenset(removable)


def _is_plain_tail(content: bytearray, sections: list[_Section], start: int, section_table: int) -> bool:
    """Tell whether everything after the mapped bytes is sections and their table: no payload that somebody appended.

    Nor is a table plain that wants its sections farther apart than the library is long: it is damaged.
    """
    if any(section.alignment > len(content) for section in sections):
        return False
    table = (section_table, section_table + _SECTION.size * len(sections))
    parts = [(section.offset, section.end) for section in sections if section.end > max(start, section.offset)]
    position = start
    for part_start, part_end in sorted([*parts, table]):
        if part_start < start or any(content[position:part_start]):
            return False
        position = max(position, part_end)
    return not any(content[position:])


def _without_tail(content: bytearray, sections: list[_Section], removed: frozenset[int], start: int) -> bytes:
    """Write what is kept of the tail, and its table, right after the mapped bytes."""
    kept = bytearray(content[:start])
    entries = list(sections)
    for index in sorted(range(len(sections)), key=lambda index: sections[index].offset):
        section = sections[index]
        if index in removed:
            # An unused entry keeps the places of the others, which refer to one another by them.
            entries[index] = _Section(*[0] * len(section))
        elif section.end > start:
            _align(kept, section.alignment)
            entries[index] = section._replace(offset=len(kept))
            kept += content[section.offset : section.end]
    _align(kept, _SECTION_TABLE_OFFSET.size)
    _SECTION_TABLE_OFFSET.pack_into(kept, _SECTION_TABLE_PLACE, len(kept))
    return bytes(kept) + b"".join(_SECTION.pack(*entry) for entry in entries)


def _align(content: bytearray, alignment: int) -> None:
    content += bytes(-len(content) % max(alignment, 1))

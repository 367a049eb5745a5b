"""Shared libraries made by hand, with segments, sections and symbols: enough for what strips them."""

import struct
from collections.abc import Mapping
from types import MappingProxyType

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_KINDS = {".symtab": 2, ".strtab": 3, ".shstrtab": 3, ".bss": 8}
_LOADED, DYNAMIC, INTERPRETER = 1, 2, 3

FIELD_OF_TABLE = slice(0x28, 0x30)
"""Where the header says at which offset the section table is."""

CODE = b"what the loader maps"
PATCHED = b"what a patch appended"
SYMBOLS = {".symtab": b"S" * 400, ".strtab": b"names" * 40, ".debug_info": b"D" * 900}
COMMENT = b"GCC: 14"


def make_library(  # noqa: PLR0913 - one parameter per thing a library may have
    tail: dict[str, bytes],
    *,
    patched: bytes = b"",
    payload: bytes = b"",
    kind: int = 3,
    segments: tuple[int, ...] = (DYNAMIC,),
    allocated: str = "",
    links: Mapping[str, str] = MappingProxyType({}),
    identity: bytes = b"\x7fELF\x02\x01\x01",
    alignment: int = 1,
) -> bytes:
    """Return a library of mapped code, unmapped sections, what a patch mapped behind them, and the section table."""
    sections = {".text": CODE, **tail, **({".patched": patched} if patched else {})}
    names = "\0".join(("", *sections, ".shstrtab", "")).encode()
    sections[".shstrtab"] = names
    order = ["", *sections]
    body_start = _HEADER.size + _SEGMENT.size * (len(segments) + 1 + bool(patched))
    body, entries, offsets = b"", [bytes(_SECTION.size)], {}
    for name, content in sections.items():
        offsets[name] = body_start + len(body)
        link = order.index(linked) if (linked := {".symtab": ".strtab", **links}.get(name)) else 0
        flags = 2 if name in {".text", ".patched", allocated} else 0
        place, kind_of_section = names.index(f"\0{name}\0".encode()) + 1, _KINDS.get(name, 1)
        extent = (offsets[name], len(content))
        entries.append(_SECTION.pack(place, kind_of_section, flags, 0, *extent, link, 0, alignment, 0))
        body += content
    table = [_SEGMENT.pack(kind_, 4, offsets[".text"], 0, 0, len(CODE), len(CODE), 1) for kind_ in segments]
    table.append(_SEGMENT.pack(_LOADED, 4, 0, 0, 0, offsets[".text"] + len(CODE), 0, 1))
    if patched:
        table.append(_SEGMENT.pack(_LOADED, 4, offsets[".patched"], 0, 0, len(patched), 0, 1))
    sizes = (_HEADER.size, _SEGMENT.size, len(table), _SECTION.size, len(entries), len(entries) - 1)
    header = _HEADER.pack(identity.ljust(16, b"\0"), kind, 62, 1, 0, _HEADER.size, body_start + len(body), 0, *sizes)
    return header + b"".join(table) + body + b"".join(entries) + payload


def read_sections(content: bytes) -> dict[str, bytes]:
    """Return what the section table says, empty entries left out."""
    header = _HEADER.unpack_from(content)
    rows = [_SECTION.unpack_from(content, header[6] + _SECTION.size * index) for index in range(header[12])]
    names = rows[header[13]][4]
    return {
        content[names + row[0] : content.index(b"\0", names + row[0])].decode(): content[row[4] : row[4] + row[5]]
        for row in rows
        if row[1]
    }

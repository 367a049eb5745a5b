"""ELF files made by hand: what the loader reads of them, and nothing to run."""

import struct

MACHINES = {"x86_64": 62, "aarch64": 183, "i386": 3}

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_DYNAMIC = struct.Struct("<qQ")
_NEEDED_VERSIONS = struct.Struct("<HHIII")
_NEEDED_VERSION = struct.Struct("<IHHII")
_TAGS = {"needed": 1, "soname": 14, "rpath": 15, "runpath": 29}
_PROGBITS, _STRINGS, _DYNAMIC_SECTION, _SYMBOLS_SECTION, _VERSIONS_SECTION = 1, 3, 6, 11, 0x6FFFFFFE
_SYMBOL = struct.Struct("<IBBHQQ")
_BINDINGS = {"hidden": 0, "wanted": 1, "given": 1, "wanted weakly": 2}


def make_elf(  # noqa: PLR0913 - one parameter per thing a file may say
    machine: str = "x86_64",
    *,
    soname: str = "",
    needed: tuple[str, ...] = (),
    runpath: str = "",
    rpath: str = "",
    versions: tuple[str, ...] = (),
    symbols: dict[str, str] | None = None,
    sections: dict[str, bytes] | None = None,
) -> bytes:
    """Return a shared object that says this; the `versions` are symbol versions of the first library needed.

    Each of the `symbols` is `wanted`, `wanted weakly`, `given` or `hidden`.
    """
    strings = _Strings()
    tags = [("needed", library) for library in needed]
    tags += [(name, text) for name, text in (("soname", soname), ("rpath", rpath), ("runpath", runpath)) if text]
    dynamic = b"".join(_DYNAMIC.pack(_TAGS[name], strings.add(text)) for name, text in tags) + _DYNAMIC.pack(0, 0)
    parts = [("", 0, b"", 0, 0), (".dynamic", _DYNAMIC_SECTION, dynamic, 2, 0)]
    verneed = _make_versions(needed[0], versions, strings) if versions else b""
    table = b"".join(
        _SYMBOL.pack(strings.add(name), _BINDINGS[kind] << 4, 0, kind in {"given", "hidden"}, 0, 0)
        for name, kind in (symbols or {}).items()
    )
    parts.append((".dynstr", _STRINGS, strings.content, 0, 0))
    parts += [(".dynsym", _SYMBOLS_SECTION, table, 2, 0)] if symbols else []
    if versions:
        parts.append((".gnu.version_r", _VERSIONS_SECTION, verneed, 2, 1))
    parts += [(name, _PROGBITS, content, 0, 0) for name, content in (sections or {}).items()]
    return _assemble(machine, parts)


def _make_versions(library: str, versions: tuple[str, ...], strings: "_Strings") -> bytes:
    entry = _NEEDED_VERSIONS.pack(1, len(versions), strings.add(library), _NEEDED_VERSIONS.size, 0)
    for number, version in enumerate(versions):
        is_last = number == len(versions) - 1
        entry += _NEEDED_VERSION.pack(0, 0, number + 2, strings.add(version), 0 if is_last else _NEEDED_VERSION.size)
    return entry


def _assemble(machine: str, parts: list[tuple[str, int, bytes, int, int]]) -> bytes:
    names = _Strings()
    offsets = [names.add(name) for name in (*(part[0] for part in parts), ".shstrtab")]
    parts = [*parts, (".shstrtab", _STRINGS, names.content, 0, 0)]
    body, table = b"", b""
    for offset, (_, kind, content, link, info) in zip(offsets, parts, strict=True):
        size = {_DYNAMIC_SECTION: _DYNAMIC.size, _SYMBOLS_SECTION: _SYMBOL.size}.get(kind, 0)
        table += _SECTION.pack(offset, kind, 0, 0, _HEADER.size + len(body), len(content), link, info, 1, size)
        body += content
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    sizes = (_HEADER.size, 56, 0, _SECTION.size, len(parts), len(parts) - 1)
    header = _HEADER.pack(ident, 3, MACHINES[machine], 1, 0, 0, _HEADER.size + len(body), 0, *sizes)
    return header + body + table


class _Strings:
    def __init__(self) -> None:
        self.content = b"\0"

    def add(self, text: str) -> int:
        offset = len(self.content)
        self.content += text.encode() + b"\0"
        return offset

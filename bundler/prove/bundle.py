"""A finished zip as the checks see it: what its table of contents says, and what of it can be read."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.model.project import Handler, Target
from bundler.model.report import Finding
from bundler.prove.layers import LayersBeside
from bundler.system.elf import MAGIC, ElfFacts, PythonSymbols, read_elf, read_python_symbols
from bundler.system.files import DAMAGES

HEADER_BYTES = 16
"""What a bytecode file has before its code (PEP 552)."""

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the zip whose bytes are as its checksum says."""

    path: str
    header: bytes
    """Its first bytes, `HEADER_BYTES` at most."""
    elf: ElfFacts | None
    """What it says as an ELF file, if it is one."""
    symbols: PythonSymbols
    """What it wants of Python and gives to others, if it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A zip that opens, and what it is to be."""

    function: str
    target: Target
    handler: Handler | None
    """`None` for a layer."""
    layers: LayersBeside
    zip_bytes: int
    has_zip64: bool
    entries: tuple[zipfile.ZipInfo, ...]
    """Everything the table of contents lists, in its order."""
    members: tuple[Member, ...]
    damaged: tuple[str, ...]
    """Paths whose bytes cannot be had or are not those of the checksum."""

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(entry.filename for entry in self.entries)

    def error(self, name: str, message: str) -> Finding:
        """Return a finding that fails the bundle."""
        return Finding(name=name, level="error", function=self.function, message=message)

    def warning(self, name: str, message: str) -> Finding:
        """Return a finding that does not."""
        return Finding(name=name, level="warning", function=self.function, message=message)

    def note(self, name: str, message: str) -> Finding:
        """Return a finding that is only to be known."""
        return Finding(name=name, level="note", function=self.function, message=message)


def read_bundle(zip_path: Path, *, target: Target, handler: Handler | None, layers: LayersBeside) -> Bundle:
    """Read a zip from end to end, one member in memory at a time; `BadZipFile` or `OSError` if it does not open."""
    with zipfile.ZipFile(zip_path) as archive:
        entries = tuple(archive.infolist())
        read = [(entry.filename, _read_member(archive, entry)) for entry in entries if not is_folder(entry)]
    return Bundle(
        function=zip_path.stem,
        target=target,
        handler=handler,
        layers=layers,
        zip_bytes=zip_path.stat().st_size,
        has_zip64=_has_zip64(zip_path, entries),
        entries=entries,
        members=tuple(member for _, member in read if member is not None),
        damaged=tuple(path for path, member in read if member is None),
    )


def is_folder(entry: zipfile.ZipInfo) -> bool:
    """Tell whether an entry is a folder; unlike `ZipInfo.is_dir`, for an entry without a name too."""
    return entry.filename.endswith("/")


def name_some(names: Iterable[str]) -> str:
    """Return the first names of a list and how many more there are."""
    listed = list(names)
    text = ", ".join(listed[:_NAMED])
    return f"{text} and {len(listed) - _NAMED:,} more" if len(listed) > _NAMED else text


def quote(paths: Iterable[str]) -> Iterator[str]:
    """Give each path in backticks."""
    return (f"`{path}`" for path in paths)


def _read_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Member | None:
    try:
        content = archive.read(entry)
    except DAMAGES:
        return None
    is_elf = content.startswith(MAGIC)
    return Member(
        path=entry.filename,
        header=content[:HEADER_BYTES],
        elf=read_elf(content) if is_elf else None,
        symbols=read_python_symbols(content) if is_elf else PythonSymbols(),
    )


def _has_zip64(zip_path: Path, entries: Iterable[zipfile.ZipInfo]) -> bool:
    """Tell whether an entry asks for version 4.5, which zip64 came with, or zip64's end record stands before the end.

    See APPNOTE.TXT, 4.4.3.2 and 4.3.15: that record's locator has 20 bytes and stands right before the end record,
    which has 22 and a comment of up to 65535.
    """
    if any(entry.extract_version == zipfile.ZIP64_VERSION for entry in entries):
        return True
    with zip_path.open("rb") as stream:
        stream.seek(max(0, zip_path.stat().st_size - 20 - 22 - 0xFFFF))
        tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    return tail[:end].startswith(b"PK\x06\x07", max(0, end - 20))

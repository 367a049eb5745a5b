"""Write a zip that is the same on every host: fixed order, times and modes, and nothing that Lambda may not read.

`zipfile` cannot take members that are compressed already, so the format is written here, in its plainest form (PKWARE's
APPNOTE 4.3): stored or deflated members, no zip64, no data descriptors, no folders of their own.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from struct import pack
from zipfile import BadZipFile, ZipFile

from bundler.errors import ArchiveTooLargeError, OutputError, ZipDamagedError
from bundler.model.artifact import Artifact, PackedFile, StagedFile
from bundler.pack.compress import Compressed, Compressor
from bundler.system.files import replacing

_LOCAL_SIGNATURE = 0x04034B50
_CENTRAL_SIGNATURE = 0x02014B50
_END_SIGNATURE = 0x06054B50
_VERSION = 20
_UNIX = 3
_UTF8_NAME = 0x800
_TIME = 0
# The first of January 1980, the earliest there is.
_DATE = 1 << 5 | 1
_REGULAR_FILE = 0o100000
# The highest values stand for "see the zip64 part".
_MOST_FILES = 0xFFFF - 1
_MOST_BYTES = 0xFFFFFFFF - 1


def write_zip(
    files: Iterable[StagedFile],
    path: Path,
    compressor: Compressor,
    describe: Callable[[Artifact], bytes] | None = None,
) -> Artifact:
    """Write files into a zip, whole or not at all, and return what became of each.

    What `describe` gives goes beside it as JSON, at the same moment: a reader sees both as they were or as they are.
    """
    ordered = sorted(files, key=lambda file: file.arcname.encode())
    if len(ordered) > _MOST_FILES:
        raise ArchiveTooLargeError(path.name, f"{len(ordered)} files", str(_MOST_FILES))
    members = compressor.compress_all(file.content for file in ordered)
    content = _assemble(ordered, members, path.name)
    artifact = Artifact(
        path=path,
        zip_bytes=len(content),
        unzipped_bytes=sum(member.size_bytes for member in members),
        sha256=sha256(content).hexdigest(),
        files=tuple(_packed(file, member) for file, member in zip(ordered, members, strict=True)),
        overhead_bytes=len(content) - sum(len(member.data) for member in members),
    )
    told = describe(artifact) if describe is not None else None
    try:
        with ExitStack() as replaced:
            temporary = replaced.enter_context(replacing(path))
            temporary.write_bytes(content)
            _read_back(temporary, content, ordered, members, path.name)
            if told is not None:
                beside = path.with_name(f"{path.name.removesuffix('.zip')}.json")
                replaced.enter_context(replacing(beside)).write_bytes(told)
    except OSError as error:
        raise OutputError(str(path), error.strerror or str(error)) from error
    return artifact


def _assemble(files: list[StagedFile], members: list[Compressed], name: str) -> bytes:
    parts: list[bytes] = []
    table: list[bytes] = []
    offset = 0
    for file, member in zip(files, members, strict=True):
        arcname = file.arcname.encode()
        described = _describe(arcname, member)
        local = pack("<I", _LOCAL_SIGNATURE) + described + arcname
        table.append(_table_entry(file, described, offset) + arcname)
        parts += (local, member.data)
        offset += len(local) + len(member.data)
        if max(offset, member.size_bytes) > _MOST_BYTES:
            raise ArchiveTooLargeError(name, "so much data", "4 GiB")
    directory = b"".join(table)
    end = pack("<IHHHHIIH", _END_SIGNATURE, 0, 0, len(files), len(files), len(directory), offset, 0)
    return b"".join((*parts, directory, end))


def _read_back(written: Path, content: bytes, files: list[StagedFile], members: list[Compressed], name: str) -> None:
    """Believe a zip once it lies on the disk as it is, and another reader finds in it what was packed.

    That the members' data inflates to what they hold, the compressor has seen.
    """
    if written.read_bytes() != content:
        raise ZipDamagedError(name, "other bytes came back")
    try:
        with ZipFile(written) as archive:
            found = [(entry.filename, entry.CRC, entry.file_size, entry.compress_size) for entry in archive.infolist()]
    except (BadZipFile, ValueError) as error:
        raise ZipDamagedError(name, str(error)) from error
    packed = [
        (file.arcname, member.crc, member.size_bytes, len(member.data))
        for file, member in zip(files, members, strict=True)
    ]
    if found != packed:
        raise ZipDamagedError(name, "its table of contents names something else")


def _describe(arcname: bytes, member: Compressed) -> bytes:
    """Return the fields that a member's header and its entry in the table of contents share."""
    return pack(
        "<HHHHHIIIHH",
        _VERSION,
        0 if arcname.isascii() else _UTF8_NAME,
        member.method,
        _TIME,
        _DATE,
        member.crc,
        len(member.data),
        member.size_bytes,
        len(arcname),
        0,
    )


def _table_entry(file: StagedFile, described: bytes, offset: int) -> bytes:
    mode = _REGULAR_FILE | (0o755 if file.is_executable else 0o644)
    made_by = _UNIX << 8 | _VERSION
    return pack("<IH", _CENTRAL_SIGNATURE, made_by) + described + pack("<HHHII", 0, 0, 0, mode << 16, offset)


def _packed(file: StagedFile, member: Compressed) -> PackedFile:
    return PackedFile(
        arcname=file.arcname,
        size_bytes=member.size_bytes,
        zipped_bytes=len(member.data),
        owner=file.owner,
        kind=file.kind,
        cause=file.cause,
        origin=file.origin,
        stripped_bytes=file.stripped_bytes,
    )

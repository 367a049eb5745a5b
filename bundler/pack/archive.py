"""Write a zip that is the same on every host: fixed order, times and modes, and nothing that Lambda may not read.

`zipfile` cannot take members that are compressed already, so the format is written here, in its plainest form (PKWARE's
APPNOTE 4.3): stored or deflated members, no zip64, no data descriptors, no folders of their own.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import file_digest, sha256
from pathlib import Path
from struct import pack
from zipfile import BadZipFile, ZipFile

from bundler.errors import ArchiveTooLargeError, OutputError, ZipDamagedError
from bundler.model.artifact import Artifact, PackedFile, StagedFile
from bundler.pack.compress import Compressor, Member
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
    try:
        members = compressor.compress_all(ordered)
        with ExitStack() as replaced:
            temporary = replaced.enter_context(replacing(path))
            zip_bytes, digest = _write(temporary, _assemble(ordered, members, compressor, path.name))
            _read_back(temporary, digest, ordered, members, path.name)
            artifact = _describe_zip(path, zip_bytes, digest, ordered, members)
            if describe is not None:
                beside = path.with_name(f"{path.name.removesuffix('.zip')}.json")
                replaced.enter_context(replacing(beside)).write_bytes(describe(artifact))
    except OSError as error:
        raise OutputError(str(error.filename2 or path), error.strerror or str(error)) from error
    return artifact


def _describe_zip(path: Path, zip_bytes: int, digest: str, files: list[StagedFile], members: list[Member]) -> Artifact:
    return Artifact(
        path=path,
        zip_bytes=zip_bytes,
        unzipped_bytes=sum(member.size_bytes for member in members),
        sha256=digest,
        files=tuple(_packed(file, member) for file, member in zip(files, members, strict=True)),
        overhead_bytes=zip_bytes - sum(member.zipped_bytes for member in members),
    )


def _write(path: Path, parts: Iterable[bytes]) -> tuple[int, str]:
    """Write a file part by part; return its size and digest."""
    digest, size_bytes = sha256(), 0
    with path.open("wb") as stream:
        for part in parts:
            stream.write(part)
            digest.update(part)
            size_bytes += len(part)
    return size_bytes, digest.hexdigest()


def _assemble(files: list[StagedFile], members: list[Member], compressor: Compressor, name: str) -> Iterator[bytes]:
    table: list[bytes] = []
    offset = 0
    for file, member in zip(files, members, strict=True):
        arcname = file.arcname.encode()
        described = _describe(arcname, member)
        local = pack("<I", _LOCAL_SIGNATURE) + described + arcname
        table.append(_table_entry(file, described, offset) + arcname)
        offset += len(local) + member.zipped_bytes
        if max(offset, member.size_bytes) > _MOST_BYTES:
            raise ArchiveTooLargeError(name, "so much data", "4 GiB")
        yield local
        yield compressor.data(member)
    directory = b"".join(table)
    yield directory
    yield pack("<IHHHHIIH", _END_SIGNATURE, 0, 0, len(files), len(files), len(directory), offset, 0)


def _read_back(written: Path, digest: str, files: list[StagedFile], members: list[Member], name: str) -> None:
    """Believe a zip once it lies on the disk as it is, and another reader finds in it what was packed.

    That the members' data inflates to what they hold, the compressor has seen.
    """
    with written.open("rb") as stream:
        is_as_written = file_digest(stream, "sha256").hexdigest() == digest
    if not is_as_written:
        raise ZipDamagedError(name, "other bytes came back")
    try:
        with ZipFile(written) as archive:
            found = [(entry.filename, entry.CRC, entry.file_size, entry.compress_size) for entry in archive.infolist()]
    except (BadZipFile, ValueError) as error:
        raise ZipDamagedError(name, str(error)) from error
    packed = [
        (file.arcname, member.crc, member.size_bytes, member.zipped_bytes)
        for file, member in zip(files, members, strict=True)
    ]
    if found != packed:
        raise ZipDamagedError(name, "its table of contents names something else")


def _describe(arcname: bytes, member: Member) -> bytes:
    """Return the fields that a member's header and its entry in the table of contents share."""
    return pack(
        "<HHHHHIIIHH",
        _VERSION,
        0 if arcname.isascii() else _UTF8_NAME,
        member.method,
        _TIME,
        _DATE,
        member.crc,
        member.zipped_bytes,
        member.size_bytes,
        len(arcname),
        0,
    )


def _table_entry(file: StagedFile, described: bytes, offset: int) -> bytes:
    mode = _REGULAR_FILE | (0o755 if file.is_executable else 0o644)
    made_by = _UNIX << 8 | _VERSION
    return pack("<IH", _CENTRAL_SIGNATURE, made_by) + described + pack("<HHHII", 0, 0, 0, mode << 16, offset)


def _packed(file: StagedFile, member: Member) -> PackedFile:
    return PackedFile(
        arcname=file.arcname,
        size_bytes=member.size_bytes,
        zipped_bytes=member.zipped_bytes,
        owner=file.owner,
        kind=file.kind,
        cause=file.cause,
        origin=file.origin,
        stripped_bytes=file.origin_bytes - member.size_bytes if file.is_stripped else 0,
    )

"""Compress members with libdeflate, each content once for all functions and builds.

What is compressed is inflated again before it is believed: that takes a fraction of the time, and a zip that is wrong
would count as unchanged for good. It waits for its zips on the disk, so that memory holds what is compressed right now.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from zlib import crc32

from bundler.errors import CompressionError
from bundler.model.artifact import StagedFile
from bundler.pack.spool import Spool
from bundler.system import cache

# 3 to 5 % smaller than zlib's 9, in less than its time. 12, the best, saves a thousandth more for twice the time.
_LEVEL = 10
_SHARES_PER_JOB = 16


class Method(IntEnum):
    """How a zip holds a member; Lambda is known to take these two."""

    STORED = 0
    DEFLATED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member as its zip holds it; its data lie in the spool."""

    method: Method
    place: int
    """Where its data begin."""
    zipped_bytes: int
    """How long they are."""
    size_bytes: int
    """Of the content."""
    crc: int


def compression_name() -> str:
    """Return what the compressed bytes depend on beside the content: another release may find shorter ones."""
    import deflate  # noqa: PLC0415 - loaded where it is used

    return f"libdeflate {deflate.__version__} level {_LEVEL}"


class Compressor:
    """Compresses the members of zips that are built together, each content once; libdeflate lets threads work."""

    def __init__(self, jobs: int, folder: Path) -> None:
        """Work with as many threads as there are jobs; what is compressed waits in a file without name in a folder."""
        self._jobs = jobs
        self._spool = Spool(folder)
        self._shared: dict[str, Member] = {}

    def compress_all(self, files: Sequence[StagedFile]) -> list[Member]:
        """Return what became of each file, in the order given."""
        done = {index: self._shared[file.shared] for index, file in enumerate(files) if file.shared in self._shared}
        # The largest first: one begun last keeps everything waiting. In shares: a task costs more than a small file.
        waiting = sorted(set(range(len(files))) - done.keys(), key=lambda index: (-files[index].origin_bytes, index))
        shares = [waiting[start :: self._jobs * _SHARES_PER_JOB] for start in range(self._jobs * _SHARES_PER_JOB)]
        with ThreadPoolExecutor(max_workers=self._jobs) as pool:
            for share, members in zip(
                shares,
                pool.map(lambda share: [self._compress(files[index].read()) for index in share], shares),
                strict=True,
            ):
                done.update(zip(share, members, strict=True))
        self._shared |= {files[index].shared: done[index] for index in waiting if files[index].shared}
        return [done[index] for index in range(len(files))]

    def data(self, member: Member) -> bytes:
        """Return the data of a member."""
        return self._spool.read(member.place, member.zipped_bytes)

    def _compress(self, content: bytes) -> Member:
        data = compress(content)
        is_smaller = len(data) < len(content)
        kept = data if is_smaller else content
        return Member(
            method=Method.DEFLATED if is_smaller else Method.STORED,
            place=self._spool.add(kept),
            zipped_bytes=len(kept),
            size_bytes=len(content),
            crc=crc32(content),
        )


def compress(content: bytes) -> bytes:
    """Return the compressed data of a content, as the cache has it or anew."""
    key = f"{compression_name()} {sha256(content).hexdigest()}"
    data = cache.load("compressed", key)
    if data is None or not _inflates_to(content, data):
        data = _deflate(content)
        cache.store("compressed", key, data)
    return data


def _deflate(content: bytes) -> bytes:
    from deflate import deflate_compress  # noqa: PLC0415 - loaded where it is used

    data = bytes(deflate_compress(content, _LEVEL))
    if len(data) < len(content) and not _inflates_to(content, data):
        raise CompressionError
    return data


def _inflates_to(content: bytes, data: bytes) -> bool:
    from deflate import DeflateError, deflate_decompress  # noqa: PLC0415 - loaded where it is used

    try:
        return bool(deflate_decompress(data, len(content)) == content)
    except (DeflateError, ValueError):
        return False

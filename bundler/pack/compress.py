"""Compress members with libdeflate, each content once for all functions and builds.

What is compressed is inflated again before it is believed: that takes a fraction of the time, and a zip that is wrong
would count as unchanged for good.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from zlib import crc32

from bundler.errors import CompressionError
from bundler.system import cache

# 3 to 5 % smaller than zlib's 9, in less than its time. 12, the best, saves a thousandth more for twice the time.
_LEVEL = 10
_SHARES_PER_JOB = 16


class Method(IntEnum):
    """How a zip holds a member; Lambda is known to take these two."""

    STORED = 0
    DEFLATED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressed:
    """A member's data as the zip holds it."""

    method: Method
    data: bytes
    size_bytes: int
    """Of the content."""
    crc: int


def compression_name() -> str:
    """Return what the compressed bytes depend on beside the content: another release may find shorter ones."""
    import deflate  # noqa: PLC0415 - loaded where it is used

    return f"libdeflate {deflate.__version__} level {_LEVEL}"


class Compressor:
    """Compresses the members of zips that are built together, each content once; libdeflate lets threads work."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._done: dict[bytes, Compressed] = {}

    def compress_all(self, contents: Iterable[bytes]) -> list[Compressed]:
        """Return the data of each content, in the order given."""
        listed = list(contents)
        # The largest first: one begun last keeps everything waiting. In shares: a task costs more than a small file.
        new = sorted({content: None for content in listed if content not in self._done}, key=len, reverse=True)
        shares = [new[start :: self._jobs * _SHARES_PER_JOB] for start in range(self._jobs * _SHARES_PER_JOB)]
        with ThreadPoolExecutor(max_workers=self._jobs) as pool:
            for share, compressed in zip(
                shares, pool.map(lambda share: list(map(_compress, share)), shares), strict=True
            ):
                self._done.update(zip(share, compressed, strict=True))
        return [self._done[content] for content in listed]


def _compress(content: bytes) -> Compressed:
    key = f"{compression_name()} {sha256(content).hexdigest()}"
    data = cache.load("compressed", key)
    if data is None or not _inflates_to(content, data):
        data = _deflate(content)
        cache.store("compressed", key, data)
    is_smaller = len(data) < len(content)
    return Compressed(
        method=Method.DEFLATED if is_smaller else Method.STORED,
        data=data if is_smaller else content,
        size_bytes=len(content),
        crc=crc32(content),
    )


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

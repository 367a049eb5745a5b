"""Compress members with libdeflate, each content once for all functions and builds."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from zlib import crc32

from bundler.system import cache

# libdeflate's best: 3 to 5 % smaller than zlib's 9, in about its time.
_LEVEL = 12
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


def compress_all(contents: Iterable[bytes], *, jobs: int) -> list[Compressed]:
    """Return the data of each content, in the order given; libdeflate lets threads work side by side."""
    from deflate import deflate_compress  # noqa: PLC0415 - loaded where it is used

    name = compression_name()

    def compress(content: bytes) -> Compressed:
        key = f"{name} {sha256(content).hexdigest()}"
        data = cache.load("compressed", key)
        if data is None:
            data = bytes(deflate_compress(content, _LEVEL))
            cache.store("compressed", key, data)
        is_smaller = len(data) < len(content)
        return Compressed(
            method=Method.DEFLATED if is_smaller else Method.STORED,
            data=data if is_smaller else content,
            size_bytes=len(content),
            crc=crc32(content),
        )

    listed = list(contents)
    # The largest first: one begun last keeps everything waiting. In shares: a task costs more than a small file.
    order = sorted(range(len(listed)), key=lambda index: -len(listed[index]))
    shares = [order[start :: jobs * _SHARES_PER_JOB] for start in range(jobs * _SHARES_PER_JOB)]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        compressed = list(pool.map(lambda share: [compress(listed[index]) for index in share], shares))
    by_index = {
        index: one
        for share, done in zip(shares, compressed, strict=True)
        for index, one in zip(share, done, strict=True)
    }
    return [by_index[index] for index in range(len(listed))]

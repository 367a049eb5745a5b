"""Refuse a bundle that is far too large before any of it is read: a small wheel can hold gigabytes of zeros."""

from collections.abc import Iterable

from bundler.errors import OverLimitError
from bundler.model.bounds import MOST_PACKED_BYTES
from bundler.model.wheels import SiteFile
from bundler.runtimes import unzipped_limit_bytes

_NAMED = 3


def hold_size(name: str, files: Iterable[SiteFile]) -> None:
    """Raise `OverLimitError` where the files of a bundle are more than is ever packed.

    What is over Lambda's own limit alone is packed, as its report says what to leave out.
    """
    listed = sorted(files, key=lambda file: (-file.size_bytes, file.path))
    total = sum(file.size_bytes for file in listed)
    if total <= MOST_PACKED_BYTES:
        return
    biggest = ", ".join(f"`{file.path}` {file.size_bytes:,}" for file in listed[:_NAMED])
    text = f"`{name}` would unpack to {total:,} bytes, of which Lambda takes less than {unzipped_limit_bytes():,}"
    raise OverLimitError((f"{text}, and more than {MOST_PACKED_BYTES:,} are not packed; biggest: {biggest}",))

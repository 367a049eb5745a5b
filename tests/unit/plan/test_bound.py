"""Bundles that are far too large are refused before any of them is read."""

from pathlib import Path

import pytest

from bundler.errors import OverLimitError
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.plan import hold_size


def file_of(path, size_bytes):
    nowhere = Path("/nowhere")
    return SiteFile(
        path=path, owner=OWN_CODE, size_bytes=size_bytes, crc=0, container=nowhere, container_sha256="", member=path
    )


def test_a_bundle_that_is_far_too_large():
    """The error says how large it would be, what the bound is, and what is to blame."""
    files = [file_of("app.py", 100), *(file_of(f"data/{n}.bin", n * 100_000_000) for n in range(1, 5))]

    with pytest.raises(OverLimitError) as caught:
        hold_size("hello", files)

    assert caught.value.exit_code == 7
    assert caught.value.message == (
        "`hello` would unpack to 1,000,000,100 bytes, of which Lambda takes less than 262,144,000, "
        "and more than 524,288,000 are not packed; biggest: "
        "`data/4.bin` 400,000,000, `data/3.bin` 300,000,000, `data/2.bin` 200,000,000"
    )


def test_a_bundle_that_is_too_large():
    """What is over Lambda's limit alone is packed: its report says what to leave out."""
    hold_size("hello", [file_of("data.bin", 524_288_000)])

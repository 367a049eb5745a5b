import pytest

from bundler.sizes import format_bytes, format_count


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_990, "1.0 MB"),
        (52_428_800, "52.4 MB"),
        (999_960_000, "1.0 GB"),
        (1_234_000_000_000, "1234.0 GB"),
    ],
)
def test_sizes_have_decimal_units(size_bytes, text):
    """A size is written in decimal units, and rounding never leaves a thousand of a unit."""
    assert format_bytes(size_bytes) == text


def test_counts_have_their_plural():
    """One is singular, everything else is not."""
    assert [format_count(count, "file") for count in (0, 1, 1234)] == ["0 files", "1 file", "1,234 files"]

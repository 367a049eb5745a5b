"""Numbers as people read them."""

_UNITS = ("kB", "MB", "GB")


def format_bytes(size_bytes: int) -> str:
    """Return a size in decimal units with one decimal: `1.2 MB` is 1,200,000 bytes."""
    if size_bytes < 1000:  # noqa: PLR2004 - the base of decimal units
        return f"{size_bytes} B"
    amount = size_bytes / 1000
    for unit in _UNITS[:-1]:
        # Rounded first, so that 999,990 bytes are 1.0 MB and not 1000.0 kB.
        if round(amount, 1) < 1000:  # noqa: PLR2004
            return f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} {_UNITS[-1]}"


def format_count(count: int, word: str) -> str:
    """Return a number with its word, in the plural where it needs one: `1 file`, `1,234 files`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"

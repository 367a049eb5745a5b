"""Differences as people read them."""

from bundler.model.report import Change
from bundler.sizes import format_bytes

_TIMES = 10


def format_difference(size_bytes: int) -> str:
    """Return a difference with its sign: `+1.2 MB`."""
    return f"{'+' if size_bytes >= 0 else '-'}{format_bytes(abs(size_bytes))}"


def format_growth(change: Change) -> str:
    """Return how a zip changed, as bytes and as a share of what it was."""
    if change.before is None or change.after is None:
        return "is new" if change.before is None else "is gone"
    difference = change.after - change.before
    factor = change.after / change.before if change.before else 1
    share = f", {factor - 1:+.1%}" if factor < _TIMES else f", {factor:,.0f} times"
    return f"{format_difference(difference)}{share}" if difference else "unchanged"

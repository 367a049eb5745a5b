"""Differences between two states of a service, as text and as Markdown."""

from collections.abc import Iterator, Sequence

from bundler.model.report import Change, Reason
from bundler.report.compare import total_change
from bundler.report.sizes import format_difference, format_growth
from bundler.sizes import format_bytes

_NAMED_REASONS = 8


def render_changes(changes: Sequence[Change]) -> str:
    """Return every function with its size before and after, and below it what made the difference."""
    if not changes:
        return "no functions on either side"
    width = max(len("function"), *(len(change.function) for change in changes))
    lines = [f"{'function':<{width}}{'before':>11}{'after':>11}  change"]
    for change in changes:
        sizes = f"{_size(change.before):>11}{_size(change.after):>11}"
        lines.append(f"{change.function:<{width}}{sizes}  {format_growth(change)}")
        lines.extend(f"  {text}" for text in _reason_texts(change.reasons))
    total = _total(changes)
    sizes = f"{format_bytes(total.before or 0):>11}{format_bytes(total.after or 0):>11}"
    lines.append(f"{'total':<{width}}{sizes}  {format_growth(total)}")
    return "\n".join(lines)


def render_changes_markdown(changes: Sequence[Change]) -> str:
    """Return the same as a Markdown table, for a job summary or a comment."""
    lines = ["| function | before | after | change |", "| --- | ---: | ---: | --- |"]
    for change in changes:
        reasons = "".join(f"<br>{text.replace('|', '&#124;')}" for text in _reason_texts(change.reasons))
        sizes = f"{_size(change.before)} | {_size(change.after)}"
        lines.append(f"| `{change.function}` | {sizes} | {format_growth(change)}{reasons} |")
    total = _total(changes)
    sizes = f"{format_bytes(total.before or 0)} | {format_bytes(total.after or 0)}"
    lines.append(f"| total | {sizes} | {format_growth(total)} |")
    return "\n".join(lines)


def _total(changes: Sequence[Change]) -> Change:
    before, after = total_change(tuple(changes))
    return Change(function="total", before=before or None, after=after or None, reasons=())


def _reason_texts(reasons: Sequence[Reason]) -> Iterator[str]:
    for reason in reasons[:_NAMED_REASONS]:
        yield f"{reason.text}: {format_difference(reason.zipped_bytes)}" if reason.zipped_bytes else reason.text
    if len(reasons) > _NAMED_REASONS:
        rest = sum(reason.zipped_bytes for reason in reasons[_NAMED_REASONS:])
        more = f"{len(reasons) - _NAMED_REASONS} more"
        yield f"{more}: {format_difference(rest)}" if rest else more


def _size(size_bytes: int | None) -> str:
    return "-" if size_bytes is None else format_bytes(size_bytes)

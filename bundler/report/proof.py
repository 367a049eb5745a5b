"""Verdicts of `lbundle prove` as text, and as findings for the forms that CI systems read."""

from collections.abc import Iterator, Sequence

from bundler.model.proof import Status, Verdict
from bundler.model.report import Finding

_COLUMN_GAP = "  "


def judge_verdicts(verdicts: Sequence[Verdict], allowed: frozenset[Status]) -> tuple[Finding, ...]:
    """Return a finding for each event that is not proved; a warning where its status is allowed."""
    return tuple(
        Finding(
            name=f"proof-{verdict.status}",
            level="warning" if verdict.status in allowed else "error",
            function=verdict.function,
            message="; ".join((f"{verdict.event} is {verdict.status}", *_details(verdict))),
        )
        for verdict in verdicts
        if verdict.status is not Status.PROVED
    )


def render_verdicts(verdicts: Sequence[Verdict]) -> str:
    """Return a line for each event, below those that are not proved what is known of them, and a sum."""
    widths = [max((len(text) for text in column), default=0) for column in zip(*map(_names, verdicts), strict=True)]
    lines = []
    for verdict in verdicts:
        cells = [f"{text:<{width}}" for text, width in zip(_names(verdict), widths, strict=True)]
        lines.append(_COLUMN_GAP.join((*cells, verdict.status)))
        lines += [f"    {detail}" for detail in _details(verdict)]
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in Status}
    total = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return "\n".join((*lines, "", total or "nothing to prove"))


def _names(verdict: Verdict) -> tuple[str, str]:
    return verdict.function, verdict.event


def _details(verdict: Verdict) -> Iterator[str]:
    for place in verdict.differences:
        expected, found = place.expected or "nothing", place.found or "nothing"
        if verdict.status is Status.UNSTEADY:
            yield f"`{place.path}` moves: {expected}, then {found}"
        else:
            yield f"`{place.path}` is {expected} with the full install and {found} with the bundle"
    for lacked in verdict.lacked:
        if verdict.status is Status.PROVED:
            yield f"alike without `{lacked.path}`, which the full install opened: {lacked.reason}"
        else:
            yield f"the bundle lacks `{lacked.path}`: {lacked.reason}"
    if verdict.unnamed:
        yield f"and {verdict.unnamed:,} files more that the full install opened"
    if verdict.note:
        yield verdict.note

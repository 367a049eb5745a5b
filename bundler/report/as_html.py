"""The HTML page: one file that holds its data, its style and its scripts, and asks nobody for anything."""

import html
import json
import re
from collections.abc import Mapping, Sequence

from bundler.model.metafile import Metafile
from bundler.model.report import Change, Sizes
from bundler.report.page_data import describe_metafile, describe_size

_PLACEHOLDER = re.compile(r"%%(\w+)%%")


def render_report_html(metafiles: Sequence[Metafile], parts: Mapping[str, str]) -> str:
    """Return a page with the functions of a report; `parts` are the page's own files, `page` the one for the others."""
    functions: list[dict[str, object]] = [
        {"name": metafile.function, "before": None, "after": describe_metafile(metafile), "reasons": []}
        for metafile in metafiles
    ]
    first = metafiles[0]
    title = " ".join(filter(None, ("lbundle report", first.service, first.stage)))
    return _fill(parts, title, {"mode": "report", "functions": functions})


def render_changes_html(
    changes: Sequence[Change],
    before: tuple[Sizes, Mapping[str, Metafile]],
    after: tuple[Sizes, Mapping[str, Metafile]],
    parts: Mapping[str, str],
    *,
    names: tuple[str, str],
) -> str:
    """Return a page with the functions of either state, those that changed most first.

    Files are compared where both states have metafiles, else packages as wholes.

    Args:
        changes: how each function changed, and why.
        before: sizes, and the metafiles that are known, by function.
        after: the same of the other state.
        parts: the page's own files.
        names: what the user calls the two states.
    """
    functions = []
    for change in sorted(changes, key=lambda change: -abs((change.after or 0) - (change.before or 0))):
        old, new = _describe_sides(change.function, before, after)
        reasons = [[reason.text, reason.zipped_bytes] for reason in change.reasons]
        functions.append({"name": change.function, "before": old, "after": new, "reasons": reasons})
    return _fill(parts, f"lbundle diff {' → '.join(names)}", {"mode": "diff", "functions": functions})


def _describe_sides(
    function: str, *states: tuple[Sizes, Mapping[str, Metafile]]
) -> tuple[dict[str, object] | None, ...]:
    present = [(sizes, metafiles) for sizes, metafiles in states if function in sizes]
    is_whole = all(function in metafiles for _, metafiles in present)
    sides: list[dict[str, object] | None] = []
    for sizes, metafiles in states:
        if function not in sizes:
            sides.append(None)
        elif is_whole:
            sides.append(describe_metafile(metafiles[function]))
        else:
            sides.append(describe_size(sizes[function]))
    return tuple(sides)


def _fill(parts: Mapping[str, str], title: str, data: object) -> str:
    """Fill the page in one pass, so that nothing in the data is taken for a placeholder."""
    filling = {**parts, "title": html.escape(title), "data": _embed(data)}
    return _PLACEHOLDER.sub(lambda match: filling[match[1]], parts["page"])


def _embed(data: object) -> str:
    """Return JSON that may stand inside a script element: ASCII alone, and nothing that could end the element."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")

"""The table that a build ends with, as plain text: legible without colour, within the columns of the terminal.

It is made of a summary, so that a build that has nothing to do loads nothing else to print it.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bundler.model.summary import BuildSummary, BundleSummary, FindingSummary
from bundler.sizes import format_bytes, format_count

_NAMED = 3
_FIGURES_WIDTH = 10 + 11 + 8
_UNCHANGED = "  unchanged"

GLUE = "\N{NO-BREAK SPACE}"
"""Holds a name and its figure on one line; wrapping turns it back into a space."""


def render_build(
    summary: BuildSummary, *, unchanged: frozenset[str], is_whole: bool, seconds: float, width: int
) -> str:
    """Return the table of bundles, what is optional in them, warnings, findings, the time it all took and the locks.

    With all functions of a service in it (`is_whole`) it also names the locked packages that none of them reaches.
    A word longer than a line, such as a path in a warning, is left whole.
    """
    functions = summary.functions
    sections = (
        _bundle_lines("function", functions, unchanged, width),
        _optional_lines(summary.optional, width),
        _unreached_lines(summary.unreached, width) if is_whole else [],
        _unverified_lines(functions, unchanged, width),
        _warning_lines(functions, width),
        [line for finding in summary.findings for line in _wrap(render_finding(finding), width)],
        _wrap(_closing_text(functions, unchanged, seconds), width),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def render_built_layers(layers: Sequence[BundleSummary], *, unchanged: frozenset[str], width: int) -> str:
    """Return the table of layers, and their warnings."""
    lines = _warning_lines(layers, width)
    return "\n".join((*_bundle_lines("layer", layers, unchanged, width), *(["", *lines] if lines else [])))


def render_finding(finding: FindingSummary) -> str:
    """Return a finding as one sentence that says how bad it is and for whom."""
    return f"{finding.level}: {finding.function}: {finding.message} ({finding.name})"


def glue(text: str) -> str:
    """Return a text that no line break divides."""
    return text.replace(" ", GLUE)


def _bundle_lines(word: str, bundles: Sequence[BundleSummary], unchanged: frozenset[str], width: int) -> list[str]:
    """Return a line of figures for each function or layer, and what it holds and leaves out."""
    if not bundles:
        return []
    longest = max(len(word), *(len(bundle.name) for bundle in bundles))
    name_width = max(0, min(longest, width - _FIGURES_WIDTH - (len(_UNCHANGED) if unchanged else 0)))
    lines = [_row(word, ("zip", "unzipped", "files"), name_width)]
    for bundle in bundles:
        row = _row(bundle.name, _figures((bundle,)), name_width)
        lines.append(row + (_UNCHANGED if bundle.name in unchanged else ""))
        lines.extend(line for text in bundle.details for line in _wrap(text, width, indent="  "))
    if len(bundles) > 1:
        lines.append(_row("total", _figures(bundles), name_width))
    return lines


def _row(name: str, figures: tuple[str, str, str], name_width: int) -> str:
    """Return a line of the table; a name too long for its column stands on a line of its own."""
    zipped, unzipped, files = figures
    columns = f"{zipped:>10}{unzipped:>11}{files:>8}"
    return f"{name:<{name_width}}{columns}" if len(name) <= name_width else f"{name}\n{'':<{name_width}}{columns}"


def _figures(bundles: Sequence[BundleSummary]) -> tuple[str, str, str]:
    return (
        format_bytes(sum(bundle.zip_bytes for bundle in bundles)),
        format_bytes(sum(bundle.unzipped_bytes for bundle in bundles)),
        f"{sum(bundle.files for bundle in bundles):,}",
    )


def _optional_lines(texts: Sequence[str], width: int) -> list[str]:
    if not texts:
        return []
    lines = _wrap("Optional imports that ship; `exclude-modules` or `external` leaves them out:", width)
    return [*lines, *(line for text in texts for line in _wrap(text, width, indent="  "))]


def _unreached_lines(names: Sequence[str], width: int) -> list[str]:
    return _wrap(f"note: no function reaches {', '.join(names)}", width) if names else []


def _unverified_lines(bundles: Iterable[BundleSummary], unchanged: frozenset[str], width: int) -> list[str]:
    """Tell in few words what nothing vouches for but its index, where something was built of it."""
    count = max((bundle.unverified for bundle in bundles if bundle.name not in unchanged), default=0)
    text = f"note: the lock has no hash for {format_count(count, 'pin')}, `lbundle lock` writes them"
    return _wrap(text, width) if count else []


def _warning_lines(bundles: Sequence[BundleSummary], width: int) -> list[str]:
    return [line for text in _distinct_warnings(bundles) for line in _wrap(f"warning: {text}", width)]


def _distinct_warnings(bundles: Sequence[BundleSummary]) -> Iterator[str]:
    """Yield each warning once, with the names of those it is about where that is not all."""
    found: dict[str, list[str]] = {}
    for bundle in bundles:
        for text in bundle.warnings:
            found.setdefault(text, []).append(bundle.name)
    for text, names in found.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield text if len(names) == len(bundles) else f"{', '.join(names[:_NAMED])}{more}: {text}"


def _closing_text(bundles: Sequence[BundleSummary], unchanged: frozenset[str], seconds: float) -> str:
    kept = len(unchanged & {bundle.name for bundle in bundles})
    built = f"Built {format_count(len(bundles) - kept, 'function')}"
    locks = dict.fromkeys(name for bundle in bundles for name in bundle.locks)
    pins = f", pins from {', '.join(locks)}" if locks else ""
    return f"{built}{f', kept {kept} unchanged' if kept else ''} in {seconds:.2f} s{pins}"


def _wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(GLUE, " ") for line in lines]

"""The report of a build as plain text: legible without colour, within the columns of the terminal."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bundler.errors.base import show
from bundler.model.metafile import BundleMetafile, LayerMetafile, Metafile
from bundler.model.report import Finding
from bundler.report.measure import find_unreached, label_package, measure_omissions, measure_packages
from bundler.report.sizes import format_bytes, format_count

_NAMED_PACKAGES = 3
_NAMED = 3
_NAMED_RULES = 4
_FIGURES_WIDTH = 10 + 11 + 8
_UNCHANGED = "  unchanged"

_GLUE = "\N{NO-BREAK SPACE}"
"""Holds a name and its figure on one line; wrapping turns it back into a space."""

_WEAK_WORDS = {
    "try": "only inside try/except ImportError",
    "function": "only inside functions",
    "conditional": "only under a condition",
}


def render_table(
    metafiles: Sequence[Metafile],
    findings: Sequence[Finding],
    *,
    unchanged: frozenset[str],
    is_whole: bool,
    seconds: float,
    width: int,
) -> str:
    """Return the table of bundles, what is optional in them, warnings, findings, the time it all took and the locks.

    With all functions of a service in it (`is_whole`) it also names the locked packages that none of them reaches.
    A word longer than a line, such as a path in a warning, is left whole.
    """
    sections = (
        _bundle_lines("function", metafiles, unchanged, width),
        _weak_edge_lines(metafiles, width),
        _unreached_lines(metafiles, width) if is_whole else [],
        _unverified_lines(metafiles, unchanged, width),
        [line for text in _distinct_warnings(metafiles) for line in _wrap(f"warning: {show(text)}", width)],
        [line for finding in findings for line in _wrap(render_finding(finding), width)],
        _wrap(_closing_text(metafiles, unchanged, seconds), width),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def render_layers(metafiles: Sequence[LayerMetafile], *, unchanged: frozenset[str], width: int) -> str:
    """Return the table of layers, and their warnings."""
    lines = [line for text in _distinct_warnings(metafiles) for line in _wrap(f"warning: {show(text)}", width)]
    return "\n".join((*_bundle_lines("layer", metafiles, unchanged, width), *(["", *lines] if lines else [])))


def _bundle_lines(word: str, metafiles: Sequence[BundleMetafile], unchanged: frozenset[str], width: int) -> list[str]:
    """Return a line of figures for each function or layer, and what it holds and leaves out."""
    if not metafiles:
        return []
    longest = max(len(word), *(len(metafile.name) for metafile in metafiles))
    name_width = max(0, min(longest, width - _FIGURES_WIDTH - (len(_UNCHANGED) if unchanged else 0)))
    lines = [_row(word, ("zip", "unzipped", "files"), name_width)]
    for metafile in metafiles:
        row = _row(metafile.name, _figures((metafile,)), name_width)
        lines.append(row + (_UNCHANGED if metafile.name in unchanged else ""))
        lines.extend(_wrap(_packages_text(metafile), width, indent="  "))
        lines.extend(_wrap(_omissions_text(metafile), width, indent="  "))
        if isinstance(metafile, Metafile) and metafile.unguarded:
            lines.extend(_wrap(f"no guard: {metafile.unguarded}", width, indent="  "))
    if len(metafiles) > 1:
        lines.append(_row("total", _figures(metafiles), name_width))
    return lines


def _row(name: str, figures: tuple[str, str, str], name_width: int) -> str:
    """Return a line of the table; a name too long for its column stands on a line of its own."""
    zipped, unzipped, files = figures
    columns = f"{zipped:>10}{unzipped:>11}{files:>8}"
    return f"{name:<{name_width}}{columns}" if len(name) <= name_width else f"{name}\n{'':<{name_width}}{columns}"


def _figures(metafiles: Iterable[BundleMetafile]) -> tuple[str, str, str]:
    zips = [(metafile.zip.bytes, metafile.zip.unzipped_bytes, metafile.files) for metafile in metafiles]
    return (
        format_bytes(sum(zip_bytes for zip_bytes, _, _ in zips)),
        format_bytes(sum(unzipped_bytes for _, unzipped_bytes, _ in zips)),
        f"{sum(len(files) for _, _, files in zips):,}",
    )


def _packages_text(metafile: BundleMetafile) -> str:
    """Name the biggest packages, each with its weight in the zip."""
    shares = measure_packages(metafile)[:_NAMED_PACKAGES]
    return ", ".join(_glue(f"{label_package(share.name)} {format_bytes(share.zipped_bytes)}") for share in shares)


def _omissions_text(metafile: BundleMetafile) -> str:
    """Say what was left out of the full install, and by which rules most of it."""
    shares = measure_omissions(metafile)
    if not shares:
        return "nothing left out"
    size_bytes = sum(share.size_bytes for share in shares)
    files = sum(share.files for share in shares)
    rules = ", ".join(_glue(f"{share.name} {format_bytes(share.size_bytes)}") for share in shares[:_NAMED_RULES])
    more = ", …" if len(shares) > _NAMED_RULES else ""
    return f"left out {_glue(format_bytes(size_bytes))} in {_glue(format_count(files, 'file'))}: {rules}{more}"


def _unreached_lines(metafiles: Sequence[Metafile], width: int) -> list[str]:
    """Name the packages that the lock installs and no function reaches."""
    names = find_unreached(metafiles)
    return _wrap(f"note: no function reaches {', '.join(names)}", width) if names else []


def _weak_edge_lines(metafiles: Iterable[Metafile], width: int) -> list[str]:
    """Tell which packages ship for an optional import alone, each once for all functions, the biggest first."""
    weights: dict[tuple[str, str, int, str], int] = {}
    for metafile in metafiles:
        for weak in metafile.weak_edges:
            edge = weak.edge
            key = (weak.distribution, edge.source, edge.line, edge.kind)
            weights[key] = max(weak.bytes, weights.get(key, 0))
    if not weights:
        return []
    lines = _wrap("Optional imports that ship; `exclude-modules` or `external` leaves them out:", width)
    for key, size_bytes in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        distribution, source, line, kind = key
        words = _WEAK_WORDS.get(kind, kind)
        text = f"{source}:{line} → {_glue(f'{distribution},')} {_glue(f'{format_bytes(size_bytes)} unzipped')}, {words}"
        lines.extend(_wrap(text, width, indent="  "))
    return lines


def _unverified_lines(metafiles: Iterable[Metafile], unchanged: frozenset[str], width: int) -> list[str]:
    """Tell in few words what nothing vouches for but its index, where something was built of it."""
    count = max((built.unverified or 0 for built in metafiles if built.function not in unchanged), default=0)
    text = f"note: the lock has no hash for {format_count(count, 'pin')}, `lbundle lock` writes them"
    return _wrap(text, width) if count else []


def _distinct_warnings(metafiles: Sequence[BundleMetafile]) -> Iterator[str]:
    """Yield each warning once, with the names of those it is about where that is not all."""
    found: dict[str, list[str]] = {}
    for metafile in metafiles:
        for text in metafile.warnings:
            found.setdefault(text, []).append(metafile.name)
    for text, names in found.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield text if len(names) == len(metafiles) else f"{', '.join(names[:_NAMED])}{more}: {text}"


def render_finding(finding: Finding) -> str:
    """Return a finding as one sentence that says how bad it is and for whom."""
    return f"{finding.level}: {finding.function}: {finding.message} ({finding.name})"


def _closing_text(metafiles: Sequence[Metafile], unchanged: frozenset[str], seconds: float) -> str:
    kept = len(unchanged & {metafile.function for metafile in metafiles})
    built = f"Built {format_count(len(metafiles) - kept, 'function')}"
    locks = dict.fromkeys(name for metafile in metafiles for name in metafile.locks)
    pins = f", pins from {', '.join(locks)}" if locks else ""
    return f"{built}{f', kept {kept} unchanged' if kept else ''} in {seconds:.2f} s{pins}"


def _glue(text: str) -> str:
    return text.replace(" ", _GLUE)


def _wrap(text: str, width: int, *, indent: str = "") -> list[str]:
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in lines]

"""The report of finished bundles, from their metafiles alone."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bundler.model.metafile import Metafile
from bundler.model.report import Share
from bundler.report.doubts import doubt_lines
from bundler.report.kept_sources import kept_source_lines
from bundler.report.measure import (
    biggest_files,
    find_unreached,
    label_package,
    measure_kinds,
    measure_layers,
    measure_omissions,
    measure_packages,
)
from bundler.runtimes import direct_upload_limit_bytes, unzipped_limit_bytes
from bundler.sizes import format_bytes, format_count

_PATH_WIDTH = 56
_FEWEST_SHARING = 2


def render_report(metafiles: Sequence[Metafile], *, top: int, is_whole: bool) -> str:
    """Return the report as text of 80 columns; `top` is how many packages and files are named each time.

    With all functions of a service in it (`is_whole`) it also names the locked packages that none of them reaches.
    """
    blocks = ["\n".join(_function_lines(metafile, top)) for metafile in metafiles]
    shared = list(_shared_lines(metafiles, top))
    if shared:
        blocks.append("\n".join(("In several functions; what a layer that holds them once would save:", *shared)))
    unreached = find_unreached(metafiles) if is_whole else ()
    if unreached:
        blocks.append(textwrap.fill(_unreached_text(unreached), 80, subsequent_indent="  ", break_on_hyphens=False))
    return "\n\n".join(blocks)


def render_report_markdown(metafiles: Sequence[Metafile], *, top: int, is_whole: bool) -> str:
    """Return the report as a Markdown table, and below it what no function reaches."""
    lines = ["| function | zip | unzipped | biggest packages |", "| --- | ---: | ---: | --- |"]
    for metafile in metafiles:
        packages = ", ".join(
            f"{label_package(share.name)} {format_bytes(share.zipped_bytes)}"
            for share in measure_packages(metafile)[:top]
        )
        sizes = f"{format_bytes(metafile.zip.bytes)} | {format_bytes(metafile.zip.unzipped_bytes)}"
        lines.append(f"| `{metafile.function}` | {sizes} | {packages} |")
    unreached = find_unreached(metafiles) if is_whole else ()
    if unreached:
        lines.extend(("", _unreached_text(unreached)))
    return "\n".join(lines)


def _function_lines(metafile: Metafile, top: int) -> Iterator[str]:
    zipped, unzipped = metafile.zip.bytes, metafile.zip.unzipped_bytes
    yield f"{metafile.function} ({metafile.runtime}, {metafile.architecture})"
    yield f"  zip       {format_bytes(zipped):>10}   {_room(zipped, direct_upload_limit_bytes(), 'direct upload')}"
    used = unzipped + measure_layers(metafile)
    yield f"  unzipped  {format_bytes(unzipped):>10}   {_room(used, unzipped_limit_bytes(), 'what Lambda takes')}"
    for layer in metafile.layers:
        yield f"            {format_bytes(layer.unzipped_bytes):>10}   in the layer {layer.name}, counted with it"
    yield ""
    yield f"  {'packages':<{_PATH_WIDTH}}{'zip':>10}{'unzipped':>11}"
    yield from _share_lines(_labelled(measure_packages(metafile)), top)
    yield f"  {'(zip headers)':<{_PATH_WIDTH}}{format_bytes(metafile.zip.overhead_bytes):>10}"
    yield "  biggest files"
    yield from _share_lines(biggest_files(metafile, top), top)
    yield "  kinds"
    yield from _share_lines(measure_kinds(metafile), top)
    if metafile.kept_sources:
        yield "  source beside bytecode, and what first asks for it"
        yield from kept_source_lines(metafile, top)
    if any(entry.files for entry in metafile.doubts):
        yield "  in doubt, as nobody can tell what is loaded or opened; `shake` says how far to go"
        yield from doubt_lines(metafile, top)
    omissions = measure_omissions(metafile)
    if omissions:
        yield "  left out, by rule"
        for share in omissions:
            figures = f"{format_count(share.files, 'file'):>12}{format_bytes(share.size_bytes):>11}"
            yield f"    {share.name:<{_PATH_WIDTH - 4}}{figures}"
    if metafile.weak_edges:
        yield "  optional imports; `exclude-modules` or `external` leaves them out"
        for weak in metafile.weak_edges[:top]:
            place = f"{weak.edge.source}:{weak.edge.line}"
            text = _shorten(f"{place} → {weak.distribution}")
            yield f"    {text:<{_PATH_WIDTH - 2}}{'':>10}{format_bytes(weak.bytes):>11}"


def _unreached_text(names: Sequence[str]) -> str:
    return f"In the lock, but no function reaches it: {', '.join(names)}"


def _room(used: int, limit: int, what: str) -> str:
    left = limit - used
    return f"{format_bytes(left)} left below {what}" if left >= 0 else f"{format_bytes(-left)} over {what}"


def _labelled(shares: Iterable[Share]) -> list[Share]:
    return [
        Share(
            name=label_package(share.name),
            files=share.files,
            size_bytes=share.size_bytes,
            zipped_bytes=share.zipped_bytes,
        )
        for share in shares
    ]


def _share_lines(shares: Sequence[Share], top: int) -> Iterator[str]:
    for share in shares[:top]:
        name = _shorten(share.name)
        yield f"    {name:<{_PATH_WIDTH - 2}}{format_bytes(share.zipped_bytes):>10}{format_bytes(share.size_bytes):>11}"
    rest = shares[top:]
    if rest:
        zipped, size = sum(share.zipped_bytes for share in rest), sum(share.size_bytes for share in rest)
        yield f"    {f'{len(rest):,} more':<{_PATH_WIDTH - 2}}{format_bytes(zipped):>10}{format_bytes(size):>11}"


def _shorten(text: str) -> str:
    longest = _PATH_WIDTH - 3
    return text if len(text) <= longest else f"…{text[1 - longest :]}"


def _shared_lines(metafiles: Sequence[Metafile], top: int) -> Iterator[str]:
    """Yield the packages that several functions carry, with what all but the largest copy weigh."""
    copies: dict[str, list[int]] = {}
    for metafile in metafiles:
        for share in measure_packages(metafile):
            if share.name:
                copies.setdefault(share.name, []).append(share.zipped_bytes)
    saved = {name: sum(sizes) - max(sizes) for name, sizes in copies.items() if len(sizes) >= _FEWEST_SHARING}
    for name, size_bytes in sorted(saved.items(), key=lambda item: (-item[1], item[0]))[:top]:
        figures = f"{format_count(len(copies[name]), 'function'):>14}{format_bytes(size_bytes):>11}"
        yield f"    {name:<{_PATH_WIDTH - 6}}{figures}"

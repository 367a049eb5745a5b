"""Tell what ships in doubt, which sink or folder asks for it, and what it costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bundler.model.artifact import PackedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.metafile import DoubtEntry, Metafile
from bundler.model.wheels import OWN_CODE
from bundler.sizes import format_bytes, format_count

_WHOLE_RULES = frozenset({"unreached", "unlinked", "unused-data", "documentation", "optional"})
_NAMED = 3
_SINK = "doubt.sink"


def describe_doubts(sinks: Iterable[Edge], files: Sequence[PackedFile]) -> tuple[DoubtEntry, ...]:
    """Return each sink and folder that puts files in doubt, with what ships for it alone, the heaviest first."""
    sinks = tuple(sinks)
    rules = {(edge.source, edge.line, edge.name): edge.rule for edge in sinks}
    causes = {file.origin: file.cause for file in files}
    costs: dict[tuple[str, int, str], list[PackedFile]] = {(edge.source, edge.line, edge.name): [] for edge in sinks}
    for file in files:
        root = _root_of(file.origin, causes)
        if root is not None:
            costs.setdefault((root.source, root.line, root.name), []).append(file)
    owners = {file.origin: file.owner for file in files}
    entries = (
        DoubtEntry(
            distribution=owners.get(source, ""),
            source=source,
            line=line,
            sink=name,
            rule=rules.get((source, line, name), ""),
            files=len(found),
            size=sum(file.size_bytes for file in found),
            zipped=sum(file.zipped_bytes for file in found),
        )
        for (source, line, name), found in costs.items()
    )
    return tuple(sorted(entries, key=lambda entry: (-entry.zipped, entry.source, entry.line, entry.sink)))


def _root_of(path: str, causes: Mapping[str, Edge]) -> Edge | None:
    """Return the edge of doubt that a file's chain passes through."""
    seen: set[str] = set()
    while path in causes and path not in seen:
        seen.add(path)
        if causes[path].kind is EdgeKind.DOUBT:
            return causes[path]
        path = causes[path].source
    return None


def doubt_lines(metafile: Metafile, top: int) -> Iterator[str]:
    """Yield a line for each sink or folder that costs anything: what it is, where, and what ships for it."""
    for entry in [entry for entry in metafile.doubts if entry.files][:top]:
        figures = (
            f"{format_count(entry.files, 'file'):>14}{format_bytes(entry.zipped):>10}{format_bytes(entry.size):>11}"
        )
        yield f"    {entry.distribution or 'your code':<30}{figures}"
        yield f"      {_place(entry)} {entry.sink}"


def summarise_doubts(metafile: Metafile) -> str:
    """Say in one text what ships in doubt; nothing where nothing does."""
    costly = [entry for entry in metafile.doubts if entry.files]
    if not costly:
        return ""
    weight = format_bytes(sum(entry.zipped for entry in costly))
    owners = list(dict.fromkeys(entry.distribution or "your code" for entry in costly))
    more = f" and {len(owners) - _NAMED} more" if len(owners) > _NAMED else ""
    files = format_count(sum(entry.files for entry in costly), "file")
    return f"in doubt {weight}, {files} ({', '.join(owners[:_NAMED])}{more})"


def note_first_party(metafiles: Iterable[Metafile]) -> str:
    """Say once which sink of a package may want first-party code that nothing names; nothing where none is left out."""
    left_out = 0
    sinks: list[DoubtEntry] = []
    for metafile in metafiles:
        own = sum(one.files for one in metafile.omissions if (one.owner, one.rule) == (OWN_CODE, "unreached"))
        found = [entry for entry in metafile.doubts if entry.distribution and entry.rule == _SINK]
        if own and found:
            left_out = max(left_out, own)
            sinks.extend(found)
    if not sinks:
        return ""
    places = sorted({_place(entry) for entry in sinks})
    more = f" and {format_count(len(places) - 1, 'other place')}" if places[1:] else ""
    return (
        f"`{places[0]}`{more} may load what nobody can tell; first-party modules that nothing names stay out "
        f"({left_out} of a function at most), and `include-modules` keeps those that are meant"
    )


def render_shake(metafiles: Sequence[Metafile], top: int) -> str:
    """Return what each way to shake would weigh for each function, and what every doubt costs."""
    return "\n\n".join("\n".join(_shake_lines(metafile, top)) for metafile in metafiles)


def _shake_lines(metafile: Metafile, top: int) -> Iterator[str]:
    chosen = metafile.settings.get("shake", "safe")
    yield f"{metafile.function}: `shake: {chosen}`, {format_bytes(metafile.zip.bytes)}"
    doubt = sum(entry.zipped for entry in metafile.doubts)
    yield f"  traced  {format_bytes(metafile.zip.bytes - doubt):>10}"
    if chosen == "safe":
        yield f"  safe    {format_bytes(metafile.zip.bytes):>10}"
    else:
        yield "  safe      build with `shake: safe` to know"
    yield f"  whole   {format_bytes(metafile.zip.bytes + _left_of_whole(metafile)):>10}   or so"
    lines = list(doubt_lines(metafile, top))
    yield from ["  what doubt costs, zip and unzipped", *lines] if lines else ["  nothing ships in doubt"]


def _left_of_whole(metafile: Metafile) -> int:
    """Return what all modules and data of the packages that ship would add, compressed as what ships of each is."""
    shares = {entry.name: entry.zipped / entry.size for entry in metafile.packages if entry.name and entry.size}
    left = (one for one in metafile.omissions if one.rule in _WHOLE_RULES and one.owner in shares)
    return round(sum(one.bytes * shares[one.owner] for one in left))


def _place(entry: DoubtEntry) -> str:
    return f"{entry.source}:{entry.line}" if entry.line else entry.source

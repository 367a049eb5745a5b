"""Tell which packages ship source beside their bytecode, what for and at what price."""

from collections.abc import Iterable, Iterator, Sequence

from bundler.model.artifact import PackedFile
from bundler.model.metafile import KeptSourceEntry, Metafile, ReaderEntry
from bundler.model.plan import PlannedFile
from bundler.sizes import format_bytes, format_count


def describe_kept_sources(planned: Iterable[PlannedFile], packed: Iterable[PackedFile]) -> tuple[KeptSourceEntry, ...]:
    """Return each distribution whose source is read or looked for, with what does so; the heaviest first."""
    needs = {file.file.path: file.source_need for file in planned if not file.file.is_own}
    kept: dict[str, list[PackedFile]] = {}
    readers: dict[str, set[ReaderEntry]] = {}
    for file in packed:
        need = needs.get(file.origin)
        if file.kind == "source" and need is not None:
            kept.setdefault(file.owner, []).append(file)
            reader = ReaderEntry(source=need.reader, line=need.line, why=need.why)
            readers.setdefault(file.owner, set()).add(reader)
    entries = (_describe(owner, files, readers[owner]) for owner, files in kept.items())
    return tuple(sorted(entries, key=lambda entry: (-entry.zipped, entry.distribution)))


def _describe(owner: str, files: Sequence[PackedFile], readers: Iterable[ReaderEntry]) -> KeptSourceEntry:
    return KeptSourceEntry(
        distribution=owner,
        files=len(files),
        size=sum(file.size_bytes for file in files),
        zipped=sum(file.zipped_bytes for file in files),
        readers=tuple(sorted(readers, key=lambda reader: (reader.source, reader.line, reader.why))),
    )


def kept_source_lines(metafile: Metafile, top: int) -> Iterator[str]:
    """Yield a line for each distribution that ships source, below it what reads that; older metafiles tell nothing."""
    for entry in metafile.kept_sources[:top]:
        figures = f"{format_bytes(entry.zipped):>10}{format_bytes(entry.size):>11}"
        yield f"    {entry.distribution:<34}{format_count(entry.files, 'file'):>20}{figures}"
        for first in entry.readers[:1]:
            place = f"{first.source}:{first.line}" if first.line else first.source
            more = f", and {len(entry.readers) - 1} more" if entry.readers[1:] else ""
            yield f"      {place} {first.why}{more}"

"""Tell which packages ship source beside their bytecode, what for and at what price."""

from collections.abc import Iterable, Iterator
from typing import Any

from bundler.model.artifact import PackedFile
from bundler.model.plan import PlannedFile
from bundler.model.report import Metafile
from bundler.report.sizes import format_bytes, format_count


def describe_kept_sources(planned: Iterable[PlannedFile], packed: Iterable[PackedFile]) -> list[dict[str, object]]:
    """Return each distribution whose source is read or looked for, with what does so; the heaviest first."""
    needs = {file.file.path: file.source_need for file in planned if not file.file.is_own}
    found: dict[str, dict[str, Any]] = {}
    for file in packed:
        need = needs.get(file.origin)
        if file.kind != "source" or need is None:
            continue
        entry = found.setdefault(
            file.owner, {"distribution": file.owner, "files": 0, "size": 0, "zipped": 0, "readers": []}
        )
        entry["files"] += 1
        entry["size"] += file.size_bytes
        entry["zipped"] += file.zipped_bytes
        reader = {"source": need.reader, "line": need.line, "why": need.why}
        if reader not in entry["readers"]:
            entry["readers"].append(reader)
    for entry in found.values():
        entry["readers"].sort(key=lambda reader: (reader["source"], reader["line"], reader["why"]))
    return sorted(found.values(), key=lambda entry: (-entry["zipped"], entry["distribution"]))


def kept_source_lines(metafile: Metafile, top: int) -> Iterator[str]:
    """Yield a line for each distribution that ships source, below it what reads that; older metafiles tell nothing."""
    for entry in metafile.get("kept_sources", ())[:top]:
        figures = f"{format_bytes(entry['zipped']):>10}{format_bytes(entry['size']):>11}"
        yield f"    {entry['distribution']:<34}{format_count(entry['files'], 'file'):>20}{figures}"
        first, *others = entry["readers"]
        place = f"{first['source']}:{first['line']}" if first["line"] else first["source"]
        more = f", and {len(others)} more" if others else ""
        yield f"      {place} {first['why']}{more}"

"""Decide which modules of packages ship as source beside their bytecode, and tell where settings forbid it."""

from collections.abc import Collection, Iterator, Mapping

from bundler.model.imports import EdgeKind, ImportGraph, SourceNeed
from bundler.model.project import BytecodeMode
from bundler.model.wheels import Site


def find_source_needs(
    shipped: Collection[str], graph: ImportGraph, brought: Collection[str] = frozenset()
) -> dict[str, SourceNeed]:
    """Return the modules that ship with their source: code that ships, or that layers bring, reads or opens it."""
    opened = {
        edge.target: SourceNeed(reader=path, line=edge.line, why=f"opens {edge.name}")
        for path in shipped
        for edge in graph.edges.get(path, ())
        if edge.kind is EdgeKind.DATA and edge.target in graph.modules
    }
    read = {
        path: need
        for path, needs in graph.sources.items()
        for need in reversed(needs)
        if need.reader in shipped or need.reader in brought
    }
    return opened | read


def describe_bytecode_only(mode: BytecodeMode, needs: Mapping[str, SourceNeed], site: Site) -> Iterator[str]:
    """Yield the warning that names the packages whose source is wanted but does not ship."""
    owners = sorted({site.files[path].owner for path in needs if not site.files[path].is_own})
    if mode is BytecodeMode.ONLY and owners:
        names = ", ".join(f"`{owner}`" for owner in owners)
        yield (
            f"`bytecode: only` ships no source, and what runs reads or looks for that of {names}; "
            "`bytecode: auto` ships it"
        )

"""Keep what may hold secrets out of a bundle, though code opens it: only the user's own words bring it back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bundler.model.imports import Edge, ImportGraph
from bundler.model.project import Function
from bundler.model.wheels import OWN_CODE, Site
from bundler.own_files import is_brought_back
from bundler.plan.exclude import own_file_rule


def split_by_secrets(graph: ImportGraph, function: Function, site: Site) -> tuple[ImportGraph, tuple[Edge, ...]]:
    """Return a graph without the edges that lead to secrets, and these."""
    secrets = {
        path
        for path, file in site.files.items()
        if file.owner == OWN_CODE and own_file_rule(path, site) == "secret" and not is_brought_back(path, function)
    }
    refused = tuple(edge for edges in graph.edges.values() for edge in edges if edge.target in secrets)
    if not refused:
        return graph, ()
    kept = {path: tuple(edge for edge in edges if edge.target not in secrets) for path, edges in graph.edges.items()}
    return replace(graph, edges=kept), refused


def tell_secrets(refused: Iterable[Edge], shipped: Mapping[str, Edge]) -> Iterator[str]:
    """Tell once of each secret which code opens it."""
    first = {edge.target: edge for edge in reversed([*refused]) if edge.source in shipped}
    for path, edge in sorted(first.items()):
        place = f"{edge.source}:{edge.line}" if edge.line else edge.source
        yield f"`{place}` opens `{path}`, which may hold secrets and stays out: name it in `include` to ship it"

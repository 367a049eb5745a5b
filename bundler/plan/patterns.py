"""Hold what code leads to against `package.patterns`: the user's word stands above whatever is guessed.

Every edge of a function's graph passes here, so that no rule of tracing has to know of patterns. What an import
statement names is no guess, as people expect of a bundler: what runs at load ships in any case, and what may be done
without ships where the pattern only says that all is left out which no other pattern names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bundler.globs import last_match
from bundler.model.imports import WEAK_KINDS, Edge, EdgeKind, ImportGraph
from bundler.model.project import Function
from bundler.model.wheels import OWN_CODE, Site

_CERTAIN_KINDS = frozenset({EdgeKind.HANDLER, EdgeKind.IMPORT, EdgeKind.PACKAGE, EdgeKind.LINK, EdgeKind.INCLUDE})
_WHERE = {
    EdgeKind.FUNCTION: "in a function",
    EdgeKind.TRY: "in `try`",
    EdgeKind.CONDITIONAL: "under a condition",
}
_ALL = re.compile(r"!(?:\./)?[*/]+")


def find_left_out(function: Function, site: Site) -> dict[str, str]:
    """Return the own files that a pattern leaves out, each with the pattern."""
    matches = (
        (path, last_match(path, function.patterns)) for path, file in site.files.items() if file.owner == OWN_CODE
    )
    return {path: pattern for path, pattern in matches if pattern is not None and pattern.startswith("!")}


def split_by_patterns(graph: ImportGraph, left_out: Mapping[str, str]) -> tuple[ImportGraph, tuple[Edge, ...]]:
    """Return a graph without the edges that patterns refuse, and these."""
    if not left_out:
        return graph, ()
    kept, refused = {}, []
    for path, edges in graph.edges.items():
        against = [edge for edge in edges if edge.target in left_out and _is_refused(edge, left_out[edge.target])]
        kept[path] = tuple(edge for edge in edges if edge not in against)
        refused.extend(against)
    return replace(graph, edges=kept), tuple(refused)


def _is_refused(edge: Edge, pattern: str) -> bool:
    return edge.kind not in _CERTAIN_KINDS and (edge.kind not in WEAK_KINDS or _ALL.fullmatch(pattern) is None)


def tell_patterns(left_out: Mapping[str, str], refused: Iterable[Edge], shipped: Mapping[str, Edge]) -> Iterator[str]:
    """Tell once for each pattern what it was overruled by, and which import statements it overrules."""
    overruled = {
        path: shipped[path]
        for path in sorted(left_out.keys() & shipped.keys())
        if shipped[path].kind is not EdgeKind.INCLUDE
    }
    for pattern, edges in _by_pattern(overruled.values(), left_out).items():
        if _ALL.fullmatch(pattern) is None:
            first, more = edges[0], _more(edges)
            is_handler = first.kind is EdgeKind.HANDLER
            reason = "it holds the handler" if is_handler else f"`{_place(first)}` does not load without it"
            yield f"`{first.target}`{more} ships although `{pattern}` leaves it out: {reason}"
    wanted = (edge for edge in refused if edge.kind in WEAK_KINDS and edge.source in shipped)
    for pattern, edges in _by_pattern((edge for edge in wanted if edge.target not in shipped), left_out).items():
        first, more = edges[0], _more(edges)
        yield f"`{_place(first)}` imports `{first.target}`{more} {_WHERE[first.kind]}, which `{pattern}` leaves out"


def _by_pattern(edges: Iterable[Edge], left_out: Mapping[str, str]) -> dict[str, list[Edge]]:
    """Group edges by the pattern that leaves out what they lead to, one for each file."""
    first_by_target: dict[str, Edge] = {}
    for edge in sorted(edges, key=lambda edge: (edge.source, edge.line, edge.target)):
        first_by_target.setdefault(edge.target, edge)
    grouped: dict[str, list[Edge]] = {}
    for target, edge in first_by_target.items():
        grouped.setdefault(left_out[target], []).append(edge)
    return grouped


def _more(edges: list[Edge]) -> str:
    return f" (and {len(edges) - 1} more)" if len(edges) > 1 else ""


def _place(edge: Edge) -> str:
    return f"{edge.source}:{edge.line}" if edge.line else edge.source

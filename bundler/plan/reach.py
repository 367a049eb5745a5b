"""Walk the graph from where it starts, and decide which optional imports between packages are meant."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bundler.model.imports import Edge, EdgeKind, ImportGraph, leads_on_in_doubt
from bundler.model.wheels import Distribution, Site

_AT_LOAD = frozenset({EdgeKind.IMPORT, EdgeKind.PACKAGE})


def reach(
    starts: Mapping[str, Edge],
    graph: ImportGraph,
    is_cut: Callable[[Edge], bool],
    broken: Mapping[str, int] | None = None,
) -> dict[str, Edge]:
    """Return every file an uncut edge leads to, with the first such edge.

    The walk is breadth first, so that each file's cause begins a shortest chain back to where it started. What a module
    asks for behind an import that it cannot survive is a reason only where there is no other. Who walks a graph more
    than once hands over what `find_broken` says of it.
    """
    causes = dict(starts)
    waiting = deque(starts)
    broken = find_broken(graph) if broken is None else broken
    postponed: deque[Edge] = deque()
    while waiting or postponed:
        if waiting:
            path = waiting.popleft()
            edges = [edge for edge in graph.edges.get(path, ()) if edge.target not in causes and not is_cut(edge)]
            postponed.extend(edge for edge in edges if _is_behind(edge, broken))
            edges = [edge for edge in edges if not _is_behind(edge, broken)]
        else:
            edges = [postponed.popleft()]
        for edge in edges:
            if edge.target not in causes:
                causes[edge.target] = edge
                waiting.append(edge.target)
    return causes


def find_broken(graph: ImportGraph) -> dict[str, int]:
    """Return the modules that cannot be imported, each with the line of the import that nothing provides."""
    broken: dict[str, int] = {}
    failing = (known for known in graph.missing if known.is_absent and known.kind is EdgeKind.IMPORT)
    waiting = [(known.source, known.line) for known in failing]
    importers: dict[str, list[Edge]] = {}
    for edges in graph.edges.values() if waiting else ():
        for edge in edges:
            is_parent = edge.kind is EdgeKind.PACKAGE and edge.source.startswith(edge.target.rpartition("/")[0] + "/")
            if edge.kind is EdgeKind.IMPORT or is_parent:
                importers.setdefault(edge.target, []).append(edge)
    while waiting:
        path, line = waiting.pop()
        if path not in broken:
            waiting.extend((edge.source, edge.line) for edge in importers.get(path, ()))
        broken[path] = min(line, broken.get(path, line))
    return broken


def _is_behind(edge: Edge, broken: Mapping[str, int]) -> bool:
    """Tell whether an edge leads on from what does not run: behind the import that fails, or in a function."""
    line = broken.get(edge.source)
    return line is not None and not (edge.kind in _AT_LOAD and edge.line <= line)


def reach_what_is_meant(starts: Mapping[str, Edge], graph: ImportGraph, site: Site) -> dict[str, Edge]:
    """Return every file that ships for what the handler needs.

    A lock serves many functions, and packages import one another inside functions when both happen to be installed.
    Such an import is followed when there is any sign that it is meant: the package declares the other, if only for an
    extra, or declares nothing at all; the user asked for it by name, since nothing else in the lock needs it; or what
    ships needs it anyway.
    """
    options = _Options(site)
    broken = find_broken(graph)
    present: frozenset[str] = frozenset()
    while True:
        causes = reach(starts, graph, partial(options.is_unmeant, present), broken)
        owners = with_needs((site.files[path].owner for path in causes), site)
        if owners <= present:
            return _reach_in_doubt(causes, graph, site)
        present |= owners


def _reach_in_doubt(sure: Mapping[str, Edge], graph: ImportGraph, site: Site) -> dict[str, Edge]:
    """Return what ships for sure, and what it leads to in doubt: that does not spread doubt of its own."""
    near = _Near(sure, site)
    causes = dict(sure)
    waiting: deque[str] = deque()
    for path in sure:
        for edge in graph.edges.get(path, ()):
            if edge.kind is EdgeKind.DOUBT and edge.target not in causes:
                causes[edge.target] = edge
                waiting.append(edge.target)
    while waiting:
        for edge in graph.edges.get(waiting.popleft(), ()):
            if edge.target not in causes and near.is_led_to(edge):
                causes[edge.target] = edge
                waiting.append(edge.target)
    return causes


def find_doubted(causes: Mapping[str, Edge]) -> frozenset[str]:
    """Return the files that ship in doubt alone: their chains pass through an edge of doubt."""
    is_doubted: dict[str, bool] = {"": False}
    for path in causes:
        chain = [path]
        while chain[-1] not in is_doubted and chain[-1] in causes and causes[chain[-1]].kind is not EdgeKind.DOUBT:
            chain.append(causes[chain[-1]].source)
        found = is_doubted.get(chain[-1], chain[-1] in causes)
        is_doubted.update(dict.fromkeys(chain, found))
    return frozenset(path for path, found in is_doubted.items() if found)


class _Near:
    """Which distributions each one may lead to in doubt."""

    def __init__(self, sure: Iterable[str], site: Site) -> None:
        self._files = site.files
        self._sure = frozenset(site.files[path].owner for path in sure)
        self._requires = {known.name: self._sure.union(known.requires) for known in site.distributions}

    def is_led_to(self, edge: Edge) -> bool:
        source, target = self._files[edge.source].owner, self._files[edge.target].owner
        is_spread = edge.kind is EdgeKind.DOUBT
        return not is_spread and leads_on_in_doubt(edge.kind, source, target, self._requires.get(source, self._sure))


class _Options:
    """Which distribution may mean which other one by an optional import."""

    def __init__(self, site: Site) -> None:
        self._files = site.files
        self._distributions: dict[str, Distribution] = {known.name: known for known in site.distributions}
        self._needed = {name for known in site.distributions for name in known.requires}

    def is_unmeant(self, present: frozenset[str], edge: Edge) -> bool:
        """Tell whether an edge is not followed; doubt has its turn when all that ships for sure is known."""
        if edge.kind is not EdgeKind.FUNCTION:
            return edge.kind is EdgeKind.DOUBT
        source = self._files[edge.source]
        importer, imported = source.owner, self._files[edge.target].owner
        known = self._distributions.get(importer)
        if source.is_own or known is None or imported in {importer, *present} or imported not in self._needed:
            return False
        declared = {*known.requires, *known.optional}
        # What declares nothing at all does not tell by its silence.
        return bool(declared) and imported not in declared


def with_needs(names: Iterable[str], site: Site) -> frozenset[str]:
    """Return distributions and all they require, directly or not."""
    distributions = {known.name: known for known in site.distributions}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(distributions[name].requires if name in distributions else ())
    return frozenset(found)

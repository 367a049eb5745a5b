"""Walk the graph from where it starts, and decide which optional imports between packages are meant."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from bundler.model.imports import Edge, EdgeKind, ImportGraph
from bundler.model.wheels import Distribution, Site


def reach(starts: Mapping[str, Edge], graph: ImportGraph, is_cut: Callable[[Edge], bool]) -> dict[str, Edge]:
    """Return every file an uncut edge leads to, with the first such edge.

    The walk is breadth first, so that each file's cause begins a shortest chain back to where it started.
    """
    causes = dict(starts)
    waiting = deque(starts)
    while waiting:
        for edge in graph.edges.get(waiting.popleft(), ()):
            if edge.target not in causes and not is_cut(edge):
                causes[edge.target] = edge
                waiting.append(edge.target)
    return causes


def reach_what_is_meant(starts: Mapping[str, Edge], graph: ImportGraph, site: Site) -> dict[str, Edge]:
    """Return every file that ships for what the handler needs.

    A lock serves many functions, and packages import one another inside functions when both happen to be installed.
    Such an import is followed when there is any sign that it is meant: the package declares the other, if only for an
    extra, or declares nothing at all; the user asked for it by name, since nothing else in the lock needs it; or what
    ships needs it anyway.
    """
    options = _Options(site)
    present: frozenset[str] = frozenset()
    while True:
        causes = reach(starts, graph, partial(options.is_unmeant, present))
        owners = with_needs((site.files[path].owner for path in causes), site)
        if owners <= present:
            return causes
        present |= owners


class _Options:
    """Which distribution may mean which other one by an optional import."""

    def __init__(self, site: Site) -> None:
        self._files = site.files
        self._distributions: dict[str, Distribution] = {known.name: known for known in site.distributions}
        self._needed = {name for known in site.distributions for name in known.requires}

    def is_unmeant(self, present: frozenset[str], edge: Edge) -> bool:
        if edge.kind is not EdgeKind.FUNCTION:
            return False
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

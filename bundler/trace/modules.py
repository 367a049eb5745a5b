"""Resolve imports to modules of the site: facts and an index go in, edges come out.

The only file that imports `modulegraph`. Its graph resolves heads, tails, ancestors and from-lists; where it would
search the disk, compile what it finds or search its edges one by one, it is handed the index and tells us instead.
"""

import warnings
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from bundler.model.imports import EdgeKind
from bundler.trace.index import ModuleIndex

with warnings.catch_warnings():
    # It imports `imp`, for the search of the disk that we replace.
    warnings.simplefilter("ignore", DeprecationWarning)
    from modulegraph.modulegraph import (
        DependencyInfo,
        MissingModule,
        ModuleGraph,
        NamespacePackage,
        Package,
        SourceModule,
    )


class Reason(NamedTuple):
    """Why an import is followed."""

    kind: EdgeKind
    line: int
    name: str
    rule: str


Report = Callable[[str, str, Reason], None]
"""Called with the importing module, the imported one and the reason."""


class ModuleFinder:
    """Follows imports through an index, each module loaded once."""

    def __init__(self, index: ModuleIndex, report: Report) -> None:
        self._graph = _IndexedGraph(index, report)

    @property
    def unread(self) -> deque[str]:
        """Modules reached but not yet expanded, in order."""
        return self._graph.unread

    def forget_missing(self) -> None:
        """Look again for modules that were not there, since the index has grown."""
        self._graph.forget_missing()

    def load(self, name: str) -> bool:
        """Load a module and its ancestors without a reason; tell whether it is there."""
        return self._graph.follow(None, name, (), Reason(EdgeKind.HANDLER, 0, name, "handler"))

    def has_loaded(self, name: str) -> bool:
        """Tell whether a module was reached."""
        return self._graph.findNode(name) is not None

    def follow(self, source: str, name: str, names: tuple[str, ...], reason: Reason) -> bool:
        """Follow `from name import names` of module `source`; tell whether all of `name` is there."""
        return self._graph.follow(source, name, names, reason)


class _IndexedGraph(ModuleGraph):  # type: ignore[misc]  # the library has no types
    """modulegraph over an index."""

    def __init__(self, index: ModuleIndex, report: Report) -> None:
        self._nodes: dict[str, Any] = {}
        self._index = index
        self._report = report
        self._caller: Any = None
        self.unread: deque[str] = deque()
        super().__init__(path=[])

    def follow(self, source: str | None, name: str, names: tuple[str, ...], reason: Reason) -> bool:
        self._caller = self._nodes.get(source) if source is not None else None
        found = self._safe_import_hook(name, self._caller, self._submodules(name, names), level=0, attr=reason)
        return not isinstance(found[0], MissingModule)

    def forget_missing(self) -> None:
        for name in [name for name, node in self._nodes.items() if isinstance(node, MissingModule)]:
            del self._nodes[name]

    def _submodules(self, name: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Keep the names that are modules; the others are attributes, which need no file of their own."""
        return tuple(part for part in names if f"{name}.{part}" in self._index)

    def findNode(self, name: Any) -> Any:  # noqa: ANN401, N802 - the library's names
        return self._nodes.get(getattr(name, "graphident", name))

    def addNode(self, node: Any) -> None:  # noqa: ANN401, N802
        self._nodes[node.graphident] = node

    def _find_module(self, name: str, path: Any, parent: Any = None) -> tuple[None, str, Any]:  # noqa: ANN401, ARG002
        dotted = name if parent is None else f"{parent.identifier}.{name}"
        found = self._index.find(dotted)
        if found is None:
            raise ImportError(dotted)
        return None, dotted, found

    def _load_module(self, fqname: str, fp: None, pathname: str, info: Any) -> Any:  # noqa: ANN401, ARG002
        if info.is_package:
            node = self.createNode(NamespacePackage if info.file is None else Package, fqname)
            node.packagepath = [fqname]
        else:
            node = self.createNode(SourceModule, fqname)
        node.filename = ""
        self.unread.append(fqname)
        return node

    def _updateReference(self, fromnode: Any, tonode: Any, edge_data: Any) -> None:  # noqa: ANN401, N802
        """Report an edge of the module in hand; references the library adds on behalf of others are not imports."""
        if isinstance(tonode, MissingModule) or fromnode is None:
            return
        if isinstance(edge_data, DependencyInfo):
            self._report(
                fromnode.identifier, tonode.identifier, Reason(EdgeKind.PACKAGE, 0, tonode.identifier, "package")
            )
        elif fromnode is self._caller:
            self._report(fromnode.identifier, tonode.identifier, edge_data)

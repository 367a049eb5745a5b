"""Walk the graph from one handler; every file that ships gets its cause, every other its rule."""

import difflib
from collections import deque
from collections.abc import Iterable, Mapping

from bundler.globs import last_verdict
from bundler.model.imports import WEAK_KINDS, Edge, EdgeKind, ImportGraph, MissingImport
from bundler.model.plan import Omission, Plan, PlannedFile, WeakEdge
from bundler.model.project import Function
from bundler.model.wheels import Site, SiteFile
from bundler.plan.exclude import is_thin_metadata, omission_rule, own_file_rule
from bundler.runtimes import BOTO3_FAMILY, external_distributions, preinstalled_versions
from bundler.standards import is_newer_version

_SMALLEST_WEAK_EDGE_BYTES = 100_000


def plan_files(function: Function, graph: ImportGraph, site: Site) -> Plan:
    """Return what one function's zip holds and what it leaves out."""
    external = external_distributions(function.options.external)
    causes = _reach(_starts(function, site), graph, site, set())
    causes |= {path: edge for path, edge in _own_files(function, site).items() if path not in causes}
    causes = {path: edge for path, edge in causes.items() if site.files[path].owner not in external}
    causes |= _metadata(causes, site)
    excluded = {path for path in causes if _is_excluded(path, function)}
    shipped = {path: edge for path, edge in causes.items() if path not in excluded}
    source_readers = {site.files[path].owner for path in graph.reads_source if path in shipped}
    return Plan(
        function=function,
        files=tuple(
            PlannedFile(
                file=site.files[path],
                cause=shipped[path],
                module=graph.modules.get(path),
                needs_source=site.files[path].owner in source_readers or shipped[path].kind is EdgeKind.DATA,
            )
            for path in sorted(shipped)
        ),
        omissions=tuple(_omissions(function, site, shipped, excluded, external)),
        weak_edges=tuple(_weak_edges(function, graph, site, shipped)),
        warnings=tuple(_warnings(function, graph, site, shipped)),
    )


def _starts(function: Function, site: Site) -> dict[str, Edge]:
    handler = function.handler_path
    starts = {handler: Edge(source="", target=handler, kind=EdgeKind.HANDLER, line=0, name=str(function.handler))}
    for path, file in site.files.items():
        if file.is_own and path not in starts and last_verdict(path, function.options.include):
            starts[path] = Edge(source="", target=path, kind=EdgeKind.INCLUDE, line=0, name="include")
    return {path: edge for path, edge in starts.items() if path in site.files}


def _reach(starts: Mapping[str, Edge], graph: ImportGraph, site: Site, cut: set[str]) -> dict[str, Edge]:
    """Walk breadth first, so that each file's cause begins a shortest chain back to the handler.

    Weak edges from other distributions into those named by `cut` are not followed.
    """
    causes = dict(starts)
    waiting = deque(starts)
    while waiting:
        path = waiting.popleft()
        owner = site.files[path].owner
        for edge in graph.edges.get(path, ()):
            target = site.files[edge.target].owner
            if edge.target in causes or (target in cut and target != owner and edge.kind in WEAK_KINDS):
                continue
            causes[edge.target] = edge
            waiting.append(edge.target)
    return causes


def _own_files(function: Function, site: Site) -> dict[str, Edge]:
    """Return the project's own data, which its code opens in ways nobody can see."""
    found = {}
    for path, file in site.files.items():
        if file.is_own and own_file_rule(path) is None and last_verdict(path, function.patterns) is not False:
            found[path] = Edge(source="", target=path, kind=EdgeKind.INCLUDE, line=0, name="own data")
    return found


def _metadata(causes: Mapping[str, Edge], site: Site) -> dict[str, Edge]:
    """Return the thin dist-info of every distribution that ships a file."""
    first: dict[str, str] = {}
    for path in causes:
        first.setdefault(site.files[path].owner, path)
    folders = {
        distribution.dist_info: distribution.name for distribution in site.distributions if distribution.name in first
    }
    found = {}
    for path in site.files:
        owner = folders.get(path.partition("/")[0])
        if owner is not None and path not in causes and is_thin_metadata(path):
            found[path] = Edge(source=first[owner], target=path, kind=EdgeKind.METADATA, line=0, name=owner)
    return found


def _is_excluded(path: str, function: Function) -> bool:
    return path != function.handler_path and last_verdict(path, function.options.exclude) is True


def _omissions(
    function: Function, site: Site, shipped: Mapping[str, Edge], excluded: set[str], external: frozenset[str]
) -> Iterable[Omission]:
    for path in sorted(site.files):
        if path not in shipped:
            file = site.files[path]
            yield Omission(
                path=path, owner=file.owner, size_bytes=file.size_bytes, rule=_rule(file, function, excluded, external)
            )


def _rule(file: SiteFile, function: Function, excluded: set[str], external: frozenset[str]) -> str:
    if file.path in excluded:
        return "excluded"
    if file.is_own:
        return own_file_rule(file.path) or "patterns"
    rule = omission_rule(file, external)
    return "runtime" if rule == "external" and function.options.external is None else rule


def _weak_edges(function: Function, graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> Iterable[WeakEdge]:
    """Yield each distribution that only optional imports lead to, with what would go without it, biggest first."""
    found = []
    starts = _starts(function, site)
    for distribution in _entered_weakly(graph, site, shipped):
        kept = _reach(starts, graph, site, {distribution})
        if any(site.files[path].owner == distribution for path in kept):
            continue
        size = sum(site.files[path].size_bytes for path in shipped if path in graph.modules and path not in kept)
        edge = next(
            edge for path, edge in shipped.items() if site.files[path].owner == distribution and edge.kind in WEAK_KINDS
        )
        if size >= _SMALLEST_WEAK_EDGE_BYTES:
            found.append(WeakEdge(edge=edge, distribution=distribution, size_bytes=size))
    return sorted(found, key=lambda weak: (-weak.size_bytes, weak.distribution))


def _entered_weakly(graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> list[str]:
    """Return the distributions whose first file was reached by a weak edge from another one."""
    del graph
    entered = {}
    for path, edge in shipped.items():
        owner = site.files[path].owner
        if edge.kind in WEAK_KINDS and edge.source and site.files[edge.source].owner != owner:
            entered[owner] = True
    return list(entered)


def _warnings(function: Function, graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> Iterable[str]:
    yield from site.warnings
    for missing in graph.missing:
        if missing.source in shipped and site.files[missing.source].is_own and missing.kind is EdgeKind.IMPORT:
            yield _missing_text(missing, site)
    for warning in graph.warnings:
        if warning.source in shipped and site.files[warning.source].is_own:
            yield f"{warning.source}: {warning.message}"
    yield from _outdated_runtime(function, site)


def _missing_text(missing: MissingImport, site: Site) -> str:
    names = [distribution.name for distribution in site.distributions]
    head = missing.name.partition(".")[0]
    near = difflib.get_close_matches(head.replace("_", "-").lower(), names, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else "; is its package in the requirements?"
    return f"{missing.source}:{missing.line} imports `{missing.name}`, which nothing provides{hint}"


def _outdated_runtime(function: Function, site: Site) -> Iterable[str]:
    """Yield a warning where the lock asks for a newer boto3 than the runtime is known to bring."""
    if function.options.external is not None:
        return
    brought = preinstalled_versions(function.target.runtime)
    for distribution in site.distributions:
        known = brought.get(distribution.name)
        if distribution.name in BOTO3_FAMILY and known is not None and is_newer_version(distribution.version, known):
            yield (
                f"the lock asks for {distribution.name} {distribution.version}, the runtime is known to bring {known}; "
                "`external: []` ships your version"
            )

"""Walk the graph from one handler; every file that ships gets its cause, every other its rule."""

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice

from bundler.globs import last_verdict
from bundler.model.imports import WEAK_KINDS, Edge, EdgeKind, ImportGraph
from bundler.model.plan import Omission, Plan, PlannedFile, WeakEdge
from bundler.model.project import Function
from bundler.model.wheels import OWN_CODE, Distribution, Site, SiteFile
from bundler.plan.clashes import hold_clashes
from bundler.plan.dominate import find_dominators
from bundler.plan.exclude import own_file_rule
from bundler.plan.known_site import KnownSite
from bundler.plan.metadata import metadata_alone, metadata_of
from bundler.plan.missing import find_unimportable, tell_missing
from bundler.plan.own_data import installed_folders, own_data
from bundler.plan.patterns import find_left_out, split_by_patterns, tell_patterns
from bundler.plan.promises import hold_promises
from bundler.plan.reach import find_broken, find_doubted, reach, reach_what_is_meant, with_needs
from bundler.plan.secrets import split_by_secrets, tell_secrets
from bundler.plan.sources import describe_bytecode_only, find_source_needs
from bundler.runtimes import BOTO3_FAMILY, own_boto3, preinstalled_versions
from bundler.standards import is_newer_version, is_version_allowed

_SMALLEST_WEAK_EDGE_BYTES = 100_000


def plan_files(function: Function, graph: ImportGraph, site: Site, known: KnownSite | None = None) -> Plan:
    """Return what one function's zip holds and what it leaves out; functions share what is `known` of their site."""
    known = known or KnownSite(site)
    left_out = find_left_out(function, site)
    made_of = _made_of(graph, site)
    graph, secrets = split_by_secrets(graph, function, site)
    graph, refused = split_by_patterns(graph, left_out)
    external = graph.external
    causes = _reach_with_own_data(function, graph, site)
    reached = causes
    causes = {path: edge for path, edge in causes.items() if _is_ours(site.files[path], external)}
    causes |= metadata_of(causes, site, known.thin_metadata)
    unwanted = {edge.target: "patterns" for edge in refused if edge.source in causes}
    unwanted |= {path: "excluded" for path in causes if _is_excluded(path, function)}
    shipped = {path: edge for path, edge in causes.items() if unwanted.get(path) != "excluded"}
    brought = {path for path in reached if site.files[path].layer}
    sources = find_source_needs(shipped, graph, brought)
    through = _find_gates(reached, shipped, graph, site, known.thin_metadata)
    alone = {
        path: edge for path, edge in metadata_alone(reached, graph, site).items() if not _is_excluded(path, function)
    }
    return Plan(
        function=function,
        files=tuple(
            PlannedFile(
                file=site.files[path],
                cause=cause,
                module=graph.modules.get(path),
                source_need=sources.get(path),
                is_alone=path in alone,
                through=through.get(path, ""),
            )
            for path, cause in sorted({**shipped, **alone}.items())
        ),
        omissions=tuple(
            omission
            for omission in _omissions(function, graph, site, known, shipped, unwanted)
            if omission.path not in alone
        ),
        weak_edges=tuple(_weak_edges(graph, site, shipped)),
        sinks=tuple(_sinks(graph, shipped)),
        made_of=made_of | {path for path in shipped if _is_read_in_place(site.files[path])},
        unimportable=find_unimportable(function, graph, site, known.top_level, shipped),
        warnings=(
            *tell_secrets(secrets, shipped),
            *tell_patterns(left_out, refused, shipped),
            *_warnings(function, graph, site, known, shipped),
            *describe_bytecode_only(function.options.bytecode, sources, site),
        ),
    )


def _made_of(graph: ImportGraph, site: Site) -> frozenset[str]:
    """Return the own files that were looked into, or that something leads to."""
    edges = (edge for found in graph.edges.values() for edge in found)
    paths = {*graph.asked, *graph.modules, *(path for edge in edges for path in (edge.source, edge.target))}
    return frozenset(path for path in paths if path in site.files and _is_read_in_place(site.files[path]))


def _is_read_in_place(file: SiteFile) -> bool:
    return not (file.container_sha256 or file.layer)


def _sinks(graph: ImportGraph, shipped: Mapping[str, Edge]) -> Iterable[Edge]:
    """Return one edge of doubt for each place that has any."""
    doubted = find_doubted(shipped)
    edges = (edge for path in shipped if path not in doubted for edge in graph.edges.get(path, ()))
    found = {(edge.source, edge.line, edge.name): edge for edge in edges if edge.kind is EdgeKind.DOUBT}
    return found.values()


def _is_ours(file: SiteFile, external: frozenset[str]) -> bool:
    """Tell whether nothing else brings a file to the function."""
    return not file.layer and file.owner not in external


def _starts(function: Function, site: Site) -> dict[str, Edge]:
    handler = function.handler_path
    starts = {handler: Edge(source="", target=handler, kind=EdgeKind.HANDLER, line=0, name=str(function.handler))}
    for path, file in site.files.items():
        if file.is_own and path not in starts and last_verdict(path, function.options.include):
            starts[path] = Edge(source="", target=path, kind=EdgeKind.INCLUDE, line=0, name="include")
    return {path: edge for path, edge in starts.items() if path in site.files}


def _reach_with_own_data(function: Function, graph: ImportGraph, site: Site) -> dict[str, Edge]:
    """Return every file that ships for the handler or as own data; data that names modules leads on to them."""
    starts = _starts(function, site)
    data = own_data(function, site, {})
    while True:
        naming = {path: edge for path, edge in data.items() if path in graph.edges}
        causes = reach_what_is_meant(naming | starts, graph, site)
        found = own_data(function, site, causes)
        if len(found) == len(data):
            return {**data, **causes}
        data = found


def _find_gates(
    reached: Mapping[str, Edge],
    shipped: Mapping[str, Edge],
    graph: ImportGraph,
    site: Site,
    thin_metadata: Mapping[str, str],
) -> dict[str, str]:
    """Return for each file that ships the nearest other one that every chain to it passes through, or nothing.

    Chains go through all that was reached: what does not ship, such as the runtime's packages, leads on all the same.
    """
    leads_to = {
        path: [edge.target for edge in graph.edges.get(path, ()) if edge.target in reached or edge.target in shipped]
        for path in reached
    }
    leads_to[""] = [path for path, edge in reached.items() if not edge.source]
    files_of: dict[str, list[str]] = {}
    for path in reached:
        files_of.setdefault(site.files[path].owner, []).append(path)
    for path, owner in thin_metadata.items():
        if path in shipped:
            for source in files_of.get(owner, ()):
                leads_to[source].append(path)
    dominators = find_dominators(leads_to)
    gates = {}
    for path in shipped:
        gate = dominators[path]
        while gate and gate not in shipped:
            gate = dominators[gate]
        gates[path] = gate
    return gates


def _is_excluded(path: str, function: Function) -> bool:
    return path != function.handler_path and last_verdict(path, function.options.exclude) is True


def _omissions(
    function: Function,
    graph: ImportGraph,
    site: Site,
    known: KnownSite,
    shipped: Mapping[str, Edge],
    unwanted: Mapping[str, str],
) -> Iterable[Omission]:
    """Yield what does not ship; `unwanted` has the rules of files that would, if the user had not said otherwise."""
    optional = _left_optional(graph, site, shipped)
    # Whoever brings boto3 brings what it needs: nothing of that is missing where only boto3 would use it.
    brought = with_needs(graph.external, site) - {site.files[path].owner for path in shipped}
    installed = installed_folders(function, site, shipped)
    for path in known.paths:
        if path in shipped:
            continue
        file = site.files[path]
        if file.layer:
            rule = "layer"
        elif path in unwanted:
            rule = unwanted[path]
        elif file.owner == OWN_CODE:
            rule = _own_rule(path, installed, site)
        else:
            rule = "external" if file.owner in graph.external else known.rule_of(path)
        if rule == "unreached" and file.owner in brought:
            rule = "external"
        if rule == "external" and function.options.external is None:
            rule = "runtime"
        elif rule == "unreached" and file.owner in optional:
            rule = "optional"
        yield Omission(path=path, owner=file.owner, size_bytes=file.size_bytes, rule=rule)


def _own_rule(path: str, installed: tuple[str, ...], site: Site) -> str:
    return own_file_rule(path, site) or ("local" if path.startswith(installed) else "patterns")


def _left_optional(graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> set[str]:
    """Return the distributions that would ship for an import inside a function, but do not."""
    led_to = {
        site.files[edge.target].owner
        for path in shipped
        for edge in graph.edges.get(path, ())
        if edge.kind is EdgeKind.FUNCTION
    }
    return led_to - {site.files[path].owner for path in shipped}


def _weak_edges(graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> Iterable[WeakEdge]:
    """Return each distribution that only optional imports lead to, with what would go without it, in order of name."""
    starts = {path: edge for path, edge in shipped.items() if not edge.source}
    broken = find_broken(graph)
    found = []
    for distribution, edge in _entered_weakly(site, shipped).items():
        kept = reach(starts, graph, partial(_leads_weakly_into, site, distribution), broken)
        if any(site.files[path].owner == distribution for path in kept):
            continue
        gone = frozenset(path for path in shipped if path in graph.modules and path not in kept)
        if sum(site.files[path].size_bytes for path in gone) >= _SMALLEST_WEAK_EDGE_BYTES:
            found.append(WeakEdge(edge=edge, distribution=distribution, paths=gone))
    return sorted(found, key=lambda weak: weak.distribution)


def _leads_weakly_into(site: Site, distribution: str, edge: Edge) -> bool:
    """Tell whether an optional import of another package leads to one; what own code imports is meant, wherever."""
    source, owner = site.files[edge.source], site.files[edge.target].owner
    return edge.kind in WEAK_KINDS and owner == distribution != source.owner and not source.is_own


def _entered_weakly(site: Site, shipped: Mapping[str, Edge]) -> dict[str, Edge]:
    """Return the first weak edge into each distribution from another one."""
    entered: dict[str, Edge] = {}
    for path, edge in shipped.items():
        owner = site.files[path].owner
        if edge.source and _leads_weakly_into(site, owner, edge):
            entered.setdefault(owner, edge)
    return entered


def _warnings(
    function: Function, graph: ImportGraph, site: Site, known: KnownSite, shipped: Mapping[str, Edge]
) -> Iterable[str]:
    yield from site.warnings
    doubted = find_doubted(shipped)
    sure = {path: edge for path, edge in shipped.items() if path not in doubted}
    yield from tell_missing(function, graph, site, known.top_level, sure)
    for warning in graph.warnings:
        if warning.source in shipped and site.files[warning.source].is_own:
            line = f":{warning.line}" if warning.line else ""
            yield f"{warning.source}{line} {warning.message}"
    of_packages = {
        warning.source
        for warning in graph.warnings
        if warning.source in shipped and not site.files[warning.source].is_own
    }
    whole = {site.files[path].owner for path in of_packages if path.endswith(".pyc")}
    if whole:
        names = ", ".join(f"`{name}`" for name in sorted(whole))
        yield f"bytecode without source of {names} cannot be read here, so all of it ships, and what it requires"
    unread = sorted(path for path in of_packages if not path.endswith(".pyc"))
    if unread:
        yield f"what {len(unread)} files of packages import is not followed, since they cannot be read: {unread[0]}, …"
    yield from hold_clashes(sure, site)
    yield from hold_promises((site.files[path] for path in sorted(shipped)), graph.glibc, function.target)
    yield from _outdated_runtime(function, graph, site, shipped)


def _outdated_runtime(function: Function, graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> Iterable[str]:
    """Yield a warning where a newer boto3 is asked for than the runtime is known to bring, or the lock's own ships.

    Who asks for `boto3` alone has it, whichever version the newest is.
    """
    if function.options.external is not None:
        return
    reached = {site.files[path].owner for path in graph.modules}
    for name, (distribution, need) in own_boto3(site, reached).items():
        if name == need.name and name in {site.files[path].owner for path in shipped}:
            yield (
                f"`{distribution}` works with `{name}{need.versions}` alone, so the lock's ships, not the runtime's; "
                f"`external: [{name}]` leaves it out"
            )
    brought = preinstalled_versions(function.target.runtime)
    newer = {
        distribution.name: distribution
        for distribution in site.distributions
        if (known := brought.get(distribution.name)) is not None
        and distribution.name in graph.external.intersection(BOTO3_FAMILY)
        and is_newer_version(distribution.version, known)
    }
    shipping = [distribution for distribution in site.distributions if distribution.name in reached]
    # The family ships or stays as one.
    asked = ((name, _who_asks(newer[name], brought[name] or "", shipping)) for name in BOTO3_FAMILY if name in newer)
    for name, who in islice(((name, who) for name, who in asked if who), 1):
        yield f"{who}, the runtime is known to bring {brought[name]}; `external: []` ships your version"


def _who_asks(distribution: Distribution, brought: str, others: Iterable[Distribution]) -> str:
    """Say who asks for another version of a distribution than the runtime brings; nothing where nobody does."""
    name, asked = distribution.name, distribution.wheel.pin.asked
    if asked is None:
        return f"the lock asks for {name} {distribution.version}"
    if not is_version_allowed(brought, asked):
        return f"the requirements ask for `{name}{asked}`"
    unhappy = (other.name for other in others if other.name not in BOTO3_FAMILY and name in other.outgrown)
    return next((f"`{other}` needs another {name}" for other in unhappy), "")

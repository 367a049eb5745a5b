"""Decide what ships in a layer of packages: all of each, but what no run can need."""

from collections.abc import Iterator, Mapping

from bundler.globs import last_verdict
from bundler.model.imports import Edge, EdgeKind, ImportGraph
from bundler.model.plan import LayerPlan, Omission, PlannedFile
from bundler.model.project import BytecodeMode, Layer
from bundler.model.wheels import OWN_CODE, Site
from bundler.plan.clashes import hold_clashes
from bundler.plan.exclude import is_thin_metadata, omission_rule, own_file_rule
from bundler.plan.reach import reach
from bundler.plan.sources import describe_bytecode_only, find_source_needs
from bundler.runtimes import external_distributions

# A layer serves functions that nobody knows yet, so what one handler reaches does not count.
_FOR_ONE_HANDLER = frozenset({"unreached", "unlinked", "unused-data"})
_NEVER = frozenset({"external", "runtime", "excluded", "secret"})


def choose_layer_files(layer: Layer, site: Site) -> frozenset[str]:
    """Return the files that ship whatever leads to them: modules, shared objects and data, but no tests or docs."""
    return frozenset(
        path
        for path, rule in _rules(layer, site).items()
        if rule in _FOR_ONE_HANDLER or (rule == "bytecode" and _is_all_there_is(path, site))
    )


def _is_all_there_is(path: str, site: Site) -> bool:
    """Tell whether bytecode stands for a module that comes without its source."""
    return "__pycache__/" not in path and path.removesuffix("c") not in site.files


def plan_layer(layer: Layer, chosen: frozenset[str], graph: ImportGraph, site: Site) -> LayerPlan:
    """Return what a layer's zip holds: the chosen files, and whatever else they lead to.

    That `docs` or `tests` is only a name: botocore imports its `docs` when it loads.
    """
    rules = _rules(layer, site)
    starts = {path: Edge(source="", target=path, kind=EdgeKind.INCLUDE, line=0, name="layer") for path in chosen}
    causes = reach(starts, graph, lambda edge: edge.kind is EdgeKind.METADATA)
    causes |= _metadata(site)
    shipped = {path: edge for path, edge in causes.items() if rules[path] not in _NEVER}
    sources = find_source_needs(shipped, graph)
    mode = layer.options.bytecode if layer.options is not None else BytecodeMode.NONE
    return LayerPlan(
        layer=layer,
        files=tuple(
            PlannedFile(
                file=site.files[path],
                cause=shipped[path],
                module=graph.modules.get(path),
                source_need=sources.get(path),
                is_alone=False,
                through="",
            )
            for path in sorted(shipped)
        ),
        omissions=tuple(_omissions(rules, site, shipped)),
        warnings=(*site.warnings, *hold_clashes(shipped, site), *describe_bytecode_only(mode, sources, site)),
    )


def _own_rule(path: str, site: Site) -> str:
    """Return the rule for an own file: of code, nobody can tell which a function will ask for."""
    return "unreached" if path.endswith(".py") else own_file_rule(path, site) or "unused-data"


def _metadata(site: Site) -> dict[str, Edge]:
    folders = {distribution.dist_info: distribution.name for distribution in site.distributions}
    return {
        path: Edge(source="", target=path, kind=EdgeKind.METADATA, line=0, name=folders[folder])
        for path in site.files
        if (folder := path.partition("/")[0]) in folders and is_thin_metadata(path)
    }


def _omissions(rules: Mapping[str, str], site: Site, shipped: Mapping[str, Edge]) -> Iterator[Omission]:
    for path in sorted(site.files.keys() - shipped.keys()):
        file = site.files[path]
        yield Omission(path=path, owner=file.owner, size_bytes=file.size_bytes, rule=rules[path])


def _rules(layer: Layer, site: Site) -> dict[str, str]:
    """Return for each file the rule by which it stays out of a layer if nothing leads to it."""
    chosen = layer.options.external if layer.options is not None else None
    excluded = layer.options.exclude if layer.options is not None else ()
    external = external_distributions(chosen, site)
    rules = {
        path: _own_rule(path, site) if file.owner == OWN_CODE else omission_rule(file, external)
        for path, file in site.files.items()
    }
    if chosen is None:
        rules = {path: "runtime" if rule == "external" else rule for path, rule in rules.items()}
    return rules | {path: "excluded" for path in rules if last_verdict(path, excluded)}

"""What each rule of tracing alone brings to an application: what would not ship without its edges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler.commands.build_settings import how_to_build
from bundler.configure import read_project
from bundler.model.progress import Silence
from bundler.pipeline import resolve_functions
from bundler.plan import plan_files
from bundler.plan.reach import reach_what_is_meant
from bundler.trace import trace_functions


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWeight:
    """What one rule alone brings to one application."""

    rule: str
    application: str
    touched: tuple[str, ...]
    """Files of it that a run of the application's events touches."""
    untouched_bytes: int
    """What else of it weighs in the zip."""


def weigh_rules(name: str, project: Path, metafile: Mapping[str, Any], touched: Iterable[str]) -> list[RuleWeight]:
    """Return what each rule alone brings to a bundle, of whose members some were touched."""
    members: dict[str, list[Mapping[str, Any]]] = {}
    for file in metafile["files"]:
        members.setdefault(file["origin"], []).append(file)
    known = frozenset(touched)
    weights = []
    for rule, paths in brought_alone(project).items():
        used = {path for path in paths if any(file["path"] in known for file in members.get(path, ()))}
        unused = (file["zipped"] for path in paths - used for file in members.get(path, ()))
        weights.append(
            RuleWeight(rule=rule, application=name, touched=tuple(sorted(used)), untouched_bytes=sum(unused))
        )
    return weights


def brought_alone(project: Path) -> dict[str, frozenset[str]]:
    """Return for each rule the files that nothing leads to once its edges are gone."""
    described = read_project(project, stage=None, functions=(), runtime=None, architecture=None)
    settings = how_to_build(project, None, 1, Silence(), is_offline=False)
    group = resolve_functions(described, described.functions, (), settings)
    (graph,) = trace_functions(group.functions, group.site, described.deployment)
    plan = plan_files(group.functions[0], graph, group.site)
    starts = {planned.file.path: planned.cause for planned in plan.files if not planned.cause.source}
    shipped = {planned.file.path for planned in plan.files}
    whole = shipped & reach_what_is_meant(starts, graph, group.site).keys()
    found = {}
    for rule in sorted({edge.rule for edges in graph.edges.values() for edge in edges}):
        kept = {path: tuple(edge for edge in edges if edge.rule != rule) for path, edges in graph.edges.items()}
        reached = reach_what_is_meant(starts, replace(graph, edges=kept), group.site)
        found[rule] = frozenset(whole - reached.keys())
    return found

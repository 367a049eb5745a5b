"""Plans made by hand, for tests of what comes after planning."""

from pathlib import Path

from bundler.model.imports import Edge, EdgeKind, SourceNeed
from bundler.model.plan import Omission, Plan, PlannedFile, WeakEdge
from bundler.model.project import BytecodeMode
from bundler.model.wheels import Site
from tests.support.sites import make_function

READS = SourceNeed(reader="app.py", line=1, why="reads source")


def make_edge(target: str, *, kind: EdgeKind = EdgeKind.IMPORT, source: str = "app.py", line: int = 1) -> Edge:
    return Edge(source=source, target=target, kind=kind, line=line, name=target.removesuffix(".py").replace("/", "."))


def make_plan(  # noqa: PLR0913
    folder: Path,
    site: Site,
    *,
    paths: tuple[str, ...] | None = None,
    reads_source: tuple[str, ...] = (),
    alone: tuple[str, ...] = (),
    omissions: tuple[Omission, ...] = (),
    weak_edges: tuple[WeakEdge, ...] = (),
    warnings: tuple[str, ...] = (),
    bytecode_mode: BytecodeMode = BytecodeMode.AUTO,
    **options,
) -> Plan:
    """Return a plan that ships the paths given, or all of the site; `options` are the function's."""
    chosen = sorted(site.files if paths is None else paths)
    return Plan(
        function=make_function(folder, bytecode=bytecode_mode, **options),
        files=tuple(
            PlannedFile(
                file=site.files[path],
                cause=make_edge(path),
                module=path.removesuffix(".py").replace("/", ".") if path.endswith(".py") else None,
                source_need=READS if path in reads_source else None,
                is_alone=path in alone,
                through="",
            )
            for path in chosen
        ),
        omissions=omissions,
        weak_edges=weak_edges,
        warnings=warnings,
    )

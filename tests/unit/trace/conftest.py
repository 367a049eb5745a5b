"""What tests of tracing share: a cache of their own, and what a trace of a site reaches."""

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import WITHOUT_DOUBT, make_function, make_site


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def found(tmp_path):
    """Return what a trace of a site reaches, each with the kinds of the edges that lead there."""

    def run(own, packages=None, *, has_foreign_layers=False, **more):
        site = make_site(tmp_path / "own", own, packages, **more)
        function = make_function(tmp_path / "own", has_foreign_layers=has_foreign_layers, shake=WITHOUT_DOUBT)
        graph = next(trace_functions((function,), site))
        kinds = {}
        for edges in graph.edges.values():
            for edge in edges:
                kinds.setdefault(edge.target, set()).add(str(edge.kind))
        return {path: "+".join(sorted(kinds[path])) for path in sorted(kinds)}

    return run


@pytest.fixture
def kept(tmp_path):
    """Return the modules of packages that ship with their source, in order."""

    def run(own, packages):
        site = make_site(tmp_path / "own", own, packages)
        function = make_function(tmp_path / "own")
        (graph,) = trace_functions((function,), site)
        plan = plan_files(function, graph, site)
        return [planned.file.path for planned in plan.files if planned.source_need and not planned.file.is_own]

    return run

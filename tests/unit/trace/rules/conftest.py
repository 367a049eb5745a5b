"""What tests of rules share: the files that one rule leads to in a site."""

import pytest

from bundler.model.project import Shake
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


@pytest.fixture
def brought(tmp_path):
    """Return the files that edges of a rule lead to; `options` are the function's, `more` the site's."""

    def run(rule, own, packages=None, *, options=None, **more):
        site = make_site(tmp_path / "own", own, packages, **more)
        (graph,) = trace_functions((make_function(tmp_path / "own", **(options or {})),), site)
        return sorted({edge.target for found in graph.edges.values() for edge in found if edge.rule == rule.id})

    return run


@pytest.fixture
def data(tmp_path):
    """Return the data of packages that a plan ships, in order."""

    def run(packages, own=None, *, shake=None, **more):
        site = make_site(tmp_path / "own", own or {"app.py": "import lib"}, packages, **more)
        function = make_function(tmp_path / "own", shake=shake or Shake())
        (graph,) = trace_functions((function,), site)
        paths = (planned.file.path for planned in plan_files(function, graph, site).files if planned.file.owner)
        return [path for path in paths if not path.endswith(".py") and ".dist-info/" not in path]

    return run


@pytest.fixture
def programs(tmp_path):
    """Return the programs that a plan ships; each distribution has one of its own name."""

    def run(own, packages, *, shake=None, **more):
        contents = {name: {**files, f"{name}-1.0.data/scripts/{name}": "#!/bin/sh"} for name, files in packages.items()}
        site = make_site(tmp_path / "own", own, contents, **more)
        function = make_function(tmp_path / "own", shake=shake or Shake())
        (graph,) = trace_functions((function,), site)
        paths = (planned.file.path for planned in plan_files(function, graph, site).files)
        return [path for path in paths if path.startswith("bin/")]

    return run

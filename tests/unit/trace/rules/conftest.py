"""What tests of rules share: the files that one rule leads to in a site."""

import pytest

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

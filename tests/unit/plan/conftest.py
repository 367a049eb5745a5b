"""What tests of planning share: a cache of their own, and the plan of a function over a site made of dicts."""

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def plan(tmp_path):
    """Return the plan of a function over a site made of dicts."""

    def run(own, packages=None, *, handler="app.handle", local=None, requires=None, narrow=None, **options):
        site = make_site(tmp_path / "own", own, packages, local=local, requires=requires, narrow=narrow)
        function = make_function(tmp_path / "own", handler, **options)
        return plan_files(function, next(trace_functions((function,), site)), site)

    return run

"""What planning knows of a site, once for all its functions."""

import pytest

import bundler.plan.known_site
from bundler.plan import KnownSite, plan_files
from bundler.plan.exclude import rule_by_path
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

PACKAGES = {
    "one": {"one/__init__.py": "", "one/more.py": "", "one/table.dat": "", "one/tests/test_one.py": ""},
    "two": {"two/__init__.py": "", "two/README.md": ""},
}


@pytest.fixture
def planning(tmp_path):
    """Return a site, and functions over it with their graphs."""
    own = {"a.py": "import one\n", "b.py": "import two\n", "c.py": ""}
    site = make_site(tmp_path / "own", own, PACKAGES)
    functions = tuple(make_function(tmp_path / "own", f"{name}.handle", name=name) for name in "abc")
    return site, tuple(zip(functions, trace_functions(functions, site), strict=True))


def test_functions_that_share_a_site_have_the_plans_that_each_has_alone(planning):
    """What one function ships or leaves out says nothing of the next."""
    site, traced = planning
    known = KnownSite(site)
    shared = [plan_files(function, graph, site, known) for function, graph in traced]
    assert shared == [plan_files(function, graph, site) for function, graph in traced]


def test_the_rule_of_a_file_is_worked_out_once_for_all_functions(planning, monkeypatch):
    """Which rule leaves a file of a package out hangs on its name alone."""
    site, traced = planning
    asked = []

    def ask(path):
        asked.append(path)
        return rule_by_path(path)

    monkeypatch.setattr(bundler.plan.known_site, "rule_by_path", ask)
    known = KnownSite(site)
    for function, graph in traced:
        plan_files(function, graph, site, known)
    assert {"one/more.py", "two/README.md"} <= set(asked)
    assert len(asked) == len(set(asked))

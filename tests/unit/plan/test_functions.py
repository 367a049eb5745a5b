"""What only one of several functions with the same handler needs."""

import pytest

from bundler.model.project import NamedCode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


@pytest.fixture
def plans(tmp_path, monkeypatch):
    """Return the files of each of several functions, by what the variables of each name."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    def run(own, **named):
        site = make_site(tmp_path / "own", own)
        functions = tuple(
            make_function(
                tmp_path / "own", name=name, named=tuple(NamedCode(variable="JOB", name=word) for word in words)
            )
            for name, words in named.items()
        )
        graphs = trace_functions(functions, site)
        return {
            function.name: sorted(planned.file.path for planned in plan_files(function, graph, site).files)
            for function, graph in zip(functions, graphs, strict=True)
        }

    return run


OWN = {"app.py": "import os\n", "jobs/big.py": "import pickle\n", "jobs/small.py": ""}


def test_variables_count_for_their_function(plans):
    """A wrapper calls what a variable of the function names: the other functions with that wrapper go without it."""
    assert plans(OWN, big=["jobs.big.run"], small=["jobs.small.run"], none=[], both=["jobs.big", "jobs.small"]) == {
        "big": ["app.py", "jobs/big.py"],
        "small": ["app.py", "jobs/small.py"],
        "none": ["app.py"],
        "both": ["app.py", "jobs/big.py", "jobs/small.py"],
    }


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("custom:\n  wsgi:\n    app: jobs.big.run\n", ["jobs/big.py"]),
        ("functions:\n  big:\n    handler: app.handle\n    environment:\n      JOB: jobs.big.run\n", []),
        ("package:\n  patterns:\n  - jobs.big\n\n  - '!x'\ncustom:\n  app: jobs.small\n", ["jobs/small.py"]),
        ("functions:\n  big:\n    environment: {JOB: jobs.big.run}\n    app: jobs.small\n", ["jobs/small.py"]),
    ],
)
def test_variables_in_deployment_files(plans, settings, expected):
    """A deployment file that code opens names code, but for functions' handlers and variables and what is packed."""
    files = plans({**OWN, "app.py": "open('serverless.yml')\n", "serverless.yml": settings}, small=[])["small"]

    assert [path for path in files if path.startswith("jobs/")] == expected

"""Metadata of distributions that is asked for by a name, by one nobody can tell, or for the files that it lists."""

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

PACKAGES = {
    "used": {"used.py": "", "used-1.0.dist-info/top_level.txt": "used\n"},
    "big-one": {"big/__init__.py": "", "big-one-1.0.dist-info/licenses/LICENSE": ""},
    "big-two": {"two.py": "import used\n"},
    "boto3": {"boto3/__init__.py": ""},
}
ENTRY_POINTS = {name: (("group", "x", f"{name}:x"),) for name in ("used", "big-one")}


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Return the plan of a handler of some code."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    def run(code, packages=PACKAGES, **relations):
        site = make_site(tmp_path / "own", {"app.py": code}, packages, entry_points=ENTRY_POINTS, **relations)
        function = make_function(tmp_path / "own")
        (graph,) = trace_functions((function,), site)
        return plan_files(function, graph, site)

    return run


def alone(plan):
    return [planned.file.path for planned in plan.files if planned.is_alone]


BOTH = ["big-one-1.0.dist-info/METADATA", "big-two-1.0.dist-info/METADATA"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from importlib.metadata import version\ndef f(n):\n    return version(n)\n", BOTH),
        ("import importlib.metadata as m\ndef f(e):\n    return m.metadata(e['name'])['Name']\n", BOTH),
        ("import importlib.metadata\nNAMES = [d.name for d in importlib.metadata.distributions()]\n", BOTH),
        ("from importlib.metadata import packages_distributions\nALL = packages_distributions()\n", BOTH),
        ("from importlib import metadata\ndef f(n):\n    return metadata.files(n)\n", BOTH),
        ("from importlib.metadata import version\ndef f(ns):\n    return dict(zip(ns, map(version, ns)))\n", BOTH),
        ("import importlib_metadata\ndef f(n):\n    return importlib_metadata.distribution(n).version\n", BOTH),
        ("import pkg_resources\nALL = {d.key: d.version for d in pkg_resources.working_set}\n", BOTH),
        ("from importlib.metadata import version\ndef f(n):\n    return version(f'big-{n}')\n", BOTH),
        ("from importlib.metadata import version\ndef f(n):\n    return version(n + '_two')\n", BOTH[1:]),
        ("from importlib.metadata import version\nversion('used')\n", []),
        ("def version(n): ...\ndef f(n):\n    return version(n)\n", []),
    ],
)
def test_names_nobody_can_tell(plan, code, expected):
    """Of each distribution that may be meant and does not ship its `METADATA` ships, and nothing else."""
    result = plan(f"import used\n{code}")

    shipped = [planned.file.path for planned in result.files]
    assert alone(result) == expected
    assert [path for path in shipped if path.startswith(("big", "boto3"))] == expected
    assert "used-1.0.dist-info/entry_points.txt" in shipped
    assert not {omission.path for omission in result.omissions} & set(expected)


@pytest.mark.parametrize(("what", "expected"), [("name", False), ("entry_points", True)])
def test_what_all_distributions_are_asked(plan, what, expected):
    """Own code that goes through all distributions gets what their entry points name only where it asks for these."""
    code = f"from importlib.metadata import distributions\nFOUND = [known.{what} for known in distributions()]\n"

    shipped = {planned.file.path for planned in plan(code).files}

    assert ("used.py" in shipped, "used-1.0.dist-info/entry_points.txt" in shipped) == (expected, expected)


def test_metadata_alone_brings_nothing(plan):
    """That metadata is there is no sign that an optional import of another package is meant."""
    packages = {
        "asks": {
            "asks.py": "from importlib.metadata import version\ndef f(n):\n    import two\n    return version(n)\n"
        },
        **PACKAGES,
    }
    relations = {"requires": {"big-one": ("big-two",)}, "optional": {"asks": ("other",)}}

    result = plan("import asks\n", packages, **relations)

    assert alone(result) == [*BOTH, "used-1.0.dist-info/METADATA"]
    assert "two.py" not in {planned.file.path for planned in result.files}


def test_who_asks_must_ship(plan):
    """A package that asks, but that nothing leads to, brings no metadata."""
    packages = {"asks": {"asks.py": "import importlib.metadata\nimportlib.metadata.distributions()\n"}, **PACKAGES}

    assert alone(plan("import used\n", packages)) == []


@pytest.mark.parametrize(
    "code",
    [
        "from importlib import metadata\nmetadata.files('big-one')\n",
        "from importlib.metadata import distribution\ndistribution('big-one').files\n",
        "from importlib.metadata import distribution\nfound = distribution('big-one')\nfound.files\n",
    ],
)
def test_files_that_are_listed(plan, code):
    """What is asked for its files ships its modules as source, imported or not; what these import is not asked for."""
    packages = {**PACKAGES, "big-one": {"big/__init__.py": "import two\n", "big/more.py": ""}}

    result = plan(f"{code}import big\n", packages)
    listed = plan(code, packages)

    kept = [planned.file.path for planned in result.files if planned.source_need]
    assert kept == ["big/__init__.py"]
    assert [planned.file.path for planned in listed.files if planned.file.path.endswith(".py")] == [
        "app.py",
        "big/__init__.py",
        "big/more.py",
    ]

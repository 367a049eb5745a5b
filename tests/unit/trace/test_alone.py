"""What one function leads to says nothing of another that is traced with it."""

import pytest

from bundler.model.project import Deployment
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

LOADER = "from importlib import import_module\ndef load(name):\n    return import_module(name)\n"


@pytest.mark.parametrize(
    ("big", "packages"),
    [
        # A module that loads by name makes all dotted strings of its distribution count.
        ("import lib.loader\n", {"lib": {"lib/__init__.py": "NAMES = ['lib.rare.x']\n", "lib/loader.py": LOADER}}),
        # What is put on the path brings modules that others miss.
        ("import sys\nsys.path.insert(0, 'vendored')\n", {}),
        # Who needs few versions of boto3 brings it along.
        ("import narrow\n", {"narrow": {"narrow.py": "import boto3\n"}}),
    ],
    ids=["loader", "path", "boto3"],
)
def test_traced_together(tmp_path, monkeypatch, big, packages):
    """A function has the same graph whether others are traced with it or not."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    own = {"small.py": "import boto3, extra\nimport lib\n", "big.py": big, "vendored/extra.py": ""}
    packages = {
        **packages,
        "boto3": {"boto3/__init__.py": "import botocore\n"},
        "botocore": {"botocore/__init__.py": ""},
    }
    packages["lib"] = {"lib/__init__.py": "", "lib/rare.py": "", **packages.get("lib", {})}
    site = make_site(tmp_path / "own", own, packages, narrow={"narrow": ("boto3",)}, requires={"narrow": ("boto3",)})
    one, other = (make_function(tmp_path / "own", f"{name}.main", name=name) for name in ("small", "big"))

    (alone,) = trace_functions((one,), site)
    together, _ = trace_functions((one, other), site)

    assert together == alone


def test_handlers_of_one_module_share_a_graph(tmp_path, monkeypatch):
    """Functions of one file are traced once."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    site = make_site(tmp_path / "own", {"app.py": "import json\n"})
    functions = tuple(make_function(tmp_path / "own", f"app.{name}", name=name) for name in ("one", "two"))

    first, second = trace_functions(functions, site)

    assert first is second


def test_handlers_in_folders_of_scripts(tmp_path, monkeypatch):
    """A folder with the handler of another function holds no scripts, though that function is not built."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "own"
    site = make_site(root, {"small.py": "FOLDERS = ['jobs/nightly']\n", "jobs/nightly/big.py": ""})
    known = Deployment(handler_files=frozenset({root / "jobs/nightly/big.py"}))

    (graph,) = trace_functions((make_function(root, "small.main"),), site, known)

    assert sorted(graph.modules) == ["small.py"]

"""`from bundler import build, Project` on small projects: what comes back, and what is raised."""

import base64
import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bundler
from bundler import BundleError, Package, Project, build
from bundler.errors import ArgumentError, OverLimitError, SettingsMistakesError, UnknownFunctionError
from tests.support.command_line import RUNTIME, write_project
from tests.support.wheels import make_wheel

SETTINGS = f"""\
[tool.lbundle]
runtime = "{RUNTIME}"

[tool.lbundle.functions.hello]
handler = "app.hello"

[tool.lbundle.functions.plain]
handler = "app.plain"
requirements = []

[tool.lbundle.layers.common]
path = "shared"
"""
APP = """\
def hello(event, context):
    import greeter

    return greeter.WORD


def plain(event, context):
    return 42
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two functions, a package and a layer; packages come from a folder alone."""
    wheels = tmp_path / "wheels"
    make_wheel(wheels, "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    variables = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    files = {"pyproject.toml": SETTINGS, "app.py": APP, "requirements.txt": "greeter==1.0\n"}
    return write_project(tmp_path / "shop", {**files, "shared/python/common.py": "RATE = 2\n"})


def test_build(project, capfd):
    """Every function and layer comes back with where its zip is and what it holds, and nothing is printed."""
    built = build(project)

    assert (list(built.functions), list(built.layers)) == (["hello", "plain"], ["common"])
    hello, common = built.functions["hello"], built.layers["common"]
    content = hello.zip_path.read_bytes()
    assert hello.zip_path == project / ".lbundle" / "hello.zip"
    assert hello.metafile_path == project / ".lbundle" / "hello.json"
    assert (hello.handler, hello.runtime, hello.architecture) == ("app.hello", RUNTIME, "x86_64")
    assert (hello.zip_bytes, hello.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert hello.code_sha256 == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert {(package.name, package.version) for package in hello.packages} == {("", ""), ("greeter", "1.0")}
    assert all(isinstance(package, Package) for package in hello.packages)
    assert (common.zip_path, common.handler) == (project / ".lbundle" / "layers" / "common.zip", "")
    assert (built.warnings, built.notes, hello.is_unchanged) == ((), (), False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("functions", ["plain", ("plain",), ["plain"]])
def test_functions(project, functions):
    """A text is the name of one function."""
    built = build(Project(project, functions=functions))

    assert list(built.functions) == ["plain"]


def test_a_text_that_is_no_function(project):
    """A text is never taken letter by letter."""
    with pytest.raises(UnknownFunctionError) as caught:
        build(Project(project, functions="hallo"))

    assert caught.value.message == "there is no function `hallo`"


@pytest.mark.parametrize("jobs", [0, -1])
def test_jobs(project, jobs):
    """Nothing can be done by nobody, which is refused as the command line refuses it."""
    with pytest.raises(ArgumentError) as caught:
        build(project, jobs=jobs)

    assert caught.value.message == f"`jobs` is {jobs}, and has to be at least 1"
    assert isinstance(caught.value, ValueError)
    assert not (project / ".lbundle").exists()


def test_unchanged(project):
    """A second build keeps the zips and says so."""
    first = build(project)

    second = build(project)

    assert second.functions["hello"] == dataclasses.replace(first.functions["hello"], is_unchanged=True)


def test_choose(project, tmp_path):
    """A project is narrowed to functions, and built for another target into another folder."""
    chosen = Project(project / "pyproject.toml", functions=("plain",), architecture="arm64")

    built = build(chosen, output=tmp_path / "out", jobs=1, offline=True)

    (plain,) = built.functions.values()
    assert (plain.zip_path, plain.architecture) == (tmp_path / "out" / "plain.zip", "arm64")
    assert (chosen.folder, chosen.output) == (project, project / ".lbundle")


def test_relative_paths(project, monkeypatch):
    """Paths are those of the working folder, and what comes back is absolute."""
    monkeypatch.chdir(project)

    built = build(output="out")

    assert built.functions["plain"].zip_path == project / "out" / "plain.zip"


def test_results_are_frozen(project):
    """Nobody changes a result by accident."""
    built = build(project)

    with pytest.raises(dataclasses.FrozenInstanceError):
        built.functions["hello"].name = "other"
    with pytest.raises(TypeError):
        built.functions["other"] = built.functions["hello"]


def test_mistakes(project):
    """Wrong settings are raised all at once, and an unknown function with those that are there."""
    with pytest.raises(UnknownFunctionError) as unknown:
        build(Project(project, functions=("other",)))
    (project / "pyproject.toml").write_text(SETTINGS.replace("handler =", "handel ="))
    with pytest.raises(SettingsMistakesError) as wrong:
        build(project)

    assert (unknown.value.exit_code, unknown.value.hints) == (2, ("the functions are: `hello`, `plain`",))
    assert len(wrong.value.mistakes) == 4
    assert isinstance(wrong.value, BundleError)


def test_over_the_limit(project):
    """A bundle over its limit is an error that says by how much; its zip is there to be looked at."""
    (project / "pyproject.toml").write_text(SETTINGS.replace("]\nhandler", ']\nlimit = { zip = "10 B" }\nhandler'))

    with pytest.raises(OverLimitError) as over:
        build(project)

    assert [excess.partition(" bytes")[0].partition(" has ")[0] for excess in over.value.excesses] == [
        "hello: the zip",
        "plain: the zip",
    ]
    assert str(over.value).startswith("bundles are over their limits:\n  hello: the zip has ")
    assert (project / ".lbundle" / "hello.zip").is_file()


@pytest.mark.parametrize("module", ["bundler", "bundler.__main__"])
def test_importing_is_cheap(module):
    """Importing the package or its program loads nothing else of it, so that Ctrl-C is answered from the start."""
    ask = f"import sys; before = set(sys.modules); import {module}; print(*sorted(set(sys.modules) - before))"

    loaded = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, text=True, check=True).stdout

    assert {name for name in loaded.split() if name.partition(".")[0] == "bundler"} == {"bundler", module}
    assert {name.partition(".")[0] for name in loaded.split()} <= {"bundler", *sys.stdlib_module_names}


def test_all_names_are_there():
    """Each name of the interface is found in the package, listed, and known to type checkers; no other name is."""
    stub = Path(bundler.__file__).with_suffix(".pyi").read_text(encoding="utf-8")

    assert {name: getattr(bundler, name) for name in bundler.__all__}
    assert set(bundler.__all__) <= set(dir(bundler))
    assert f"__all__ = {json.dumps(bundler.__all__)}" in stub
    with pytest.raises(AttributeError):
        bundler.pipelines  # noqa: B018 - asking is the test


def test_types_are_published():
    """Type checkers read the types of a package only where this file says that it has them (PEP 561)."""
    assert Path(bundler.__file__).with_name("py.typed").is_file()


def test_everything_is_documented():
    """The page of the interface speaks of all that can be imported from `bundler`."""
    page = (Path(bundler.__file__).parents[1] / "docs" / "python.md").read_text(encoding="utf-8")

    assert [name for name in bundler.__all__ if f"`{name}" not in page] == []

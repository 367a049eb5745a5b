"""The HTML page as the command line writes it."""

import json
import re
import shutil

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.wheels import make_wheel


@pytest.fixture
def project(tmp_path):
    """A service of two functions, built twice: into `../before`, and in .lbundle once `one` imports a package."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORDS = 'hello'\n"})
    folder = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": service_settings(one="one.answer", two="two.answer"),
            "requirements.txt": "greeter==1.0\n",
            "one.py": "def answer(event, context):\n    return 1\n",
            "two.py": "def answer(event, context):\n    return 2\n",
        },
    )
    assert run_lbundle(folder, "baseline").code == 0
    shutil.copytree(folder / ".lbundle", tmp_path / "before")
    (folder / "one.py").write_text("import greeter\n\n\ndef answer(event, context):\n    return 1\n")
    assert run_lbundle(folder, "build").code == 0
    return folder


def page_data(text):
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(data)


def paths(side):
    return side and [file[0] for file in side["files"]]


def test_report_is_one_page(project):
    """The functions asked for stand in one file, with all files of their zips."""
    printed = run_lbundle(project, "report", "--format", "html")
    written = run_lbundle(project, "report", "two", "--format", "html", "--output", "two.html")

    assert (printed.code, written.code, written.stdout) == (0, 0, "")
    functions = page_data(printed.stdout)["functions"]
    metafile = json.loads((project / ".lbundle" / "one.json").read_text())
    assert [function["name"] for function in functions] == ["one", "two"]
    assert paths(functions[0]["after"]) == [file["path"] for file in metafile["files"]]
    assert [function["name"] for function in page_data((project / "two.html").read_text())["functions"]] == ["two"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("../before", ".lbundle"), ("../before/one.json", ".lbundle/one.zip"), ("../kept.zip", ".lbundle/one.json")],
)
def test_comparison_of_metafiles_is_by_file(project, before, after):
    """Folders, metafiles and zips beside theirs are compared file by file, whatever they are called."""
    shutil.copy(project.parent / "before" / "one.zip", project.parent / "kept.zip")
    shutil.copy(project.parent / "before" / "one.json", project.parent / "kept.json")

    ended = run_lbundle(project, "diff", before, after, "--format", "html")

    function = page_data(ended.stdout)["functions"][0]
    added = set(paths(function["after"])) - set(paths(function["before"]))
    assert function["name"] == "one"
    assert sorted(added) == ["greeter-1.0.dist-info/METADATA", "greeter/__init__.pyc"]


def test_comparison_with_a_baseline_is_by_package(project):
    """A baseline knows packages as wholes, so both sides are told so."""
    ended = run_lbundle(project, "diff", "lbundle-sizes.json", ".lbundle", "--format", "html")

    function = page_data(ended.stdout)["functions"][0]
    assert (paths(function["before"]), paths(function["after"])) == (
        ["one.py", "lbundle-guard"],
        ["one.py", "greeter"],
    )


def test_metafile_of_another_zip_is_not_used(project):
    """A metafile that describes another zip than the one it lies beside says nothing about it."""
    shutil.copy(project.parent / "before" / "one.zip", project / ".lbundle" / "one.zip")

    ended = run_lbundle(project, "diff", "../before/one.json", ".lbundle/one.zip", "--format", "html")

    assert page_data(ended.stdout)["functions"][0]["after"]["coarse"] is True

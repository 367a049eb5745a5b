"""Handlers that surely cannot be imported are an error; what may work is built and told."""

import json

import pytest

from bundler import build
from bundler.errors import UnimportableError
from tests.support.command_line import run_lbundle, service_settings, write_project

POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.12"\nabsent = "*"\n'


def test_a_handler_that_cannot_be_imported(tmp_path):
    """Exit code 4 names each function and what it lacks; `--allow-missing` builds, and without it fails anew."""
    project = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": service_settings(one="one.main", two="two.main", good="good.main"),
            "pyproject.toml": POETRY,
            "one.py": "import absent\nmain = print\n",
            "two.py": "import one\nmain = print\n",
            "good.py": "def main(event, context):\n    import absent\n",
        },
    )

    refused = run_lbundle(project, "build")
    allowed = run_lbundle(project, "build", LBUNDLE_ALLOW_MISSING="1")
    again = run_lbundle(project, "build", "--function", "one")

    told = "`one.py:1` imports `absent`, which nothing provides; is its package in the requirements?"
    assert (refused.code, allowed.code, again.code) == (4, 0, 4)
    assert refused.stderr.partition("error: ")[2] == (
        f"functions cannot be imported:\n  `one`: {told}\n  `two`: {told}\n\n"
        "hint: `pyproject.toml` asks for packages that nothing pins, so none of them ship: `poetry lock` writes "
        "what is read here\n"
        "hint: `--allow-missing` builds all the same, for a module that something else brings when the function runs\n"
    )
    warnings = json.loads((project / ".lbundle" / "one.json").read_text())["warnings"]
    assert "one.py:1 imports `absent`, which nothing provides; is its package in the requirements?" in warnings


def test_the_interface(tmp_path):
    """`build` raises, or builds with `allow_missing`."""
    files = {"serverless.yml": service_settings(one="one.main"), "one.py": "import absent\nmain = print\n"}
    project = write_project(tmp_path / "shop", files)

    with pytest.raises(UnimportableError) as caught:
        build(project, jobs=1)

    assert caught.value.exit_code == 4
    assert list(build(project, jobs=1, allow_missing=True).functions) == ["one"]

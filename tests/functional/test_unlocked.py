"""Projects that ask for packages which no lock pins."""

import json

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project

PIPFILE = '[packages]\ntoml = "*"\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.12"\ntoml = "*"\n'


@pytest.mark.parametrize(
    ("file", "text", "command"),
    [
        ("Pipfile", PIPFILE, "pipenv lock"),
        ("pyproject.toml", POETRY, "poetry lock"),
        ("pyproject.toml", '[project]\nname = "shop"\ndependencies = ["toml"]\n', "uv lock"),
        ("pyproject.toml", POETRY.replace('toml = "*"\n', ""), None),
        ("pyproject.toml", "[tool.black]\nline-length = 100\n", None),
        ("Pipfile", "[packages]\n", None),
        ("Pipfile", "[[[", None),
        ("Pipfile", "packages = 1\n", None),
        ("pyproject.toml", "tool = 1\nproject = [2]\n", None),
    ],
)
def test_packages_without_a_lock(tmp_path, file, text, command):
    """Nothing ships of what a project only asks for, and the build says how to mend that."""
    files = {"serverless.yml": service_settings(hello="app.hello"), "app.py": "hello = print\n", file: text}
    project = write_project(tmp_path / "shop", files)

    ended = run_lbundle(project, "build")

    assert ended.code == 0, ended.stderr
    warnings = json.loads((project / ".lbundle" / "hello.json").read_text())["warnings"]
    note = f"`{file}` asks for packages that nothing pins, so none of them ship: `{command}` writes what is read here"
    assert warnings == ([note] if command else [])

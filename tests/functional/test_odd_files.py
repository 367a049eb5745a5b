"""Files that no tool writes like that: nested without end, or of names that cannot be printed."""

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project

TOML = f"x = {'[' * 5_000}{']' * 5_000}\n"
JSON = "[" * 100_000


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("pyproject.toml", TOML, 2), ("uv.lock", TOML, 3), ("pylock.toml", TOML, 3), ("Pipfile.lock", JSON, 3)],
)
def test_nested_too_deep(tmp_path, name, content, code):
    """The error names the file."""
    files = {"serverless.yml": service_settings(hello="app.hello"), "app.py": "hello = print\n", name: content}
    if name == "pyproject.toml":
        del files["serverless.yml"]

    ended = run_lbundle(write_project(tmp_path / "shop", files), "build", "--offline")

    assert ended.code == code
    assert ended.stderr.splitlines()[-1].startswith(("error: ", "hint: "))
    assert f"`{name}` cannot be read: it is nested too deep" in ended.stderr


def test_names_that_the_terminal_lacks_letters_for(tmp_path):
    """What cannot be printed as it is is printed by its number."""
    files = {"serverless.yml": service_settings(hello="app.hello"), "app.py": "hello = print\n", "a→.txt": "x"}
    project = write_project(tmp_path / "shop", files)

    ended = run_lbundle(project, "why", "hello", "*.txt", PYTHONIOENCODING="latin-1")

    assert ended.code == 0
    assert "\\u2192.txt" in ended.stdout

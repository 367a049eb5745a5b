"""`docs/configuration.md` says what the code does."""

import re
from pathlib import Path

import pytest

from bundler.configure.options import OPTION_KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
CODE = {
    "handlers/users.py": "def create_user(event, context): ...\n",
    "handlers/reports.py": "def daily(event, context): ...\n",
    "requirements.txt": "",
    "requirements-reports.txt": "",
}


@pytest.mark.parametrize(("language", "file"), [("yaml", "serverless.yml"), ("toml", "pyproject.toml")])
def test_the_examples_are_valid(project, language, file):
    """The complete examples are read without a mistake."""
    (example,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    project.write({**CODE, file: example})

    result = project.read()

    assert [function.name for function in result.functions] == ["createUser", "dailyReport"]
    assert result.notes == ()


def test_every_key_is_described():
    """Each option has its row and its paragraph, in the code's order."""
    assert tuple(re.findall(r"^\*\*`([\w-]+)`\*\*:", PAGE, re.MULTILINE)) == OPTION_KEYS
    assert tuple(re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE))[: len(OPTION_KEYS)] == OPTION_KEYS

"""The examples of the README, as printed but for the runtime: the tests need one that is there to compile for."""

import re
from pathlib import Path

from tests.support.command_line import RUNTIME

_ROOT = Path(__file__).parents[2]


def read_examples(section: str, page: str = "README.md") -> list[str]:
    """Return what stands in the blocks of a section of a page, in order."""
    text = (_ROOT / page).read_text(encoding="utf-8").partition(f"## {section}\n")[2].partition("\n## ")[0]
    examples = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    constant = f"PYTHON_3_{RUNTIME.rpartition('.')[2]}"
    return [example.replace("python3.12", RUNTIME).replace("PYTHON_3_12", constant) for example in examples]


def plain_project() -> dict[str, str]:
    """Return the files of the example without a framework, which others build upon."""
    handler, requirements, settings, _ = read_examples("Plain Python")
    return {"handler.py": handler, "requirements.txt": requirements, "pyproject.toml": settings}

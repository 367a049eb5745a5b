"""The example of docs/layers.md, as printed: the function with its layers answers as the full install does."""

import re
from pathlib import Path

import pytest

from tests.support.builds import build, choose_python, install_plainly
from tests.support.isolated import run_event, unzip

pytestmark = [pytest.mark.network, pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "layers.md"
EVENT = {"rows": [{"amount": 2.5}, {"amount": 4}]}
MORE = "openpyxl==3.1.5\net-xmlfile==2.0.0\n"


def write_example(folder: Path, runtime: str) -> Path:
    """Write the blocks of the page whose first line is the name of a file, and what its text tells."""
    blocks = re.findall(r"```\w*\n# ([\w./-]+\.\w+)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    files = dict(blocks)
    files["serverless.yml"] = files["serverless.yml"].replace("python3.12", runtime)
    files["requirements.txt"] = files["layer-requirements.txt"] + MORE
    files["shared/python/common/__init__.py"] = 'CURRENCY = "EUR"\n'
    files["handlers/ping.py"] = 'def run(event, context):\n    return "pong"\n'
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_example(tmp_path):
    """Unpacked apart and run isolated, the function and its layers answer what everything in one folder does."""
    python = choose_python()
    project = write_example(tmp_path / "reports", python.runtime)
    output = tmp_path / "out"
    built = build(project, output)
    task, opt = unzip(output / "daily.zip", tmp_path / "task"), tmp_path / "opt"
    for layer in ("science", "common"):
        unzip(output / "layers" / f"{layer}.zip", opt)
    full = install_plainly(project, tmp_path / "full", python.path, ("handlers", "shared/python/common"))
    (full / "shared" / "python" / "common").rename(full / "common")

    layered = run_event(
        task, "handlers/daily.run", EVENT, python=python.path, runtime_packages=opt / "python", environment={}
    )
    whole = run_event(full, "handlers/daily.run", EVENT, python=python.path, runtime_packages=None, environment={})

    assert (layered.error, layered.answer) == (None, {"total": 6.5, "currency": "EUR"})
    assert (whole.error, whole.answer) == (None, layered.answer)
    shipped = {package["name"] for package in built["functions"][0]["packages"]}
    assert shipped == {"", "openpyxl", "et-xmlfile", "lbundle-guard"}

"""Folders in the requirements: `lbundle build` ships what an install of them would bring, as it is now."""

import json
import subprocess
import sys
import zipfile

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.local_projects import write_local_project

SETTINGS = service_settings(hello="app.hello")
APP = """\
from importlib import metadata

from common.words import WORD


def hello(event, context):
    (entry,) = metadata.entry_points(group="shop.greeters")
    return WORD, metadata.version("common"), entry.load()()
"""


def call_handler(zip_path):
    """Return what the handler answers when it is run from the zip alone."""
    command = [sys.executable, "-S", "-c", "import app; print(app.hello({}, None))"]
    unpacked = zip_path.with_suffix("")
    with zipfile.ZipFile(zip_path) as archive:
        archive.extractall(unpacked)
    done = subprocess.run(command, env={"PYTHONPATH": str(unpacked)}, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path):
    """A service beside a package that it needs, which is installed nowhere."""
    (tmp_path / "wheels").mkdir()
    write_local_project(
        tmp_path / "packages" / "common",
        "common",
        {
            "common/__init__.py": "",
            "common/words.py": "WORD = 'hello'\n",
            "common/greet.py": "def greet():\n    return 'greeted'\n",
            "common/unused.py": "UNUSED = 1\n",
        },
        entry_points="[shop.greeters]\nplain = common.greet:greet\n",
    )
    return write_project(tmp_path / "shop", {"serverless.yml": SETTINGS, "app.py": APP})


@pytest.mark.parametrize(
    "line", ["-e ../packages/common", "../packages/common", "common @ file:../packages/common", "-e {uri}"]
)
def test_local_package(project, line):
    """Only the modules in use ship, with their source, under the package's name; metadata and entry points work."""
    uri = (project.parent / "packages" / "common").as_uri()
    (project / "requirements.txt").write_text(line.format(uri=uri), encoding="utf-8")

    ended = run_lbundle(project, "build")

    assert ended.code == 0, ended.stderr
    with zipfile.ZipFile(project / ".lbundle" / "hello.zip") as archive:
        sources = {name for name in archive.namelist() if "common/" in name and name.endswith(".py")}
    metafile = json.loads((project / ".lbundle" / "hello.json").read_text(encoding="utf-8"))
    assert sources == {"common/__init__.py", "common/words.py", "common/greet.py"}
    assert {file["owner"] for file in metafile["files"] if "common" in file["path"]} == {"common"}
    assert call_handler(project / ".lbundle" / "hello.zip") == "('hello', '1.5', 'greeted')"


def test_change(project):
    """A change in the folder is in the next zip; without one nothing is built."""
    (project / "requirements.txt").write_text("-e ../packages/common\n", encoding="utf-8")
    zip_path = project / ".lbundle" / "hello.zip"
    folder = project.parent / "packages" / "common"
    before = sorted(path.name for path in folder.rglob("*"))
    run_lbundle(project, "build")
    first = call_handler(zip_path)

    again = run_lbundle(project, "build")
    words = folder / "src/common/words.py"
    words.write_text("WORD = 'again'\n", encoding="utf-8")
    changed = run_lbundle(project, "build")

    assert "Tracing" not in again.stderr
    assert "Tracing" in changed.stderr
    assert (first, call_handler(zip_path)) == ("('hello', '1.5', 'greeted')", "('again', '1.5', 'greeted')")
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_failing_build(project):
    """A project whose build fails ends the command with what its build said."""
    (project / "requirements.txt").write_text("-e ../packages/common\n", encoding="utf-8")
    folder = project.parent / "packages" / "common"
    (folder / "backend.py").write_text("raise RuntimeError('no way')\n", encoding="utf-8")

    ended = run_lbundle(project, "build")

    assert ended.code == 3
    assert "the local project `common` cannot be built: its build ends with status 1" in ended.stderr
    assert "RuntimeError: no way" in ended.stderr

"""What is too large to be in use is refused, or passed over, by a bound that has a name."""

import json
import os
import zipfile

import pytest

from bundler import build
from bundler.errors import OverLimitError
from tests.support.command_line import RUNTIME, run_lbundle, write_project
from tests.support.wheels import make_wheel

SETTINGS = f"""\
service: shop
provider: {{name: aws, runtime: {RUNTIME}}}
functions: {{hello: {{handler: app.hello}}}}
"""
APP = "import generated\n\n\ndef hello(event, context):\n    return 1\n"


@pytest.fixture
def project(tmp_path):
    write_project(tmp_path, {"serverless.yml": SETTINGS, "app.py": APP, "generated.py": "", "other.py": ""})
    return tmp_path


def make_large(path, size_bytes):
    """Make a file without filling the disk."""
    path.touch()
    os.truncate(path, size_bytes)


def test_a_data_file_of_gigabytes(project):
    """It is never read: neither where it would ship, nor where a pattern leaves it out."""
    make_large(project / "data.bin", 50_000_000_000)

    refused = run_lbundle(project, "build")
    (project / "serverless.yml").write_text(f"{SETTINGS}package: {{patterns: ['!data.bin']}}\n")
    built = run_lbundle(project, "build")

    assert (refused.code, built.code) == (7, 0)
    assert "more than 524,288,000 are not packed; biggest: `data.bin` 50,000,000,000" in refused.stderr


def test_a_module_that_is_too_large_to_be_traced(project):
    """It ships as source with all that it may ask for, and the build says so."""
    (project / "generated.py").write_text("import other\n" + "#" * 10_000_000)

    ended = run_lbundle(project, "build")

    metafile = json.loads((project / ".lbundle" / "hello.json").read_text())
    assert ended.code == 0
    paths = {file["path"] for file in metafile["files"]}
    assert paths >= {"generated.py", "other.py"}
    assert not any("generated" in path and path.endswith(".pyc") for path in paths)
    assert any("it has 10,000,013 bytes, at most 10,000,000 are read" in text for text in metafile["warnings"])


@pytest.mark.parametrize(("name", "code"), [("serverless.yml", 2), ("requirements.txt", 3)])
def test_settings_that_never_end(project, name, code):
    """Settings and requirements of gigabytes are an error of their kind."""
    make_large(project / name, 50_000_000_000)

    ended = run_lbundle(project, "build")

    assert ended.code == code
    assert "it is too large, at most 64,000,000 bytes are read" in ended.stderr


def test_a_bomb_is_not_inflated(tmp_path, monkeypatch):
    """A wheel whose data would fill the memory is refused by its table of contents."""
    code = "from pathlib import Path\nDATA = (Path(__file__).parent / 'zeros.bin').read_bytes()\n"
    wheel = make_wheel(tmp_path / "wheels", "bomb", "1.0", {"bomb/__init__.py": code})
    with zipfile.ZipFile(wheel, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb/zeros.bin", "w") as member:
        for _ in range(600):
            member.write(bytes(1_000_000))
    app = APP.replace("generated", "bomb")
    shop = write_project(
        tmp_path / "shop", {"serverless.yml": SETTINGS, "app.py": app, "requirements.txt": "bomb==1.0\n"}
    )
    inflated = []
    read = zipfile.ZipFile.read
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *asked: inflated.append(str(asked[1])) or read(*asked))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))

    with pytest.raises(OverLimitError, match=r"biggest: `bomb/zeros\.bin` 600,000,000"):
        build(shop)

    assert "bomb/__init__.py" in inflated
    assert not any("zeros" in name for name in inflated)

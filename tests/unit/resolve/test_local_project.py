"""The folder of a local project: its name, and when it counts as changed."""

import pytest

from bundler.errors import LocalProjectError
from bundler.model.wheels import Lock, Pin
from bundler.resolve import fetch_wheels
from bundler.resolve.local_project import copy_project, digest_project, read_project_name
from tests.support.command_line import write_project


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"pyproject.toml": "[project]\nname = 'My.Common'\n"}, "my-common"),
        ({"pyproject.toml": "[tool.poetry]\nname = 'common'\n"}, "common"),
        ({"pyproject.toml": "[build-system]\nrequires = []\n", "setup.cfg": "[metadata]\nname = common\n"}, "common"),
        ({"setup.py": "import setuptools\n\nsetuptools.setup(version='1', name='common')\n"}, "common"),
        ({"setup.py": "from setuptools import setup\n\nNAME = 'common'\nsetup(name=NAME)\n"}, None),
        ({"pyproject.toml": "not toml", "setup.cfg": "not ini", "setup.py": "not python"}, None),
        ({}, None),
    ],
)
def test_name(tmp_path, files, name):
    """The name is read from where each kind of project states it, and nothing is run for it."""
    assert read_project_name(write_project(tmp_path, files)) == name


@pytest.mark.parametrize(
    ("path", "is_seen"),
    [
        ("src/common/__init__.py", True),
        ("src/common/new.py", True),
        ("README.md", True),
        ("build/lib/common/__init__.py", False),
        ("dist/common.whl", False),
        ("src/common.egg-info/PKG-INFO", False),
        ("src/common/__pycache__/x.pyc", False),
        (".venv/pyvenv.cfg", False),
    ],
)
def test_digest(tmp_path, path, is_seen):
    """A change of what a build reads is seen; what builds and tools leave behind is not."""
    write_project(tmp_path, {"pyproject.toml": "[project]\nname = 'common'\n", "src/common/__init__.py": ""})
    before = digest_project(tmp_path)

    write_project(tmp_path, {path: "changed"})

    assert (digest_project(tmp_path) != before) is is_seen


def test_copy(tmp_path):
    """A copy has the digest of what it was made of."""
    folder = write_project(tmp_path / "one", {"setup.py": "", "build/__init__.py": "", "dist/old.py": ""})
    (folder / "setup.py").chmod(0o755)

    copy_project(folder, tmp_path / "copy")

    assert digest_project(tmp_path / "copy") == digest_project(folder)
    assert sorted(path.name for path in (tmp_path / "copy").rglob("*")) == ["__init__.py", "build", "setup.py"]


def test_folder_that_is_gone(tmp_path, target):
    """A lock that names a folder which is not there is an error that says which."""
    pin = Pin(name="common", version="1.0", hashes=(), path=tmp_path / "gone", origin="the lock")

    with pytest.raises(LocalProjectError) as caught:
        fetch_wheels(Lock(pins=(pin,), paths=()), target, on_progress=lambda _: None)

    message = f"the local project `common` cannot be built: there is no folder `{tmp_path / 'gone'}`"
    assert caught.value.message == message

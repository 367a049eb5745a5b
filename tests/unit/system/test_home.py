"""Users without a home: containers run programs as numbers that nobody knows."""

from pathlib import Path

import pytest

from bundler.system.home import expand_home, home_folder
from bundler.system.interpreters import find_interpreter


@pytest.fixture
def _no_home(monkeypatch):
    for name in ("HOME", "USERPROFILE", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)

    def refuse(*_):
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", refuse)
    monkeypatch.setattr("pwd.getpwnam", refuse)


@pytest.mark.usefixtures("_no_home")
def test_no_home():
    """The root stands for the home, as Docker has it, and `~` for itself; looking for a Python there finds none."""
    assert home_folder() == Path("/")
    assert expand_home("~/pip.conf") == Path("~/pip.conf")
    assert find_interpreter((3, 99)) is None


def test_user_that_nobody_knows():
    """The home of a user who is not there stays as it is written."""
    assert expand_home("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")


def test_home(monkeypatch):
    """Everybody else has the home that the system says."""
    monkeypatch.setenv("HOME", "/home/me")

    assert (home_folder(), expand_home("~/x"), expand_home("x")) == (Path("/home/me"), Path("/home/me/x"), Path("x"))


def test_folder_of_somebody_else(monkeypatch, tmp_path):
    """Pythons in a folder that may not be read are as if they were not there."""

    def refuse(*_):
        raise PermissionError

    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr("pathlib.Path.glob", refuse)

    assert find_interpreter((3, 99)) is None

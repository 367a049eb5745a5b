"""Interpreters are found where people keep them, and asked only once who they are."""

import json
import sys
from pathlib import Path

import pytest

from bundler.errors import InterpreterSettingError
from bundler.system import interpreters
from bundler.system.interpreters import Interpreter, find_interpreter, identify_interpreter
from bundler.system.process import Finished

# A version that no machine has: only what a test puts in place can be found.
UNHEARD_OF = (3, 99)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Let a file's own text be what its interpreter answers, and keep a list of the files asked."""
    asked = []

    def run(arguments, **_):
        asked.append(arguments[0])
        text = Path(arguments[0]).read_text()
        if text == "cannot start":
            raise OSError(text)
        return Finished(returncode=1 if text == "fails" else 0, stdout=text.encode(), stderr=b"")

    monkeypatch.setattr(interpreters, "run", run)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return asked


def put_interpreter(path, python=UNHEARD_OF, executable=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    answer = {"executable": str(executable or path), "python": python, "magic": "0102030a"}
    path.write_text(json.dumps(answer))
    path.chmod(0o755)
    return path


def test_running_interpreter():
    """The interpreter that runs us is found for its own version, and says its magic number."""
    found = identify_interpreter(sys.version_info[:2])

    assert (found.path, found.python) == (Path(sys.executable), sys.version_info[:2])
    assert found.magic.endswith(b"\r\n")


def test_none(asked):
    """A version that is nowhere gives nothing and starts nothing."""
    assert find_interpreter(UNHEARD_OF) is None
    assert asked == []


@pytest.mark.parametrize(
    "place",
    [
        "path/python3.99",
        "home/.pyenv/versions/3.99.4/bin/python",
        "home/.local/share/uv/python/cpython-3.99.1-linux-x86_64-gnu/bin/python",
    ],
)
def test_places(tmp_path, asked, place):
    """The PATH, pyenv's versions and uv's store are looked through; a second search asks nobody."""
    path = put_interpreter(tmp_path / place)

    found = [identify_interpreter(UNHEARD_OF) for _ in range(2)]

    assert found == [Interpreter(path=path, python=UNHEARD_OF, magic=b"\1\2\3\n")] * 2
    assert asked == [path]


def test_newest_patch_level(tmp_path, asked):
    """Of several installations the highest patch level is taken, by number."""
    versions = tmp_path / "home/.pyenv/versions"
    put_interpreter(versions / "3.99.9/bin/python")
    newest = put_interpreter(versions / "3.99.10/bin/python")

    assert find_interpreter(UNHEARD_OF) == newest
    assert asked == [newest]


@pytest.mark.usefixtures("asked")
def test_asked_again_when_changed(tmp_path):
    """An interpreter that was replaced is asked anew."""
    path = put_interpreter(tmp_path / "path/python3.99", python=(3, 98))

    assert find_interpreter(UNHEARD_OF) is None
    put_interpreter(path, executable=path.parent / "../path/python3.99")
    assert find_interpreter(UNHEARD_OF) == path.parent / "../path/python3.99"


@pytest.mark.parametrize(("text", "times"), [("fails", 1), ("cannot start", 2)])
def test_broken_candidate(tmp_path, asked, text, times):
    """A shim that fails is passed over and remembered; one that cannot start may have been bad luck."""
    shim = put_interpreter(tmp_path / "path/python3.99")
    shim.write_text(text)
    behind = put_interpreter(tmp_path / "home/.pyenv/versions/3.99.0/bin/python")

    found = [find_interpreter(UNHEARD_OF) for _ in range(2)]

    assert found == [behind, behind]
    assert asked.count(shim) == times


@pytest.mark.usefixtures("asked")
def test_shim_answers_with_what_is_behind_it(tmp_path):
    """A shim gives the interpreter behind it, as long as that is there."""
    behind = tmp_path / "behind"
    put_interpreter(tmp_path / "path/python3.99", executable=behind)

    assert find_interpreter(UNHEARD_OF) is None
    behind.touch()
    assert find_interpreter(UNHEARD_OF) == behind


@pytest.mark.usefixtures("asked")
def test_setting_wins(tmp_path, monkeypatch):
    """A setting names the interpreter to take before all others."""
    put_interpreter(tmp_path / "path/python3.99")
    chosen = put_interpreter(tmp_path / "chosen")
    monkeypatch.setenv("LBUNDLE_PYTHON_3_99", str(chosen))

    assert find_interpreter(UNHEARD_OF) == chosen


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("python", [(3, 98), None])
def test_setting_is_never_passed_over(tmp_path, monkeypatch, python):
    """A setting that names another version, or no released CPython, is an error."""
    chosen = put_interpreter(tmp_path / "chosen", python=python)
    monkeypatch.setenv("LBUNDLE_PYTHON_3_99", str(chosen))

    with pytest.raises(InterpreterSettingError) as caught:
        find_interpreter(UNHEARD_OF)

    assert str(caught.value) == f"`LBUNDLE_PYTHON_3_99` names `{chosen}`, which is not a released CPython 3.99"

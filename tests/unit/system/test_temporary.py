"""What a killed build leaves goes with the next one, and what another build is writing stays."""

import subprocess
import sys

import pytest

from bundler.system.files import partial_file, publish, replacing, write_atomically
from bundler.system.temporary import clear_leftovers, is_temporary

KILLED = """\
import os, signal, sys
from pathlib import Path
from bundler.system.files import partial_file, replacing
what = partial_file(Path(sys.argv[1])) if sys.argv[2] == "partial" else replacing(Path(sys.argv[1], "app.zip"))
with what:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["partial", "whole"])
def killed(request, tmp_path):
    """Return how to write what a killed process left, whose file lies in the folder."""
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), request.param], check=False)
    (left,) = names(tmp_path)
    assert is_temporary(left)
    return request.param


def test_what_a_killed_process_left(killed, tmp_path):
    """Writing the same again removes what a killed process left of it."""
    if killed == "partial":
        with partial_file(tmp_path) as stream:
            stream.write(b"whole")
            publish(stream, tmp_path / "app.zip")
    else:
        write_atomically(tmp_path / "app.zip", b"whole")

    assert names(tmp_path) == ["app.zip"]
    assert (tmp_path / "app.zip").read_bytes() == b"whole"


@pytest.mark.usefixtures("killed")
def test_what_is_cleared(tmp_path):
    """A folder is cleared of what builds leave, also of that without a mark, and of nothing else."""
    others = {".other.zip.abcd1234", ".env.abcd1234", ".partial-x", "hello.zip.abcd1234", "hello.zip"}
    for name in (*others, ".hello.json.ab_d1234", ".hello.zip.abcd1234"):
        (tmp_path / name).touch()

    clear_leftovers(tmp_path, {"hello.zip", "hello.json"})

    assert set(names(tmp_path)) == others


def test_what_is_being_written_stays(tmp_path):
    """What another one is writing at the same time is neither removed nor in the way."""
    with replacing(tmp_path / "app.zip") as first:
        first.write_bytes(b"first")
        write_atomically(tmp_path / "app.zip", b"second")
        clear_leftovers(tmp_path, {"app.zip"})

        assert names(tmp_path) == [first.name, "app.zip"]

    assert (tmp_path / "app.zip").read_bytes() == b"first"
    assert names(tmp_path) == ["app.zip"]


def test_what_fails_leaves_nothing(tmp_path):
    """What goes wrong while a file is written leaves the old one, and no other."""
    write_atomically(tmp_path / "app.zip", b"old")

    def stop(temporary):
        temporary.write_bytes(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "app.zip") as temporary:
        stop(temporary)

    assert names(tmp_path) == ["app.zip"]
    assert (tmp_path / "app.zip").read_bytes() == b"old"


def test_folder_that_is_not_there(tmp_path):
    """There is nothing to clear where nothing was built yet."""
    clear_leftovers(tmp_path / "out", set())

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", [".hello.zip.klye4bic", ".hello.zip.lbundle-klye4bic", ".partial-klye4bic"])
def test_names_of_temporary_files(name):
    """Files that are being written are known by their names, those of the first releases too."""
    assert is_temporary(name)
    assert not is_temporary(name.removeprefix("."))
    assert not is_temporary(name[:-1])

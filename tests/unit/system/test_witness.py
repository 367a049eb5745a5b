"""A witness sees what Python asks the system, and what it saw holds until any of it changes."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bundler.system.seen import OTHERS, digest_names, is_young, look_at, make_seen, now
from bundler.system.witness import Witness, know, looking_away, passing_variables, see_what_moves, watching


def watch(folder, ask):
    """Return what a witness saw of what is asked."""
    witness = Witness(str(folder / "out"), (folder / "cache",))
    with witness.present(), watching():
        ask()
    return witness.seen()


NOTHING_ELSE = {name: {} for name in OTHERS}
CASES = {
    "content": (lambda path: path.read_text(), lambda path: path.write_text("other")),
    "gone": (lambda path: path.is_file(), lambda path: path.unlink()),
    "came": (lambda path: path.with_name("absent").exists(), lambda path: path.with_name("absent").touch()),
    "folder": (lambda path: path.with_name("absent").is_dir(), lambda path: path.with_name("absent").mkdir()),
    "text": (lambda path: os.path.isfile(f"{path}2"), lambda path: path.with_name("data.txt2").touch()),  # noqa: PTH113
    "listing": (lambda path: list(path.parent.iterdir()), lambda path: path.with_name("new").touch()),
    "glob": (lambda path: list(path.parent.glob("*.txt")), lambda path: path.with_name("new.txt").touch()),
    "deep glob": (lambda path: list(path.parent.rglob("*.txt")), lambda path: path.with_name("new.txt").touch()),
    "walk": (lambda path: list(os.walk(path.parent)), lambda path: path.with_name("new").touch()),
    "mode": (lambda path: path.stat(), lambda path: path.chmod(0o600)),
    "variable": (lambda _: os.environ.get("OF_TESTS"), lambda _: os.environ.update(OF_TESTS="set")),
    "empty variable": (lambda _: "OF_TESTS" in os.environ, lambda _: os.environ.update(OF_TESTS="")),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_asked_counts(tmp_path, monkeypatch, case):
    """Files that are read or asked for, folders that are listed and variables are seen, there or not."""
    ask, change = CASES[case]
    monkeypatch.setenv("OF_TESTS", "")
    monkeypatch.delenv("OF_TESTS")
    path = tmp_path / "project" / "data.txt"
    path.parent.mkdir()
    path.write_text("content")
    seen = watch(tmp_path, lambda: ask(path))

    assert seen.holds()
    change(path)
    assert not seen.holds()


def test_links_are_seen(tmp_path):
    """A link that leads elsewhere counts, though what it led to is as it was."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.txt").write_text("content")
    link = tmp_path / "link"
    link.symlink_to("one")

    def ask():
        path = link.resolve() / "data.txt"
        path.read_text()

    seen = watch(tmp_path, ask)

    assert seen.holds()
    link.unlink()
    link.symlink_to("two")
    assert not seen.holds()


def test_threads_are_seen(tmp_path):
    """What another thread reads counts as well."""
    path = tmp_path / "data.txt"
    path.write_text("content")

    def ask():
        with ThreadPoolExecutor(1) as pool:
            pool.submit(path.read_text).result()

    assert str(path) in watch(tmp_path, ask).files


def test_what_is_no_input(tmp_path, monkeypatch):
    """The output, the cache, files being written, what is asked while looking away and others' variables are none."""
    monkeypatch.setenv("OF_TESTS", "set")
    for name in ("out", "cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()

    def ask():
        (tmp_path / "out" / "file").read_text()
        (tmp_path / "cache" / "file").read_text()
        (tmp_path / "written").write_text("")
        with looking_away():
            (tmp_path / "hidden").exists()
        with passing_variables():
            os.environ.get("OF_TESTS")

    seen = watch(tmp_path, ask)
    assert (seen.files, seen.variables) == ({}, {})


def test_nobody_watches(tmp_path):
    """What is asked before and after is not seen, and Python's own functions are back."""
    original = os.stat
    witness = Witness(str(tmp_path / "out"))
    with witness.present():
        (tmp_path / "before").exists()
        with watching():
            pass
        (tmp_path / "after").exists()

    assert witness.seen().files == {}
    assert os.stat is original


def test_what_moves(tmp_path):
    """Where a server was asked that may answer otherwise next time, nothing can tell that nothing changed."""
    assert watch(tmp_path, see_what_moves) is None


def test_output_may_appear(tmp_path):
    """That the folder of zips appears in a folder that was listed is no change, as that of any other name is."""
    seen = watch(tmp_path, lambda: list(tmp_path.iterdir()))

    (tmp_path / "out").mkdir()
    assert seen.holds()
    (tmp_path / "other").mkdir()
    assert not seen.holds()


def test_same_size_and_time(tmp_path):
    """An edit of equal size with its time put back is seen by the time of the entry, which nobody can set."""
    path = tmp_path / "data.txt"
    path.write_text("1.1")
    status = path.stat()
    seen = make_seen(now() + 10**10, "", {str(path): look_at(str(path))}, NOTHING_ELSE, {})

    path.write_text("2.2")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert not seen._replace(moment=0).holds()


def test_young_files_are_read(tmp_path):
    """A file as new as the record is compared by content, and once it was, and is old, no more."""
    path = str(tmp_path / "data.txt")
    Path(path).write_text("1.1")
    witness = Witness(str(tmp_path / "out"))
    with witness.present():
        know(path)
    seen = witness.seen()

    assert list(seen.contents) == [path]
    assert not seen._replace(contents={path: "another"}).holds()
    assert seen.settled(now() + 10**10).contents == {}


def test_coarse_clocks():
    """Where times are whole seconds a file stays young for longer."""
    second = 10**9
    assert is_young((1, 0, 5 * second, 1, 1, 0), 7 * second)
    assert not is_young((1, 0, 5 * second + 1, 1, 1, 0), 7 * second)


def test_file_systems_without_numbers():
    """Where files have no numbers, nothing is trusted."""
    assert make_seen(now(), "", {"/data": (1, 1, 1, 0, 1, 0)}, NOTHING_ELSE, {}) is None


def test_names_of_a_folder(tmp_path):
    """The digest of a folder's names is that of no folder where there is none."""
    assert digest_names(str(tmp_path / "absent")) == ""

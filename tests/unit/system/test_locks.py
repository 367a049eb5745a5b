"""One process at a time, and those who wait say for whom."""

import subprocess
import sys
from pathlib import Path

import pytest

from bundler.system.locks import announcing, held, lock_path

HOLDER = """
import sys
from bundler.system.locks import held
with held(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(monkeypatch, tmp_path):
    """Another process that holds a lock until its input ends."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, "builds"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_waits_says_for_whom(holder):
    """A second process waits, names the first and what it does, and goes on when that ends, however it does."""
    said = []

    def say(text):
        said.append(text)
        holder.kill()

    with announcing(say), held("builds"):
        pass

    assert said == [f"waiting for process {holder.pid} (-c builds), which builds"]


@pytest.mark.usefixtures("holder")
def test_other_things_do_not_wait():
    """What another lock is for goes on at once."""
    said = []

    with announcing(said.append), held("installs"):
        pass

    assert said == []


def test_no_place_for_locks(monkeypatch, tmp_path):
    """Where the cache cannot be written, nobody waits and nothing fails."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "file"))

    with held("builds"):
        pass

    assert not lock_path("builds").exists()

"""`lbundle cache`: what it holds, what goes, and that a build that runs keeps what it works with."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import run_lbundle, service_settings, start_lbundle, write_project
from tests.support.wheels import make_wheel

USER = """
import sys
from bundler.system.locks import in_use
with in_use():
    print("in use", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A service with a package, built once with a cache of its own."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    body = "import greeter\n\n\ndef handle(event, context):\n    return 1\n"
    files = {"serverless.yml": service_settings(one="one.handle"), "requirements.txt": "greeter==1.0\n", "one.py": body}
    project = write_project(tmp_path / "shop", files)
    assert run_lbundle(project, "build").code == 0
    return project


def told(project):
    return json.loads(run_lbundle(project, "cache", "info", "--json").stdout)


def test_info(project):
    """Each part is told with what it weighs, and the sum with where all of it is."""
    ended = run_lbundle(project, "cache", "info")

    info = told(project)
    assert info["folder"] == os.environ["LBUNDLE_CACHE_DIR"]
    assert info["bytes"] == sum(part["size_bytes"] for part in info["parts"])
    assert {"wheels", "facts", "bytecode", "compressed", "records"} <= {part["name"] for part in info["parts"]}
    assert ended.stdout.splitlines()[-1].endswith(f" in {info['folder']}")
    assert len(ended.stdout.splitlines()) == len(info["parts"]) + 1


def test_a_cache_in_the_project(project, monkeypatch):
    """A cache that lies in the project, as those of GitLab do, is none of its code."""
    run_lbundle(project, "build", "--output", str(project.parent / "before"))
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(project / ".cache" / "lbundle"))

    run_lbundle(project, "build")

    for name in ("one.zip", "one.json"):
        assert (project / ".lbundle" / name).read_bytes() == (project.parent / "before" / name).read_bytes()


def test_clear(project):
    """Nothing is left, and the next build makes the same again."""
    before = (project / ".lbundle" / "one.zip").read_bytes()

    ended = run_lbundle(project, "cache", "clear")

    assert re.fullmatch(r"Removed .+ in \d+ files\n", ended.stdout)
    assert told(project)["parts"] == []
    (project / ".lbundle" / "one.zip").unlink()
    assert run_lbundle(project, "build").code == 0
    assert (project / ".lbundle" / "one.zip").read_bytes() == before


def test_prune_by_age(project):
    """What was not used for that long goes, and nothing else."""
    wheel = next((project.parent / "cache" / "wheels").rglob("*.whl"))
    os.utime(wheel, (time.time() - 10 * 24 * 3600,) * 2)
    before = {part["name"] for part in told(project)["parts"]}

    assert run_lbundle(project, "cache", "prune").stdout == "Removed 0 B in 0 files\n"
    assert run_lbundle(project, "cache", "prune", "--older-than", "9d").stdout.endswith(" in 1 file\n")
    assert {part["name"] for part in told(project)["parts"]} == before - {"wheels"}


def test_prune_by_size(project):
    """What was used last stays, as much as fits."""
    newest = next((project.parent / "cache" / "wheels").rglob("*.whl"))
    os.utime(newest, (time.time() + 10,) * 2)

    run_lbundle(project, "cache", "prune", "--max-size", f"{newest.stat().st_size} B")

    assert [part["name"] for part in told(project)["parts"]] == ["wheels"]


@pytest.mark.parametrize("option", [("--max-size", "2 parsecs"), ("--older-than", "old")])
def test_amounts_that_are_none(project, option):
    """A size or an age that is none is an error that says what one looks like."""
    ended = run_lbundle(project, "cache", "prune", *option)

    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"error: `{option[1]}` is not of the form")


def test_nothing_goes_while_a_build_runs(project):
    """What makes the cache smaller waits for who works with it, and says for whom."""
    with subprocess.Popen(
        [sys.executable, "-c", USER],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as user:
        assert user.stdout.readline() == "in use\n"
        clearing = start_lbundle(project, "cache", "clear")
        assert clearing.stderr.readline() == f"note: waiting for process {user.pid} (-c), which works with the cache\n"
        assert any((project.parent / "cache" / "wheels").rglob("*.whl"))
        user.stdin.close()

    assert clearing.wait(timeout=60) == 0
    clearing.communicate()
    assert not (project.parent / "cache" / "wheels").exists()

"""Packages without a wheel: built from source and told, or forbidden and an error with the ways out."""

import json
import signal
import time

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, service_settings, start_lbundle, write_project
from tests.support.local_projects import sdist_files
from tests.support.processes import has_ended
from tests.support.wheels import digest_of, make_sdist

SETTINGS = service_settings(hello="app.hello")
APP = "import common\n\n\ndef hello(event, context):\n    return common.WORD\n"


@pytest.fixture
def project(tmp_path):
    """A service that needs a package of which there is only the source."""
    sdist = make_sdist(tmp_path / "wheels", "common", "1.5", sdist_files("common", {"common.py": "WORD = 'hello'\n"}))
    pins = f"common==1.5 --hash=sha256:{digest_of(sdist)}\n"
    return write_project(tmp_path / "shop", {"serverless.yml": SETTINGS, "app.py": APP, "requirements.txt": pins})


def forbid(project, value):
    (project / "serverless.yml").write_text(f"custom:\n  lbundle:\n    only-binary: {value}\n{SETTINGS}")


def test_built_and_told(project):
    """Every build says what was built from source, also one that finds the wheel in its cache."""
    told = []
    for _ in range(2):
        run_lbundle(project, "build")
        told.append(json.loads((project / ".lbundle" / "hello.json").read_text())["warnings"])
        (project / ".lbundle" / "hello.zip").unlink()

    assert (
        told
        == [["built from source: `common 1.5`; that runs its build code on this machine, `only-binary` forbids it"]] * 2
    )


@pytest.mark.parametrize("requirement", ["", "common @ file:../wheels/common-1.5.tar.gz\n"])
@pytest.mark.parametrize("value", ["true", "[Common]"])
def test_forbidden(project, value, requirement):
    """With `only-binary` the build ends with one error, whether the source is on an index or at an address."""
    forbid(project, value)
    if requirement:
        (project / "requirements.txt").write_text(requirement)

    ended = run_lbundle(project, "build")

    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr.endswith(
        f"error: `common==1.5` has no wheel for {RUNTIME} on x86_64, and `only-binary` forbids to build its source\n\n"
        "hint: there is: common-1.5.tar.gz\n"
        "hint: pin a version that has a wheel, or build one elsewhere and name its folder in pip's `find-links`\n"
        "hint: or take it out of `only-binary`, in lbundle's settings, the requirements or pip's own settings\n"
    )


@pytest.mark.parametrize("command", [("build",), ("lock", "--resolver", "uv"), ("lock", "--resolver", "pip-tools")])
def test_no_version_to_be_built(project, command):
    """Resolvers find no version either whose wheel would have to be built."""
    (project / "requirements.txt").unlink()
    (project / "requirements.in").write_text("common\n")
    forbid(project, "true")

    ended = run_lbundle(project, *command)

    assert ended.code == 3
    assert f"finds no versions for `requirements.in` on {RUNTIME} on x86_64" in ended.stderr


def test_others_may_be_built(project):
    """What is not named may be built."""
    forbid(project, "[other]")

    assert run_lbundle(project, "build").code == 0


def make_hostile(project, code):
    """Let the build of the project's package do something more."""
    backend = sdist_files("common", {"common.py": "WORD = 'hello'\n"})
    backend["backend.py"] = f"{code}\n{backend['backend.py']}"
    make_sdist(project.parent / "wheels", "common", "1.5", backend)
    (project / "requirements.txt").write_text("common==1.5\n")


def test_variables_and_home(project, tmp_path):
    """A build sees no secret of the environment, whatever it is called, and an empty home; the user may name more."""
    seen = tmp_path / "seen"
    told = "[dict(os.environ), os.listdir(os.path.expanduser('~'))]"
    code = f"import json, os; open({str(seen)!r}, 'a').write(json.dumps({told}) + '\\n')"
    make_hostile(project, code)
    secrets = {
        "GH_PAT": "word1",
        "MYSQL_PWD": "word2",
        "SETTINGS": "word3",
        "HTTPS_PROXY": "http://me:word4@localhost:9",
    }

    ended = run_lbundle(project, "build", **secrets, LBUNDLE_BUILD_VARIABLES="SETTINGS")

    assert ended.code == 0
    for environment, home in map(json.loads, seen.read_text().splitlines()):
        assert home == []
        assert [value for value in environment.values() if "word" in value] == ["word3"]


def test_an_endless_line(project):
    """A build that fails after a line of megabytes has an error that people can read."""
    make_hostile(project, "import sys; sys.stderr.write('y' * 5_000_000 + '\\n'); raise SystemExit(3)")

    ended = run_lbundle(project, "build")

    assert ended.code == 3
    assert "cannot be built from source: its build ends with status " in ended.stderr
    assert len(ended.stderr) < 10_000


def test_interrupted_while_building(project, tmp_path):
    """Ctrl-C ends the build and its backend, and what they wrote goes away."""
    (tmp_path / "tmp").mkdir()
    pid = tmp_path / "pid"
    code = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    make_hostile(project, code)

    running = start_lbundle(project, "build", TMPDIR=str(tmp_path / "tmp"))
    while not (pid.is_file() and pid.read_text()):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=20)

    assert running.returncode == 130
    assert has_ended(int(pid.read_text()))
    assert list((tmp_path / "tmp").iterdir()) == []

"""`lbundle lock`, and `lbundle build` of a project that has no lock."""

import json

import pytest

from bundler.model.wheels import Resolver
from bundler.resolve.resolvers import choose_resolver
from tests.support.command_line import RUNTIME, Ended, run_lbundle, service_settings, write_project
from tests.support.wheels import digest_of, make_wheel

TARGET = f"{RUNTIME} on x86_64"
TOOL = choose_resolver(Resolver.AUTO)
SETTINGS = service_settings(hello="app.hello")


@pytest.fixture
def project(tmp_path):
    """A service that asks for a package and does not say which version."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter.py": "WORD = 'hello'\n"})
    app = "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n"
    return write_project(tmp_path / "shop", {"serverless.yml": SETTINGS, "requirements.in": "greeter\n", "app.py": app})


def warnings_in(project):
    return json.loads((project / ".lbundle" / "hello.json").read_text())["warnings"]


def test_build_without_lock(project, tmp_path):
    """A build compiles what is not pinned, says so, stays with it, and stops saying so once there is a lock."""
    note = f"`requirements.in` is not pinned: compiled for {TARGET} by {TOOL}; `lbundle lock` writes it down"

    first = run_lbundle(project, "build")
    newer = make_wheel(tmp_path / "wheels", "greeter", "2.0", {"greeter.py": "WORD = 'good day'\n"})
    again = run_lbundle(project, "build")
    said = warnings_in(project)
    newer.unlink()
    locked = run_lbundle(project, "lock")
    last = run_lbundle(project, "build")

    assert [ended.code for ended in (first, again, locked, last)] == [0, 0, 0, 0]
    assert f"warning: {note}" in " ".join(first.stdout.split())
    assert said == [note]
    assert "unchanged" in again.stdout
    assert warnings_in(project) == []


def test_lock(project, tmp_path):
    """The lock is written beside the requirements, and the command says for whom."""
    digest = digest_of(tmp_path / "wheels" / "greeter-1.0-py3-none-any.whl")

    ended = run_lbundle(project, "lock")

    assert ended == Ended(
        code=0,
        stdout=f"Wrote {project / 'requirements.txt'} for {TARGET}: 1 pin by {TOOL}\n",
        stderr=f"Locking for {TARGET}\n",
    )
    assert (project / "requirements.txt").read_text() == (
        f"# Made by `lbundle lock` from requirements.in for {TARGET}.\n"
        "# It keeps these versions while they will do; `lbundle lock --upgrade` takes the newest.\n"
        f"greeter==1.0 \\\n    --hash=sha256:{digest}\n"
        "    # via -r requirements.in\n"
    )


def test_lock_of_own_requirements(project):
    """A requirements.txt that is kept by hand stays as it is; the user is told how to use its lock."""
    (project / "requirements.in").rename(project / "requirements.txt")

    ended = run_lbundle(project, "lock", "--resolver", "pip-tools")

    assert ended == Ended(
        code=0,
        stdout=f"Wrote {project / 'requirements.lock.txt'} for {TARGET}: 1 pin by pip-tools\n",
        stderr=(f"Locking for {TARGET}\nnote: to build from it, set `requirements: requirements.lock.txt`\n"),
    )
    assert (project / "requirements.txt").read_text() == "greeter\n"


def test_lock_of_pins_without_hashes(project, tmp_path):
    """How many pins nobody can verify is a note where something is built, and no warning; their lock has hashes."""
    (project / "requirements.in").unlink()
    (project / "requirements.txt").write_text("greeter==1.0\n")
    digest = digest_of(tmp_path / "wheels" / "greeter-1.0-py3-none-any.whl")

    built = run_lbundle(project, "build")
    warnings = warnings_in(project)
    again = run_lbundle(project, "build")
    ended = run_lbundle(project, "lock")

    note = "note: the lock has no hash for 1 pin, `lbundle lock` writes them"
    assert (warnings, note in built.stdout, note in again.stdout) == ([], True, False)
    assert ended.code == 0
    assert f"greeter==1.0 \\\n    --hash=sha256:{digest}" in (project / "requirements.lock.txt").read_text()


def test_nothing_to_lock(project):
    """Requirements that are pinned already are no work."""
    (project / "requirements.in").unlink()
    (project / "requirements.txt").write_text(f"greeter==1.0 --hash=sha256:{'1' * 64}\n")

    assert run_lbundle(project, "lock") == Ended(
        code=3,
        stdout="",
        stderr=(
            "error: there is nothing to lock: `requirements.txt` pins every requirement with hashes already\n\n"
            "hint: write what the functions need into `requirements.in`, one name a line\n"
        ),
    )


def test_one_output_for_several(project):
    """Functions with different requirements need a lock each."""
    functions = "  other:\n    handler: app.hello\n    lbundle:\n      requirements: other.in\n"
    (project / "serverless.yml").write_text(SETTINGS + functions)
    (project / "other.in").write_text("greeter\n")

    ended = run_lbundle(project, "lock", "--output", "lock.txt")

    assert ended == Ended(
        code=3,
        stdout="",
        stderr=(
            "error: one lock cannot hold the functions' different requirements: `requirements.in`, `other.in`\n\n"
            "hint: a `NAME.in` gets a lock of its own, `NAME.txt`, where no `--output` is named\n"
        ),
    )


def test_no_versions(project):
    """What cannot be found ends the build with one error and the resolver's own words."""
    (project / "requirements.in").write_text("greeter>=7\n")

    ended = run_lbundle(project, "build")

    assert (ended.code, ended.stdout) == (3, "")
    assert f"error: {TOOL} finds no versions for `requirements.in` on {TARGET}\n\nhint: it said: " in ended.stderr
    assert "greeter>=7" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_pylock(project):
    """Both formats give the same zip, each is said to be used, and a new lock stays in the format of the old one."""
    written = run_lbundle(project, "lock")
    from_requirements = run_lbundle(project, "build")
    plain = (project / ".lbundle" / "hello.zip").read_bytes()
    (project / "requirements.txt").unlink()

    asked = run_lbundle(project, "lock", "--format", "pylock")
    from_pylock = run_lbundle(project, "build")
    again = run_lbundle(project, "lock")

    assert [ended.code for ended in (written, from_requirements, asked, from_pylock, again)] == [0] * 5
    assert (project / ".lbundle" / "hello.zip").read_bytes() == plain
    assert "pins from requirements.txt" in from_requirements.stdout
    assert "pins from pylock.toml" in from_pylock.stdout
    assert asked.stdout == f"Wrote {project / 'pylock.toml'} for {TARGET}: 1 pin by {TOOL}\n"
    assert again.stdout == asked.stdout


def test_pylock_that_is_old(project):
    """A pylock.toml is held against the requirements that it was made from."""
    run_lbundle(project, "lock", "--format", "pylock")
    (project / "requirements.in").write_text("greeter>=2\n")

    run_lbundle(project, "build")

    (warning,) = warnings_in(project)
    assert warning == (
        "`pylock.toml` is out of date, `requirements.in` asks for `greeter>=2`, not the 1.0 that it has: "
        "`lbundle lock`, or the tool that wrote it, brings it up to date"
    )

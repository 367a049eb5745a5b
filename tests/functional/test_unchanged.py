"""A build with nothing to do is over at once, and none with something to do is taken for one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project
from tests.support.wheels import make_wheel

SETTINGS = service_settings(hello="app.hello", plain="plain.answer")
KEPT = "Built 0 functions, kept 2 unchanged in 0.00 s, pins from requirements.txt"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A service of two functions, one of which needs a package, built once; nothing of it is new any more."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    make_wheel(tmp_path / "wheels", "greeter", "1.1", {"greeter/__init__.py": "WORD = 'good day'\n"})
    project = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": SETTINGS,
            "requirements.txt": "greeter==1.0\n",
            "app.py": "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n",
            "plain.py": "def answer(event, context):\n    return open('data/rates.txt').read()\n",
            "other.py": "def answer(event, context):\n    return 42\n",
            "data/rates.txt": "1.1\n",
        },
    )
    assert run_lbundle(project, "build").code == 0
    return project


def zips(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.zip")}


def test_nothing_changed(project):
    """A build with nothing to do says so and prints the same table, without progress, and touches no zip."""
    built = run_lbundle(project, "build", "--verify").stdout
    before = {path: path.stat().st_ctime_ns for path in (project / ".lbundle").iterdir()}

    ended = run_lbundle(project, "build")

    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout == built
    assert ended.stdout.splitlines()[-1] == KEPT
    assert {path: path.stat().st_ctime_ns for path in (project / ".lbundle").iterdir()} == before


def test_nothing_is_loaded(project):
    """A build with nothing to do loads neither what reads settings and packages nor what traces and packs."""
    code = (
        "import sys; from bundler.cli import app; app(['build'], standalone_mode=False);"
        "print(*sorted(name for name in sys.modules if name.startswith('bundler.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env=variables(project),
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = done.stdout.splitlines()[-1].split()
    heavy = {"configure", "resolve", "trace", "plan", "transform", "pack", "report", "pipeline", "standards", "errors"}
    assert not {name for name in loaded if name.split(".")[1] in heavy}
    assert KEPT.partition(" in ")[0] in done.stdout


def variables(project):
    """Return the variables that `run_lbundle` sets: others would be a change."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    wheels = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project.parent / "wheels")}
    return {**kept, **wheels, "PYTHONPATH": str(Path(__file__).parents[2])}


def swap(path, content):
    """Put other content of the same size into a file and its times back."""
    status = path.stat()
    assert len(content) == status.st_size
    path.write_text(content, encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_zip(project):
    path = project / ".lbundle" / "plain.zip"
    path.write_bytes(path.read_bytes()[::-1])


def damage_wheel(project):
    (path,) = (project.parent / "cache" / "wheels").rglob("*.whl")
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)


CHANGES = {
    "content": lambda project: (project / "app.py").write_text("def hello(event, context):\n    return 1\n"),
    "equal size, same time": lambda project: swap(project / "data" / "rates.txt", "2.2\n"),
    "new file": lambda project: write_project(project, {"data/more.txt": "2\n"}),
    "deleted file": lambda project: (project / "data" / "rates.txt").unlink(),
    "lock": lambda project: write_project(project, {"requirements.txt": "greeter==1.1\n"}),
    "settings": lambda project: write_project(
        project, {"serverless.yml": SETTINGS.replace("plain.answer", "app.hello")}
    ),
    "deleted zip": lambda project: (project / ".lbundle" / "plain.zip").unlink(),
    "deleted metafile": lambda project: (project / ".lbundle" / "plain.json").unlink(),
    "replaced zip": replace_zip,
    "damaged wheel": damage_wheel,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(project, change):
    """Whatever changed, the zips are those that a build into an empty folder gives."""
    run_lbundle(project, "build")  # by now nothing is as new as the record
    CHANGES[change](project)

    ended = run_lbundle(project, "build")
    fresh = run_lbundle(project, "build", "--output", str(project.parent / "fresh"))

    assert (ended.code, fresh.code) == (0, 0)
    assert ended.stderr.startswith("Resolving for")
    assert zips(project / ".lbundle") == zips(project.parent / "fresh")


def test_an_edit_as_the_build_runs(project):
    """An edit right after a build, with times and size as they were, is seen: what is that new is read."""
    path = project / "data" / "rates.txt"
    write_project(project, {"data/rates.txt": "3.3\n"})
    run_lbundle(project, "build")
    swap(path, "4.4\n")

    run_lbundle(project, "build")

    run_lbundle(project, "build", "--output", str(project.parent / "fresh"))
    assert zips(project / ".lbundle") == zips(project.parent / "fresh")


def test_variables(project):
    """A variable that the settings read is an input like a file, one that nothing reads is none."""
    settings = SETTINGS + "package:\n  patterns:\n    - '!data/${env:LEFT_OUT, \"none\"}'\n"
    write_project(project, {"serverless.yml": settings})
    run_lbundle(project, "build")

    other = run_lbundle(project, "build", NOBODY_READS="it")
    changed = run_lbundle(project, "build", LEFT_OUT="rates.txt")
    by_pip = run_lbundle(project, "build", LEFT_OUT="rates.txt", PIP_TIMEOUT="7")

    assert (other.stderr, changed.stderr.partition(" ")[0]) == ("", "Resolving")
    assert by_pip.stderr.startswith("Resolving")


def test_a_clock_that_went_back(project):
    """What a record says counts for nothing where it is of the future."""
    (record,) = (project.parent / "cache" / "records").iterdir()
    text = record.read_text(encoding="utf-8")
    moment = text.partition('"seen":[')[2].partition(",")[0]
    record.write_text(text.replace(moment, str(time.time_ns() + 10**12)), encoding="utf-8")

    assert run_lbundle(project, "build").stderr.startswith("Resolving for")


def test_another_python_on_the_path(project, tmp_path):
    """A new interpreter where one is looked for may be the one to compile with."""
    other = "3.12" if RUNTIME != "python3.12" else "3.13"
    write_project(project, {"serverless.yml": SETTINGS.replace(RUNTIME, f"python{other}")})
    folder = tmp_path / "bin"
    folder.mkdir()
    path = os.pathsep.join((str(folder), "/usr/bin", "/bin"))
    run_lbundle(project, "build", PATH=path)
    before = run_lbundle(project, "build", PATH=path)
    (folder / f"python{other}").symlink_to("/bin/false")

    assert (before.stderr, run_lbundle(project, "build", PATH=path).stderr.partition(" ")[0]) == ("", "Resolving")


def test_verify(project):
    """`--verify` believes no record, and finds what is as it was to be so."""
    ended = run_lbundle(project, "build", "--verify")

    assert ended.stderr.startswith("Resolving for")
    assert ended.stdout.splitlines()[-1] == KEPT


@pytest.mark.parametrize("command", [("check",), ("baseline",)])
def test_commands_that_build(project, command):
    """What builds before it does something else has nothing to build either where nothing changed."""
    run_lbundle(project, "baseline")
    run_lbundle(project, "build")  # of a project with one file more

    assert "Resolving" not in run_lbundle(project, *command).stderr

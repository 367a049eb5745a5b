"""A change builds those functions that it has to do with, and touches no other zip."""

import os

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.edits import Edits
from tests.support.wheels import make_wheel

FUNCTIONS = ("one", "two", "three")
SETTINGS = service_settings(one="one.handle", two="two.handle", three="three.handle")
PATTERNS = SETTINGS.replace("functions:", "package:\n  patterns: ['!data/**']\nfunctions:").replace(
    "three.handle\n", "three.handle\n    package:\n      patterns: ['data/**']\n"
)


@pytest.fixture
def project(tmp_path):
    """Three functions: two share a module, the third ships data and has a package."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    make_wheel(tmp_path / "wheels", "greeter", "1.1", {"greeter/__init__.py": "WORD = 'good day'\n"})
    body = "\n\ndef handle(event, context):\n    return 1\n"
    project = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": PATTERNS,
            "requirements.txt": "greeter==1.0\n",
            "one.py": f"import shared{body}",
            "two.py": f"import shared\n\ntry:\n    import extra\nexcept ImportError:\n    pass{body}",
            "three.py": f"import greeter{body}",
            "shared.py": "import deep\n",
            "deep.py": "A = 1\n",
            "unused.py": "A = 1\n",
            "data/rates.txt": "1\n",
        },
    )
    assert run_lbundle(project, "build").code == 0
    return project


def time_of(path):
    """Return what tells whether a file was written, or another put in its place."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


CHANGES = {
    "a handler": ({"one.py": "def handle(event, context):\n    return 2\n"}, {"one"}),
    "a shared module": ({"deep.py": "A = 2\n"}, {"one", "two"}),
    "what nothing reaches": ({"unused.py": "A = 2\n"}, set()),
    "a new README": ({"README.md": "New.\n"}, set()),
    "data of one": ({"data/rates.txt": "2\n"}, {"three"}),
    "new data of one": ({"data/more.txt": "2\n"}, {"three"}),
    "a package": ({"requirements.txt": "greeter==1.1\n"}, {"three"}),
    "an option": ({"serverless.yml": PATTERNS + "    lbundle:\n      bytecode: only\n"}, {"three"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_built(project, change):
    """Only zips of what a change has to do with are written, and all files are those of a build from nothing."""
    files, expected = CHANGES[change]
    output, fresh = project / ".lbundle", project.parent / "fresh"
    before = {name: time_of(output / f"{name}.zip") for name in FUNCTIONS}
    write_project(project, files)

    ended = run_lbundle(project, "build")
    run_lbundle(project, "build", "--output", str(fresh))

    assert {name for name in FUNCTIONS if time_of(output / f"{name}.zip") != before[name]} == expected
    packed = {line.removeprefix("Packing ") for line in ended.stderr.splitlines() if line.startswith("Packing ")}
    assert packed == expected
    written = {path.name: path.read_bytes() for path in output.iterdir()}
    assert written == {path.name: path.read_bytes() for path in fresh.iterdir()}


def test_what_was_absent(project):
    """A new module that an import asked for in vain is built into the function that asks."""
    write_project(project, {"extra.py": "A = 1\n"})

    run_lbundle(project, "build")
    run_lbundle(project, "build", "--output", str(project.parent / "fresh"))

    for name in FUNCTIONS:
        path = project / ".lbundle" / f"{name}.zip"
        assert path.read_bytes() == (project.parent / "fresh" / path.name).read_bytes()


@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_is_ever_stale(tmp_path, monkeypatch, seed):
    """After random edits a build gives the same files as one into an empty folder; `scripts/staleness.py` runs more."""
    variables = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    for name, value in {**variables, "LBUNDLE_CACHE_DIR": str(tmp_path / "cache"), "LBUNDLE_TEST_LEFT_OUT": ""}.items():
        monkeypatch.setenv(name, value)

    assert [told for told in Edits(tmp_path, seed).run(12) if told[1]] == []

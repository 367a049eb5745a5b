"""A lock that does not hold what its project asks for is told in one note; one that does is used in silence."""

import json

import pytest

from bundler.model.project import Architecture
from bundler.model.wheels import Resolver
from bundler.resolve.find_lock import find_lock
from bundler.runtimes import make_target
from tests.support.command_line import write_project
from tests.support.sites import make_function

TARGET = make_target("python3.12", Architecture.X86_64)
HASH = "sha256:" + "1" * 64
STANDARD_PROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["idna (>=3,<4)", "six"]
[project.optional-dependencies]
fast = ["certifi"]
[tool.poetry]
package-mode = false
[tool.poetry.group.dev.dependencies]
toml = "^0.10"
[dependency-groups]
docs = ["attrs"]
"""
OLD_POETRY_PROJECT = """\
[tool.poetry]
name = "shop"
version = "1.0"
description = ""
authors = []
package-mode = false
[tool.poetry.dependencies]
python = "^3.11"
idna = "^3.1"
six = [{version = "~1.16", markers="sys_platform == 'linux'"}, {version="*", markers="sys_platform != 'linux'"}]
certifi = {version="*", optional = true}
[tool.poetry.extras]
fast = ["certifi"]
"""
PDM_PROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["idna>=3,<4", "six"]
[project.optional-dependencies]
fast = ["certifi"]
[dependency-groups]
Docs = ["attrs"]
[tool.pdm.dev-dependencies]
lint = ["toml"]
"""
PIPFILE = """\
[[source]]
url = "${PIP_INDEX_URL}"
verify_ssl = true
name = "pypi"
[packages]
idna = ">=3,<4"
six = "*"
[dev-packages]
toml = "*"
[requires]
python_version = "3.11"
"""


def write_uv(pins, digest):  # noqa: ARG001 - uv.lock has none
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "index" }}\n'
        f'wheels = [{{ hash = "{HASH}" }}]\n'
        for name, version in pins.items()
    )
    needs = ", ".join(f'{{ name = "{name}" }}' for name in pins)
    return (
        f'version = 1\n{packages}[[package]]\nname = "shop"\nsource = {{ virtual = "." }}\ndependencies = [{needs}]\n'
    )


def write_poetry(pins, digest):
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\noptional = false\ngroups = ["main"]\n'
        f'files = [{{ file = "x", hash = "{HASH}" }}]\n'
        for name, version in pins.items()
    )
    return f'{packages}[metadata]\nlock-version = "2.1"\npython-versions = "*"\ncontent-hash = "{digest}"\n'


def write_pdm(pins, digest):
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\ngroups = ["default"]\n'
        f'files = [{{ file = "x", hash = "{HASH}" }}]\n'
        for name, version in pins.items()
    )
    head = f'[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\ncontent_hash = "sha256:{digest}"\n'
    return head + packages


def write_pipfile(pins, digest):
    entries = {name: {"version": f"=={version}", "hashes": [HASH]} for name, version in pins.items()}
    meta = {"hash": {"sha256": digest}, "pipfile-spec": 6, "sources": []}
    return json.dumps({"_meta": meta, "default": entries, "develop": {}})


# The digests are those that the tools give for these settings: Poetry 2.5, PDM 2.29, Pipenv 2026.10.
CASES = {
    "uv": ("uv.lock", write_uv, "pyproject.toml", PDM_PROJECT, "", "uv lock"),
    "poetry": (
        "poetry.lock",
        write_poetry,
        "pyproject.toml",
        STANDARD_PROJECT,
        "7201f83d9a157620b4c00d3eef3bf1eec59bc40738bd3e800a8fbf1bf7639759",
        "poetry lock",
    ),
    "poetry before 2.3": (
        "poetry.lock",
        write_poetry,
        "pyproject.toml",
        STANDARD_PROJECT,
        "b98fda1bd9644e6f031a79044366f826141e0eea1d54d87c9a697851e33efea2",
        "poetry lock",
    ),
    "poetry without [project]": (
        "poetry.lock",
        write_poetry,
        "pyproject.toml",
        OLD_POETRY_PROJECT,
        "21acd116687625f58de7be95cf44e74ed9ee39ee4766b7e7fdfdec1bbe60bfb1",
        "poetry lock",
    ),
    "pdm": (
        "pdm.lock",
        write_pdm,
        "pyproject.toml",
        PDM_PROJECT,
        "f908dc2d981c2cbd7c66b56172d6a625d7adb0d74196c1d54d20c802d2c359ce",
        "pdm lock",
    ),
    "pipenv": (
        "Pipfile.lock",
        write_pipfile,
        "Pipfile",
        PIPFILE,
        "4b05e1dc4cd48663b817d0c0e290162e1764c4035bb09be9f87f2195fa0fa684",
        "pipenv lock",
    ),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request):
    return request.param


@pytest.fixture
def notes_of(tmp_path):
    """Return how to read a lock of these files, and what is said of it."""

    def notes_of(used, files, root=tmp_path, **options):
        write_project(tmp_path, files)
        chosen = make_function(root, requirements=(tmp_path / used,), **options).options
        return find_lock(chosen, TARGET, root=root, resolver=Resolver.AUTO, is_offline=False).notes

    return notes_of


def test_lock_that_holds(notes_of, case):
    """A lock made of these very settings is used in silence."""
    name, write, source, settings, digest, _ = case

    assert notes_of(name, {name: write({"idna": "3.10", "six": "1.16.0"}, digest), source: settings}) == ()


def test_stale_lock(notes_of, case):
    """What the settings ask for and the lock lacks, or has in another version, is named with what mends it."""
    name, write, source, settings, digest, tool = case

    (note,) = notes_of(name, {name: write({"idna": "2.0"}, digest), source: settings})

    start, _, gaps = note.partition(" asks for ")
    assert start == f"`{name}` is out of date, `{source}`"
    assert gaps.endswith(f", not the 2.0 that it has; `six`, which it lacks: run `{tool}`")


def test_other_settings(notes_of, case):
    """A lock with a digest of other settings is told to be old, though it holds what is asked for."""
    name, write, source, settings, digest, tool = case
    expected = (f"`{source}` has changed since `{name}` was made of it: run `{tool}`",) if digest else ()

    assert notes_of(name, {name: write({"idna": "3.10", "six": "1.16.0"}, "0" * 64), source: settings}) == expected


def test_member_of_a_workspace(notes_of, tmp_path):
    """In a workspace the settings of the member that is built count."""
    lock = 'version = 1\n[[package]]\nname = "api"\nsource = { editable = "services/api" }\n'
    files = {
        "uv.lock": lock,
        "pyproject.toml": '[project]\nname = "all"\ndependencies = ["never-asked"]\n',
        "services/api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["word>=2"]\n',
    }

    notes = notes_of("uv.lock", files, root=tmp_path / "services/api")

    assert notes == ("`uv.lock` is out of date, `pyproject.toml` asks for `word`, which it lacks: run `uv lock`",)


def test_overridden_version(notes_of):
    """A version that the settings force against their own specifier is no sign of age."""
    project = '[project]\nname = "shop"\ndependencies = ["idna>=3"]\n[tool.uv]\noverride-dependencies = ["idna==2.0"]\n'

    assert notes_of("uv.lock", {"uv.lock": write_uv({"idna": "2.0"}, ""), "pyproject.toml": project}) == ()


@pytest.mark.parametrize(
    ("lock", "source"), [("requirements.txt", "requirements.in"), ("requirements.lock.txt", "requirements.txt")]
)
def test_stale_requirements(notes_of, lock, source):
    """Pins are held against the requirements that they were made from, markers answered for the target."""
    asked = "idna>=3\nsix\ntomli; python_version < '3.11'\n-e ./own\n"
    own = {"own/pyproject.toml": '[project]\nname = "own"\n'}
    mend = "`lbundle lock`, or the tool that wrote it, brings it up to date"

    old = notes_of(lock, {**own, lock: f"idna==2.0 --hash={HASH}\n", source: asked})
    new = notes_of(lock, {lock: f"idna==3.1 --hash={HASH}\nsix==1.0 --hash={HASH}\n-e ./own\n"})

    (note,) = old
    assert note == (
        f"`{lock}` is out of date, `{source}` asks for `idna>=3`, not the 2.0 that it has; `six`, which it lacks; "
        f"`own`, which it lacks: {mend}"
    )
    assert new == ()


def test_requirements_of_a_project(notes_of):
    """Pins that say they were made from pyproject.toml are held against it, other pins are not."""
    project = '[project]\nname = "shop"\ndependencies = ["idna>=3"]\n'
    pins = f"six==1.0 --hash={HASH}\n"

    made = notes_of(
        "requirements.txt", {"pyproject.toml": project, "requirements.txt": f"{pins}# via shop (pyproject.toml)\n"}
    )
    kept = notes_of("requirements.txt", {"pyproject.toml": project, "requirements.txt": pins})

    (note,) = made
    assert note == (
        "`requirements.txt` is out of date, `pyproject.toml` asks for `idna`, which it lacks: "
        "make it anew with the tool that wrote it"
    )
    assert kept == ()

"""One service, locked by each tool: the same zip, and clear words where a lock does not hold."""

import json
import shutil

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.index_server import IndexServer
from tests.support.wheels import digest_of, make_wheel

SETTINGS = service_settings(hello="app.hello")
PYPROJECT = """\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["greeter"]
[tool.poetry.dependencies]
greeter = "*"
[tool.poetry.group.dev.dependencies]
checker = "*"
"""
NEEDS = {"greeter": ("words",), "words": (), "checker": ()}
"""The service needs `greeter`; `checker` is of its group for development."""


@pytest.fixture
def index(tmp_path):
    """An index with each of the packages for several platforms."""
    with IndexServer() as server:
        for name, needs in NEEDS.items():
            files = {f"{name}/__init__.py": "".join(f"import {need}\n" for need in needs) + "WORD = 'hello'\n"}
            for tag in ("py3-none-any", "py3-none-win_amd64"):
                server.add(make_wheel(tmp_path / "index", name, "1.0", files, tag=tag, requires=needs), name)
        yield server


@pytest.fixture
def project(tmp_path):
    return write_project(
        tmp_path / "shop",
        {
            "serverless.yml": SETTINGS,
            "pyproject.toml": PYPROJECT,
            "app.py": "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n",
        },
    )


def files_of(index, name):
    """Return a package's files as (filename, URL, hash)."""
    root = index.url.removesuffix("/simple")
    paths = [path for path in index.files if path.name.startswith(f"{name}-")]
    return [(path.name, f"{root}/files/{path.name}", f"sha256:{digest_of(path)}") for path in paths]


def write_uv(index):
    parts = ['version = 1\nrevision = 3\nrequires-python = ">=3.9"\n']
    for name, needs in NEEDS.items():
        wheels = ", ".join(f'{{ url = "{url}", hash = "{digest}" }}' for _, url, digest in files_of(index, name))
        dependencies = ", ".join(f'{{ name = "{need}" }}' for need in needs)
        parts.append(
            f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ registry = "{index.url}" }}\n'
            f"dependencies = [{dependencies}]\nwheels = [{wheels}]\n"
        )
    parts.append(
        '[[package]]\nname = "shop"\nversion = "1.0"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "greeter" }]\n[package.dev-dependencies]\ndev = [{ name = "checker" }]\n'
    )
    return "uv.lock", "\n".join(parts)


def write_poetry(index, *, version="2.1"):
    parts = []
    for name, needs in NEEDS.items():
        files = ", ".join(f'{{ file = "{file}", hash = "{digest}" }}' for file, _, digest in files_of(index, name))
        group = "dev" if name == "checker" else "main"
        parts.append(
            f'[[package]]\nname = "{name}"\nversion = "1.0"\noptional = false\npython-versions = "*"\n'
            + (f'groups = ["{group}"]\n' if version == "2.1" else "")
            + f"files = [{files}]\n[package.dependencies]\n"
            + "".join(f'{need} = "*"\n' for need in needs)
            + f'[package.source]\ntype = "legacy"\nurl = "{index.url}"\nreference = "own"\n'
        )
    parts.append(f'[metadata]\nlock-version = "{version}"\npython-versions = ">=3.9"\n')
    return "poetry.lock", "\n".join(parts)


def write_old_poetry(index):
    return write_poetry(index, version="2.0")


def write_pdm(index):
    parts = ['[metadata]\ngroups = ["default", "dev"]\nlock_version = "4.5.0"\n']
    parts.append('[[metadata.targets]]\nrequires_python = ">=3.9"\n')
    for name in NEEDS:
        files = ", ".join(f'{{ url = "{url}", hash = "{digest}" }}' for _, url, digest in files_of(index, name))
        group = "dev" if name == "checker" else "default"
        parts.append(f'[[package]]\nname = "{name}"\nversion = "1.0"\ngroups = ["{group}"]\nfiles = [{files}]\n')
    return "pdm.lock", "\n".join(parts)


def write_pipfile(index):
    def entries(*names):
        return {name: {"version": "==1.0", "hashes": [one[2] for one in files_of(index, name)]} for name in names}

    sources = [{"name": "own", "url": index.url, "verify_ssl": True}]
    document = {
        "_meta": {"pipfile-spec": 6, "requires": {}, "sources": sources},
        "default": entries("greeter", "words"),
        "develop": entries("checker"),
    }
    return "Pipfile.lock", json.dumps(document)


def write_pylock(index):
    parts = ['lock-version = "1.0"\ncreated-by = "tests"\nrequires-python = ">=3.9"\ndependency-groups = ["dev"]\n']
    for name in NEEDS:
        wheels = ", ".join(
            f'{{ url = "{url}", hashes = {{ sha256 = "{digest[7:]}" }} }}' for _, url, digest in files_of(index, name)
        )
        marker = "marker = \"'dev' in dependency_groups\"\n" if name == "checker" else ""
        parts.append(
            f'[[packages]]\nname = "{name}"\nversion = "1.0"\n{marker}index = "{index.url}"\nwheels = [{wheels}]\n'
        )
    return "pylock.toml", "\n".join(parts)


def write_requirements(index):
    pins = (
        " ".join([f"{name}==1.0", *(f"--hash={digest}" for _, _, digest in files_of(index, name))])
        for name in ("greeter", "words")
    )
    return "requirements.txt", "\n".join([f"-i {index.url}", *pins])


WRITERS = (write_uv, write_poetry, write_old_poetry, write_pdm, write_pipfile, write_pylock, write_requirements)


def build(project, index, *options, **environment):
    online = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": index.url, "PIP_FIND_LINKS": ""}
    ended = run_lbundle(project, "build", *options, **{**online, **environment})
    path = project / ".lbundle/hello.zip"
    return ended, path.read_bytes() if path.is_file() else None


def test_same_zip_from_every_lock(project, index):
    """The same versions, locked by seven tools, give the same bytes; without their groups nobody else's ship."""
    zips = {}
    for write in WRITERS:
        name, content = write(index)
        (project / name).write_text(content)
        ended, zips[write.__name__] = build(project, index)
        (project / name).unlink()
        shutil.rmtree(project / ".lbundle")

        assert (ended.code, ended.stderr.count("Fetching 2 packages")) == (0, 1), ended
    assert len(zips) == len(WRITERS)
    assert len(set(zips.values())) == 1


@pytest.mark.parametrize("write", WRITERS[:-1])
def test_lock_that_names_its_index(project, index, write):
    """A lock that says where its files are needs no setting of pip's, and none but pip's own may stand in for it."""
    name, content = write(index)
    (project / name).write_text(content)
    with IndexServer() as empty:
        ended, content = build(project, index, PIP_INDEX_URL=empty.url)

    expected = 3 if name == "pdm.lock" else 0  # its sources stand in pyproject.toml
    assert (ended.code, content is None) == (expected, bool(expected)), ended


@pytest.mark.parametrize("write", WRITERS[:-1])
def test_group_by_name(project, index, write):
    """A group ships where the settings ask for it, and one that is not there is named."""
    name, content = write(index)
    (project / name).write_text(content)
    settings = project / "serverless.yml"

    settings.write_text(SETTINGS + "    lbundle:\n      groups: [dev]\n")
    with_group, _ = build(project, index)
    settings.write_text(SETTINGS + "    lbundle:\n      groups: [docs]\n")
    without, _ = build(project, index)

    assert (with_group.code, with_group.stderr.count("Fetching 3 packages")) == (0, 1)
    assert without.code == 3
    assert f"error: `{name}` has no group `docs`" in without.stderr

"""An index that misbehaves ends a build with code 3 and one clear error, or does no harm."""

import json

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.index_server import IndexServer
from tests.support.wheels import digest_of, make_wheel

APP = "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n"
PAGE = "/simple/greeter/"
FILE = "/files/greeter-1.0-py3-none-any.whl"


@pytest.fixture
def index():
    with IndexServer() as server:
        yield server


@pytest.fixture
def wheel(index, tmp_path):
    return index.add(make_wheel(tmp_path / "index", "greeter", "1.0", {"greeter.py": "WORD = 'hello'\n"}), "greeter")


@pytest.fixture
def project(tmp_path, wheel):
    pins = f"greeter==1.0 --hash=sha256:{digest_of(wheel)}\n"
    files = {"serverless.yml": service_settings(hello="app.hello"), "app.py": APP, "requirements.txt": pins}
    return write_project(tmp_path / "shop", files)


def build(project, index):
    online = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": index.url}
    return run_lbundle(project, "build", PIP_RETRIES="1", PIP_TIMEOUT="0.5", **online)


def unreachable(path, reason, times):
    settings = "`index-url`, `proxy`, `cert`, `timeout`, `retries`"
    return (
        f"`{{host}}{path}` cannot be fetched: {reason}\n\n"
        f"hint: asked {times}; pip's own settings count here too: {settings}\n"
    )


@pytest.mark.parametrize("command", ["build", "lock"])
def test_variable_that_is_not_set(project, command):
    """An index whose address lacks a variable is an error that names it, with its line."""
    name = "requirements.in" if command == "lock" else "requirements.txt"
    (project / name).write_text("\n--index-url http://127.0.0.1:9/${NOBODY_SETS_THIS}/\ngreeter==1.0\n")

    ended = run_lbundle(project, command, PIP_RETRIES="0", PIP_NO_INDEX="", PIP_FIND_LINKS="")

    assert ended.code == 3
    assert f"hint: `${{NOBODY_SETS_THIS}}` at `{name}` line 2 is not set\n" in ended.stderr


@pytest.mark.parametrize(
    ("lock", "content", "hint"),
    [
        (
            "Pipfile.lock",
            (
                '{"_meta": {"sources": [{"name": "a", "url": "http://127.0.0.1:9/$NOBODY_SETS_THIS"}]}, '
                '"default": {"greeter": {"version": "==1.0"}}}'
            ),
            "`$NOBODY_SETS_THIS` in `Pipfile.lock` is not set",
        ),
        (
            "pdm.lock",
            (
                '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\n'
                '[[package]]\nname = "greeter"\nversion = "1.0"\ngroups = ["default"]\nfiles = []\n'
            ),
            "`${NOBODY_SETS_THIS}` in `pyproject.toml` is not set",
        ),
    ],
)
def test_variable_of_a_source_that_is_not_set(project, lock, content, hint):
    """The sources of project managers may name variables too."""
    (project / "requirements.txt").unlink()
    (project / lock).write_text(content)
    source = '[[tool.pdm.source]]\nname = "pypi"\nurl = "http://127.0.0.1:9/${NOBODY_SETS_THIS}"\n'
    (project / "pyproject.toml").write_text(source)

    ended = run_lbundle(project, "build", PIP_RETRIES="0", PIP_NO_INDEX="", PIP_FIND_LINKS="")

    assert ended.code == 3
    assert f"hint: {hint}\n" in ended.stderr


@pytest.mark.parametrize(
    ("path", "fault", "error"),
    [
        (PAGE, "404", "`greeter==1.0` is on no index\n\nhint: looked in: {host}/simple\n"),
        (FILE, "404", unreachable(FILE, "status 404", "once")),
        (PAGE, "500", unreachable(PAGE, "status 500", "2 times")),
        (FILE, "500", unreachable(FILE, "status 500", "2 times")),
        (PAGE, "garbage", unreachable(PAGE, "it is no page of an index", "once")),
        (PAGE, "circle", unreachable(PAGE, "Exceeded maximum allowed redirects", "2 times")),
        (FILE, "circle", unreachable(FILE, "Exceeded maximum allowed redirects", "2 times")),
        (FILE, "trickle", unreachable(FILE, "timed out", "2 times")),
    ],
)
def test_faults(project, index, path, fault, error):
    """A fault that stays ends the build with an error that names the address and what went wrong."""
    index.faults[path] = [fault] * 2

    ended = build(project, index)

    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr.partition("error: ")[2] == error.format(host=f"http://{index.host}")


def test_truncated(project, index):
    """A file that ends too early, twice, is an error that says how much came."""
    index.faults[FILE] = ["truncate"] * 2

    ended = build(project, index)

    assert ended.code == 3
    assert f"error: `http://{index.host}{FILE}` cannot be fetched: peer closed connection" in ended.stderr


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize("has_hashes", [True, False])
def test_other_bytes(project, index, wheel, is_json, has_hashes):
    """A file that is not the promised one is refused, whether the page has hashes or the lock alone."""
    index.is_json, index.has_hashes = is_json, has_hashes
    index.faults[FILE] = ["replace"]

    ended = build(project, index)

    assert (ended.code, ended.stdout) == (3, "")
    assert ended.stderr.partition("error: ")[2].splitlines()[:4] == [
        f"`{wheel.name}` is not the file that was promised",
        "",
        f"hint: it came from `http://{index.host}{FILE}`",
        f"hint: expected sha256:{digest_of(wheel)}",
    ]


@pytest.mark.parametrize("fault", ["", "500", "truncate"])
@pytest.mark.parametrize(("is_json", "has_hashes"), [(True, True), (False, False)])
def test_harmless(project, index, wheel, fault, is_json, has_hashes):
    """A fault that passes, and a page of HTML without hashes, do no harm; a yanked file is used and told."""
    index.is_json, index.has_hashes = is_json, has_hashes
    index.attributes[wheel.name] = {"yanked": "it was broken"}
    index.faults |= {PAGE: [fault] if fault == "500" else [], FILE: [fault] if fault else []}

    ended = build(project, index)

    metafile = json.loads((project / ".lbundle" / "hello.json").read_text())
    assert ended.code == 0
    assert metafile["warnings"] == [
        "`greeter==1.0` is withdrawn from its index, and used as the lock asks for it: it was broken"
    ]

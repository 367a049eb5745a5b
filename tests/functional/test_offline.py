"""`--offline`: the cache alone, and clear words where it is not enough."""

import shutil

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project
from tests.support.index_server import IndexServer
from tests.support.wheels import digest_of, make_wheel

SETTINGS = service_settings(hello="app.hello")


@pytest.fixture
def index(tmp_path):
    with IndexServer() as server:
        for name in ("greeter", "words"):
            server.add(make_wheel(tmp_path / "index", name, "1.0", {f"{name}.py": "WORD = 'hello'\n"}), name)
        yield server


@pytest.fixture
def project(tmp_path):
    return write_project(
        tmp_path / "shop",
        {
            "serverless.yml": SETTINGS,
            "requirements.txt": "greeter==1.0\nwords==1.0\n",
            "app.py": "import greeter, words\n\n\ndef hello(event, context):\n    return greeter.WORD\n",
        },
    )


@pytest.fixture
def run(project, index, tmp_path):
    """Run a command with the index as its only one and a cache of the test's own."""

    def run(*arguments):
        index.requests.clear()
        return run_lbundle(
            project,
            *arguments,
            PIP_NO_INDEX="",
            PIP_FIND_LINKS="",
            PIP_INDEX_URL=index.url,
            LBUNDLE_CACHE_DIR=str(tmp_path / "cache"),
            UV_CACHE_DIR=str(tmp_path / "uv-cache"),
        )

    return run


def test_from_the_cache(run, project, index):
    """What was built once is built again, traced and explained without asking anybody."""
    online = run("build")
    content = (project / ".lbundle/hello.zip").read_bytes()
    shutil.rmtree(project / ".lbundle")

    offline = run("build", "--offline")

    assert (online.code, offline.code, index.requests) == (0, 0, [])
    assert (project / ".lbundle/hello.zip").read_bytes() == content
    assert run("trace", "hello", "--offline").code == 0
    assert run("why", "hello", "words", "--offline").code == 0
    assert index.requests == []


def test_all_that_is_missing(run, index):
    """What the cache lacks is told at once, for every pin, and nobody is asked."""
    ended = run("build", "--offline")

    assert (ended.code, index.requests) == (3, [])
    assert ended.stderr.splitlines()[2:] == [
        "error: the cache lacks 2 things, and `--offline` asks nobody",
        "",
        f"hint: missing: `{index.url}/greeter/`",
        f"hint: missing: `{index.url}/words/`",
        "hint: run it once without `--offline`",
    ]


def test_file_that_is_missing(run, project, index, tmp_path):
    """A file that the cache has under the lock's hash will do for another lock; one that it lacks is named."""
    run("build")
    digests = {path.name.partition("-")[0]: digest_of(path) for path in index.files}
    index.add(make_wheel(tmp_path / "index", "more", "1.0"), "more")
    (project / "requirements.txt").write_text(
        "".join(f"{name}==1.0 --hash=sha256:{digest}\n" for name, digest in digests.items())
        + f"more==1.0 --hash=sha256:{'0' * 64}\n"
    )

    ended = run("build", "--offline")

    assert (ended.code, index.requests) == (3, [])
    assert ended.stderr.splitlines()[2:] == [
        "error: the cache lacks something, and `--offline` asks nobody",
        "",
        f"hint: missing: `{index.url}/more/`",
        "hint: run it once without `--offline`",
    ]


def test_versions_that_were_never_found(run, project, index):
    """Requirements without versions are compiled offline only if that was done before."""
    (project / "requirements.txt").write_text("greeter\nwords\n")

    before = run("build", "--offline")
    run("build")
    after = run("build", "--offline")

    assert (before.code, after.code, index.requests) == (3, 0, [])
    assert f"hint: missing: versions for `requirements.txt` on {RUNTIME} on x86_64" in before.stderr


def test_lock(run, project, index):
    """A lock is written from what uv and we have kept of the index."""
    (project / "requirements.in").write_text("greeter\n")
    before = run("lock", "--offline", "--resolver", "uv")
    run("lock", "--resolver", "uv")
    written = (project / "requirements.txt").read_text()
    (project / "requirements.txt").unlink()

    after = run("lock", "--offline", "--resolver", "uv")

    assert (before.code, after.code, index.requests) == (3, 0, [])
    assert (project / "requirements.txt").read_text() == written

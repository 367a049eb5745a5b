"""Requirements that pin only what the project imports itself: the rest is found, as pip would."""

import json
import zipfile

import pytest

from bundler.model.wheels import Resolver
from bundler.resolve.resolvers import choose_resolver
from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project
from tests.support.wheels import digest_of, make_wheel

TARGET = f"{RUNTIME} on x86_64"


@pytest.fixture
def project(tmp_path):
    """A service that pins `one`, which needs `two`, which needs `three`."""
    make_wheel(tmp_path / "wheels", "one", "1.0", {"one.py": "import two\n"}, requires=["two<3"])
    make_wheel(tmp_path / "wheels", "two", "2.0", {"two.py": "import three\n"}, requires=["three"])
    make_wheel(tmp_path / "wheels", "three", "1.0", {"three.py": ""})
    files = {
        "serverless.yml": service_settings(hello="app.hello"),
        "requirements.txt": "one==1.0\n",
        "app.py": "import one\nhello = print\n",
    }
    return write_project(tmp_path / "shop", files)


def warnings_in(project):
    return json.loads((project / ".lbundle" / "hello.json").read_text())["warnings"]


def modules_in(project):
    with zipfile.ZipFile(project / ".lbundle" / "hello.zip") as archive:
        names = {name for name in archive.namelist() if "/" not in name and not name.startswith("_lbundle_")}
    return {name.removesuffix(".pyc") for name in names} - {"app.py"}


def test_the_rest_is_found(project):
    """What pinned packages need ships too, in a version that will do; the build says so, and stays with it."""
    note = (
        f"`requirements.txt` does not pin `two`, which its packages need: compiled for {TARGET} by "
        f"{choose_resolver(Resolver.AUTO)}; `lbundle lock` writes it down"
    )

    first = run_lbundle(project, "build")
    make_wheel(project.parent / "wheels", "two", "2.5", {"two.py": "import three\n"}, requires=["three"])
    again = run_lbundle(project, "build")

    assert (first.code, again.code) == (0, 0)
    assert modules_in(project) == {"one", "two", "three"}
    assert warnings_in(project) == [note]
    assert "unchanged" in again.stdout


def test_nothing_to_find_it_in(project):
    """What no index has is an error that names it, as a zip without it could not run."""
    (project.parent / "wheels" / "three-1.0-py3-none-any.whl").unlink()

    ended = run_lbundle(project, "build")

    assert ended.code == 3
    assert "three" in ended.stderr
    assert not (project / ".lbundle" / "hello.zip").exists()


def test_offline(project):
    """Offline, what the cache lacks is named."""
    cache = {"LBUNDLE_CACHE_DIR": str(project.parent / "cache")}
    (project / "requirements.txt").write_text("one==1.0\ntwo==2.0\n")
    online = run_lbundle(project, "build", **cache)
    (project / "requirements.txt").write_text("one==1.0\n")

    ended = run_lbundle(project, "build", "--offline", **cache)

    assert (online.code, ended.code) == (0, 3)
    assert f"versions for `requirements.txt` on {TARGET}" in " ".join(ended.stderr.split())


def test_lock_with_hashes_is_complete(project):
    """With hashes a lock is law: pip would refuse to add to it, and so nothing is looked for."""
    digest = digest_of(project.parent / "wheels" / "one-1.0-py3-none-any.whl")
    (project / "requirements.txt").write_text(f"one==1.0 --hash=sha256:{digest}\n")

    ended = run_lbundle(project, "build")

    assert ended.code == 0
    assert modules_in(project) == {"one"}
    assert "`one` needs what the lock does not name: `two`" in warnings_in(project)


@pytest.mark.parametrize(
    ("external", "expected"), [("", set()), ("[]", {"boto3", "botocore"}), ("[other]", {"boto3", "botocore"})]
)
def test_boto3_ships_with_its_kin(project, external, expected):
    """Where boto3 is not left to the runtime, what it needs comes with it: half of the family would not run."""
    make_wheel(project.parent / "wheels", "boto3", "9.0", {"boto3.py": "import botocore\n"}, requires=["botocore"])
    make_wheel(project.parent / "wheels", "botocore", "9.0", {"botocore.py": ""})
    (project / "requirements.txt").write_text("boto3==9.0\n")
    (project / "app.py").write_text("import boto3\nhello = print\n")
    if external:
        with (project / "serverless.yml").open("a") as settings:
            settings.write(f"custom:\n  lbundle:\n    external: {external}\n")

    ended = run_lbundle(project, "build")

    assert ended.code == 0, ended.stderr
    assert modules_in(project) == expected

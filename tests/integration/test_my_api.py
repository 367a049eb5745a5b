"""The sample service, built through the command line and run as Lambda would run it."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.builds import build, choose_python, install_plainly
from tests.support.isolated import runtime_packages, unzip
from tests.support.my_api import HANDLERS, OWN_FOLDERS, PROJECT, SETTINGS, answer_event, read_event, same_world

pytestmark = [pytest.mark.network, pytest.mark.slow]

RUNTIME_FAMILY = {"boto3", "botocore", "s3transfer", "jmespath"}
REFUSE_COMPILING = Path(__file__).parents[1] / "support" / "refuse_compiling.py"
USER_ID = "6f1c2a52-3f0e-4a7d-9a53-1f6d4f0f3c11"
UNCHECKED_HASH = 0b01


@pytest.fixture(scope="session")
def target():
    return choose_python()


@pytest.fixture(scope="session")
def packages(target):
    return runtime_packages(target.path)


@pytest.fixture(scope="session")
def built_twice(target, tmp_path_factory):
    """Two copies of the project in two folders, the first built with an empty cache, the second with a full one."""
    work = tmp_path_factory.mktemp("my-api")
    outputs = []
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LBUNDLE_CACHE_DIR", str(work / "cache"))
        for name in ("one", "another/deeper"):
            project = shutil.copytree(PROJECT, work / name, ignore=shutil.ignore_patterns(".lbundle", "__pycache__"))
            outputs.append(work / f"{Path(name).name}-output")
            build(project, outputs[-1], "--runtime", target.runtime)
    return outputs


@pytest.fixture(scope="session")
def bundles(built_twice, tmp_path_factory):
    """Each function's zip, and the folder it alone was unzipped into."""
    folder = tmp_path_factory.mktemp("unzipped")
    return {
        name: (built_twice[0] / f"{name}.zip", unzip(built_twice[0] / f"{name}.zip", folder / name))
        for name in HANDLERS
    }


@pytest.fixture(scope="session")
def full_install(target, tmp_path_factory):
    return install_plainly(PROJECT, tmp_path_factory.mktemp("full") / "task", target.path, OWN_FOLDERS)


def names_in(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def read_metafile(archive: Path) -> dict[str, Any]:
    return json.loads(archive.with_suffix(".json").read_text(encoding="utf-8"))


def top_levels(archive: Path) -> set[str]:
    """Return what stands at the zip's root, metadata aside: `numpy.libs` is `numpy`.

    Metadata of a package that is not there ships alone, where code asks for that of all.
    """
    tops = {name.split("/")[0] for name in names_in(archive)}
    return {top.split(".")[0].lower() for top in tops if not top.endswith(".dist-info")}


def request(function: str, **changes):
    """Return a function's HTTP event with other values; a dictionary changes only its keys."""
    event = read_event(function)
    for key, value in changes.items():
        event[key] = {**event[key], **value} if isinstance(value, dict) and key in event else value
    return event


def public(method: str, path: str, query: dict[str, str] | None = None, body: object = None):
    http = {**read_event("publicApi")["requestContext"]["http"], "method": method, "path": path}
    return request(
        "publicApi",
        rawPath=path,
        rawQueryString=urlencode(query or {}),
        requestContext={"http": http},
        body=None if body is None else json.dumps(body),
    )


NEW_USER = {"name": "Grace Hopper", "email": "taken@example.com", "country": "GB"}

OTHER_EVENTS = {
    "address is taken": ("createUser", request("createUser", body=json.dumps(NEW_USER))),
    "user is not valid": ("createUser", request("createUser", body=json.dumps({"email": "@", "country": "XX"}))),
    "body is no JSON": ("createUser", request("createUser", body="{")),
    "user is unknown": ("getUser", request("getUser", pathParameters={"id": USER_ID.replace("6", "7")})),
    "id is no id": ("getUser", request("getUser", pathParameters={"id": "7"})),
    "countries by name": ("publicApi", public("GET", "/v1/countries", {"starts_with": "S"})),
    "no such country": ("publicApi", public("GET", "/v1/countries/XX")),
    "no such path": ("publicApi", public("GET", "/v2")),
    "quote is not valid": ("publicApi", public("POST", "/v1/quotes", body={"amount": "-1"})),
    "schema": ("publicApi", public("GET", "/openapi.json")),
    "documentation": ("publicApi", public("GET", "/docs")),
    "health": ("publicApi", public("GET", "/health")),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_bundle_answers_as_the_full_install(name, bundles, full_install, target, packages):
    """Alone and read-only, a bundle gives the same answer and asks the world for the same things."""
    circumstances = {"python": target.path, "runtime_packages": packages}

    expected = answer_event(name, full_install, **circumstances)
    found = answer_event(name, bundles[name][1], **circumstances)

    assert expected.run.error is None
    assert found.visible == expected.visible


def test_lbundle_proves_it(tmp_path, monkeypatch):
    """`lbundle prove` finds every event of the service proved, with a database and a server that stands in for AWS."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    project = shutil.copytree(PROJECT, tmp_path / "my-api", ignore=shutil.ignore_patterns(".lbundle", "__pycache__"))
    with same_world() as (postgres, aws):
        variables = {**SETTINGS, "DATABASE_URL": postgres.url}
        words = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
        command = [sys.executable, "-m", "bundler", "prove", "--project", project, "--endpoint", aws.url, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{len(HANDLERS)} proved")


@pytest.mark.parametrize("case", OTHER_EVENTS)
def test_bundle_answers_other_events_as_the_full_install(case, bundles, full_install, target, packages):
    """What runs for a refusal, an empty answer or another route is there as well."""
    name, event = OTHER_EVENTS[case]
    circumstances = {"python": target.path, "runtime_packages": packages, "event": event}

    expected = answer_event(name, full_install, **circumstances)
    found = answer_event(name, bundles[name][1], **circumstances)

    assert expected.run.error is None
    assert found.visible == expected.visible


@pytest.mark.parametrize("name", HANDLERS)
def test_bundle_imports_without_compiling(name, bundles, target, packages):
    """Every module has bytecode that the target's interpreter accepts: the answer is the same when none may compile."""
    task_root = bundles[name][1]
    circumstances = {"python": target.path, "runtime_packages": packages}

    expected = answer_event(name, task_root, **circumstances)
    found = answer_event(name, task_root, **circumstances, prelude=REFUSE_COMPILING)

    assert expected.run.error is None
    assert found.visible == expected.visible


def test_compiling_is_refused_where_bytecode_is_stale(full_install, target, packages):
    """The test above can fail: the full install's own code has no bytecode."""
    found = answer_event(
        "getUser",
        full_install,
        python=target.path,
        runtime_packages=packages,
        prelude=REFUSE_COMPILING,
    )

    assert "has no bytecode that is accepted" in found.run.error


@pytest.mark.parametrize("name", HANDLERS)
def test_bytecode_is_unchecked_and_the_targets(name, bundles, target):
    """Every `.pyc` has the target's magic number and is never compared with a source, whose date the zip changes."""
    command = [target.path, "-c", "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())"]
    magic = bytes.fromhex(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    with zipfile.ZipFile(bundles[name][0]) as archive:
        headers = {path: archive.read(path)[:8] for path in archive.namelist() if path.endswith(".pyc")}

    assert headers == dict.fromkeys(headers, magic + UNCHECKED_HASH.to_bytes(4, "little"))
    assert f"handlers/__pycache__/{HANDLERS[name].split('.')[-2].split('/')[-1]}" in "\n".join(headers)


@pytest.mark.parametrize("name", HANDLERS)
def test_bundle_holds_nothing_that_never_runs(name, bundles):
    """The runtime's boto3 family, tests, stubs and files that `package.patterns` leaves out do not ship."""
    archive = bundles[name][0]
    own = {path.split("/")[0] for path in names_in(archive)} & {path.name for path in PROJECT.iterdir()}
    # A release of NumPy imports a module of its tests in a module that is no test.
    unasked = {file["path"] for file in read_metafile(archive)["files"] if file["cause"]["kind"] != "import"}
    tests = {path for path in unasked if {"tests", "test", "conftest.pyc"} & set(path.split("/"))}

    assert own <= set(OWN_FOLDERS)
    assert top_levels(archive) & RUNTIME_FAMILY == set()
    assert tests == set()
    assert [path for path in names_in(archive) if path.endswith((".pyi", ".pyx", ".h", ".c"))] == []


@pytest.mark.parametrize("name", HANDLERS)
def test_bundle_holds_only_its_own_handler(name, bundles):
    """Another function's module stays out, whatever `package.patterns` admits."""
    modules = {path.split("/")[-1].split(".")[0] for path in names_in(bundles[name][0]) if path.startswith("handlers/")}

    assert modules == {"__init__", HANDLERS[name].replace("/", ".").split(".")[1]}


@pytest.mark.parametrize("name", HANDLERS)
def test_metafile_describes_the_zip(name, bundles, target):
    """The file beside a zip has its digests, its size and every file in it, and says what it was built for."""
    archive = bundles[name][0]
    digest = hashlib.sha256(archive.read_bytes())
    metafile = read_metafile(archive)

    assert (metafile["runtime"], metafile["architecture"]) == (target.runtime, "x86_64")
    assert metafile["handler"] == HANDLERS[name].replace("/", ".")
    assert metafile["zip"]["bytes"] == archive.stat().st_size
    assert metafile["zip"]["sha256"] == digest.hexdigest()
    assert metafile["zip"]["code_sha256"] == base64.b64encode(digest.digest()).decode()
    assert [file["path"] for file in metafile["files"]] == names_in(archive)
    assert {"size", "owner", "cause"} <= set.intersection(*(set(file) for file in metafile["files"]))


def test_heavy_packages_ship_where_they_are_used(bundles):
    """Of pandas, Pillow, psycopg and FastAPI each function carries its own alone."""
    heavy = {"pandas", "pil", "psycopg", "fastapi"}

    carried = {name: top_levels(archive) & heavy for name, (archive, _) in bundles.items()}

    assert carried == {
        "createUser": {"psycopg"},
        "getUser": {"psycopg"},
        "processPayment": set(),
        "dailyReport": {"pandas"},
        "processUpload": {"pil"},
        "auditLog": set(),
        "publicApi": {"fastapi"},
    }


def test_same_input_gives_the_same_bytes(built_twice):
    """Neither the project's folder nor what the cache holds shows in a zip."""
    first, second = ({name: (output / f"{name}.zip").read_bytes() for name in HANDLERS} for output in built_twice)

    assert [name for name in HANDLERS if first[name] != second[name]] == []

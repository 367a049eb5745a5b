"""`lbundle prove` on a small service: which events it takes, what it says, and how it ends."""

import os
import xml.etree.ElementTree as ET
import zipfile

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, write_project
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

SETTINGS = f"""\
service: shop
provider: {{name: aws, runtime: {RUNTIME}}}
functions:
  list:
    handler: app.list_pets
  bad:
    handler: app.list_pets
    lbundle: {{exclude-modules: [pets.cats], exclude: ['pets/cats.txt']}}
  clock:
    handler: app.clock
    lbundle:
      prove: {{ignore: ['$.answer.now']}}
  moves:
    handler: app.clock
  fails:
    handler: app.fail
    lbundle:
      events: ['other/*.json']
      prove: {{expect: {{right.json: KeyError}}}}
  calls:
    handler: app.call
  queue:
    handler: app.first
    events: [{{sqs: jobs}}]
"""
APP = """\
import os, time
import pets

def list_pets(event, context):
    return pets.load(event["kind"])

def clock(event, context):
    return {"now": time.time(), "zone": "UTC"}

def fail(event, context):
    return event["missing"]

def first(event, context):
    return event["Records"][0]["eventSourceARN"]

def call(event, context):
    return os.environ["AWS_ENDPOINT_URL"]
"""
PETS = """\
from importlib.resources import files

def load(kind):
    if kind == "cats":
        from pets.cats import NAMES
        return [*NAMES, files("pets").joinpath("cats.txt").read_text()]
    return [kind]
"""
EVENTS = {
    "events/list.json": '{"kind": "dogs"}',
    "events/list.cats.json": '{"kind": "cats"}',
    "events/list/more.json": '{"kind": "hens"}',
    "events/listing.json": "{",
    "events/bad.json": '{"kind": "cats"}',
    "events/clock.json": "{}",
    "events/moves.json": "{}",
    "other/right.json": "{}",
    "other/wrong.json": "{}",
    "events/calls.json": "{}",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prove")
    files = {"pets/__init__.py": PETS, "pets/cats.py": "NAMES = ['Tom']\n", "pets/cats.txt": "Kitty"}
    make_wheel(folder / "wheels", "pets", "1.0", files)
    return write_project(
        folder / "shop", {"serverless.yml": SETTINGS, "requirements.txt": "pets==1.0\n", "app.py": APP, **EVENTS}
    )


def prove(project, *words, **environment):
    cache = {"LBUNDLE_CACHE_DIR": str(project.parent / "cache")}
    return run_lbundle(project, "prove", *words, **cache, **environment)


def test_proved(project):
    """All files of a function's events are taken, whichever way they are called, and no other's."""
    ended = prove(project, "list", "clock")

    assert ended.code == 0
    assert ended.stdout == (
        "list   events/list.cats.json  proved\n"
        "list   events/list.json       proved\n"
        "list   events/list/more.json  proved\n"
        "clock  events/clock.json      proved\n"
        "\n4 proved\n"
    )


def test_different(project):
    """A bundle that lacks a module fails; the module is named with what keeps it."""
    ended = prove(project, "bad")

    assert ended.code == 8
    assert ended.stdout.startswith("bad  events/bad.json  different\n    `$.error` is null with the full install and ")
    assert (
        "\n    the bundle lacks `pets/cats.py`: no import leads to it; to keep it: add `pets.cats` to " in ended.stdout
    )
    assert "\n    the bundle lacks `pets/cats.txt`: the settings exclude it; to keep it: add " in ended.stdout
    assert ended.stdout.endswith("\n1 different\n")


@pytest.mark.parametrize(
    ("function", "option", "word"),
    [("moves", "--allow-unsteady", "unsteady"), ("fails", "--allow-unproven", "unproven")],
)
def test_what_proves_nothing(project, function, option, word):
    """An answer that moves and an error that both give fail too, unless they are let pass."""
    ended = prove(project, function)

    assert ended.code == 8
    assert f"  {word}\n    " in ended.stdout
    assert prove(project, function, option).code == 0


def test_expected_errors(project):
    """The settings name events and errors that are right answers."""
    lines = prove(project, "fails").stdout.splitlines()

    assert lines[:2] == ["fails  other/right.json  proved", "fails  other/wrong.json  unproven"]
    assert lines[2].startswith("    both end in KeyError: 'missing' (")


def test_without_events(project):
    """A function that has none gets one of its first trigger, and a note says so."""
    ended = prove(project, "queue")

    assert (ended.code, ended.stdout) == (0, "queue  --event-template  proved\n\n1 proved\n")
    assert (
        "note: `queue` has no events, so one of its first trigger stands for them: `lbundle event queue`"
        in ended.stderr
    )


def test_endpoint(project):
    """A server that stands in for AWS is told to both."""
    assert prove(project, "calls", "--endpoint", "http://127.0.0.1:5000").code == 0
    assert prove(project, "calls").code == 8


def test_forms(project, tmp_path):
    """CI systems get a test case for each function, or annotations of the settings."""
    report = tmp_path / "report.xml"

    assert prove(project, "list", "bad", "--format", "junit", "--output", str(report)).code == 8
    github = prove(project, "moves", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=os.devnull)

    cases = {case.get("name"): [child.tag for child in case] for case in ET.parse(report).iter("testcase")}
    assert cases == {"list": [], "bad": ["failure"]}
    assert "\n::error file=serverless.yml,line=1,title=moves%3A proof-unsteady::events/moves.json is unsteady; " in (
        github.stdout
    )


def test_the_zip_that_is_there(project):
    """With `--no-build` a zip is proved that was made before, without it a good one is made first."""
    run_lbundle(project, "build", "--function", "list")
    zip_path = project / ".lbundle" / "list.zip"
    with zipfile.ZipFile(zip_path) as whole:
        kept = {name: whole.read(name) for name in whole.namelist() if "cats.py" not in name}
    with zipfile.ZipFile(zip_path, "w") as broken:
        for name, content in kept.items():
            broken.writestr(name, content)

    ended = prove(project, "list", "--no-build")

    assert (ended.code, ended.stdout.splitlines()[-1]) == (8, "2 proved, 1 different")
    assert "the bundle lacks `pets/cats.py`: the build put it into the zip, and it is not there\n" in ended.stdout
    assert prove(project, "list").code == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("events: ['nowhere/*.json']", "error: `list` has no events: nothing fits `nowhere/*.json`"),
        ("prove: {ignore: [answer]}", "`answer` is not a path such as `$.answer.items[*].id` or `$..createdAt`"),
        ("prove: {skip: x}", "unknown key"),
        ("events: [listing.json]", "error: the event in `listing.json` is not JSON: "),
    ],
)
def test_mistakes(tmp_path, settings, message):
    """What is wrong with events or settings is told before anything runs."""
    text = f"service: s\nprovider: {{name: aws, runtime: {RUNTIME}}}\ncustom: {{lbundle: {{{settings}}}}}\n"
    files = {"serverless.yml": f"{text}functions: {{list: {{handler: app.f}}}}\n", "app.py": "def f(e, c): ...\n"}
    write_project(tmp_path / "shop", {**files, "requirements.txt": "", "listing.json": "{"})

    ended = prove(tmp_path / "shop")

    assert (ended.code, ended.stdout) == (2, "")
    assert message in ended.stderr


LAYERED = f"""\
service: shop
provider: {{name: aws, runtime: {RUNTIME}}}
layers:
  deps:
    lbundle: {{requirements: layer.txt, exclude: ['pets/cats.txt']}}
functions:
  list:
    handler: app.list_pets
    layers: [!Ref DepsLambdaLayer]
"""


def test_what_a_layer_lacks(tmp_path):
    """The full install has its layers in full: what one of lbundle's lacks is a difference, and named."""
    files = {"pets/__init__.py": PETS, "pets/cats.py": "NAMES = ['Tom']\n", "pets/cats.txt": "Kitty"}
    make_wheel(tmp_path / "wheels", "pets", "1.0", files)
    project = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": LAYERED,
            "layer.txt": "pets==1.0\n",
            "requirements.txt": "pets==1.0\n",
            "app.py": APP,
            "events/list.json": '{"kind": "dogs"}',
            "events/list.cats.json": '{"kind": "cats"}',
        },
    )

    ended = prove(project)

    assert ended.code == 8
    assert "list  events/list.json       proved\n" in ended.stdout
    assert (
        "the bundle lacks `/opt/python/pets/cats.txt`: the settings exclude it; to keep it: add `!pets/cats.txt` at "
        "the end of `exclude` in the options of the layer\n"
    ) in ended.stdout

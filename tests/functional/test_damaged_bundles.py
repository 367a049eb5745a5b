"""Finished zips and metafiles that are not as a build left them: every command says so in one error, with its code."""

import contextlib
import io
import json
import random
import zipfile
from pathlib import Path

import pytest
import typer

from bundler import build
from bundler.cli import app
from bundler.errors import BundleError
from tests.support.command_line import RUNTIME, write_project

SETTINGS = f"service: shop\nprovider: {{name: aws, runtime: {RUNTIME}}}\nfunctions: {{hello: {{handler: app.hello}}}}\n"
DOCUMENTED = {0, 2, 6, 7, 8}
READERS = (
    ("verify", "out/hello.zip"),
    ("report", "--folder", "out"),
    ("report", "--folder", "out", "--format", "html"),
    ("diff", "good", "out"),
    ("diff", "out", "good/hello.zip"),
    ("check", "--against", "out/hello.zip", "--folder", "built"),
    ("unpack", "out/hello.zip"),
)
INVOKE = ("invoke", "hello", "--folder", "out", "--offline", "--timeout", "20", "--data", "{}")


@pytest.fixture(scope="module")
def _built(tmp_path_factory):
    """Build once; tests put what they need into the folder `out` of the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        files = {
            "serverless.yml": SETTINGS,
            "app.py": "def hello(event, context):\n    return 1\n",
            "data/a.txt": "a" * 99,
        }
        project = write_project(tmp_path_factory.mktemp("shop"), files)
        build(project, output=project / "good")
    return project


@pytest.fixture
def bundle(_built, monkeypatch):
    """Return how to put a zip and a metafile into `out`, the right ones where none are given."""
    monkeypatch.chdir(_built)
    good = {name: (_built / "good" / f"hello.{name}").read_bytes() for name in ("zip", "json")}

    def put(**contents):
        (_built / "out").mkdir(exist_ok=True)
        for name, content in {**good, **contents}.items():
            (_built / "out" / f"hello.{name}").write_bytes(content)

    put.zip, put.json = good["zip"], good["json"]
    return put


def ask(*arguments):
    """Run a command in this process; return its exit code, and what it said as an error."""
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            app(arguments, standalone_mode=False)
        except BundleError as error:
            return error.exit_code, error.message
        except typer.Exit as end:
            return end.exit_code, ""
    return 0, ""


def flip(content, chance):
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 1, 8))):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut(content, chance):
    return content[: chance.randrange(len(content))]


def overwrite(content, chance):
    start = chance.randrange(len(content))
    return content[:start] + chance.randbytes(chance.randrange(1, 40)) + content[start + 20 :]


DAMAGES = (flip, flip, cut, overwrite)


@pytest.mark.parametrize("command", READERS, ids=" ".join)
@pytest.mark.parametrize("name", ["zip", "json"])
def test_random_damage(bundle, command, name):
    """Whatever bytes a zip or a metafile has, a command ends with a code that the documentation names."""
    chance = random.Random(f"{command} {name}")
    for _ in range(12):
        bundle(**{name: chance.choice(DAMAGES)(getattr(bundle, name), chance)})

        assert ask(*command)[0] in DOCUMENTED


@pytest.mark.parametrize("command", [*READERS[1:], INVOKE], ids=" ".join)
def test_metafile_that_is_cut_short(bundle, command):
    """A metafile that ends in its middle is an error of exit 2 that names it."""
    bundle(json=bundle.json[: len(bundle.json) // 2])

    code, said = ask(*command)

    assert code == 2
    assert said.startswith("the metafile `")
    assert "hello.json` cannot be read: it is no JSON: " in said


def test_fields_of_every_kind(bundle):
    """A field that is missing, or of another type, is an error of exit 2 in every command that reads the metafile."""
    document = json.loads(bundle.json)
    wrong = [{**document, key: value} for key in document for value in (None, 5, [None], {"a": 1}) if key != "sources"]
    lacking = [{name: value for name, value in document.items() if name != key} for key in ("zip", "files", "runtime")]
    for changed in (*wrong, *lacking):
        bundle(json=json.dumps(changed).encode())

        codes = {ask(*command)[0] for command in (READERS[0], READERS[1], READERS[3], READERS[6])}

        # Another schema makes it the JSON of something else; comments of the zip alone are compared then.
        assert codes == {2} or changed["schema"] != document["schema"] or changed == document, changed


def places(value, *path):
    """Yield the path of every value in JSON."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, *path, key)


def test_baseline_of_every_kind(bundle):
    """A committed file of sizes that anybody may have edited is read, or is an error of exit 2."""
    bundle()
    assert ask("baseline", "--folder", "built")[0] == 0
    document = json.loads(Path("lbundle-sizes.json").read_text(encoding="utf-8"))
    commands = (("check", "--folder", "built"), ("diff", "lbundle-sizes.json", "out", "--format", "html"))
    for path in list(places(document)):
        for value in (None, "x", -1, [1], {"a": None}):
            changed = json.loads(json.dumps({"": document}))
            holder = changed
            for key in ("", *path)[:-1]:
                holder = holder[key]
            holder[("", *path)[-1]] = value
            Path("lbundle-sizes.json").write_text(json.dumps(changed[""]), encoding="utf-8")

            assert {ask(*command)[0] for command in commands} <= {0, 2, 7}, (path, value)


def _zip(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, mode in members:
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.external_attr = name, mode << 16
            archive.writestr(entry, "x = 1\n")
    return content.getvalue()


def _encrypt(content):
    start = content.find(b"PK\x01\x02")
    damaged = bytearray(content)
    damaged[start + 8] |= 1
    damaged[6] |= 1
    return bytes(damaged)


def _with_method(content, method):
    start = content.find(b"PK\x01\x02")
    damaged = bytearray(content)
    damaged[start + 10 : start + 12] = damaged[8:10] = method.to_bytes(2, "little")
    return bytes(damaged)


UNUSABLE = {
    "empty": lambda _: b"",
    "no zip": lambda _: b"no zip at all" * 50,
    "cut": lambda good: good[:-30],
    "encrypted": _encrypt,
    "method 99": lambda good: _with_method(good, 99),
    "bzip2 that is none": lambda good: _with_method(good, 12),
    "LZMA that is none": lambda good: _with_method(good, 14),
    "long name": lambda _: _zip([("n" * 300, 0o100644)]),
    "a file that is a folder": lambda _: _zip([("a", 0o100644), ("a/b", 0o100644)]),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_zip_that_cannot_be_unpacked(bundle, kind):
    """A zip that cannot be unpacked is an error of exit 8 in `unpack` and `invoke`, and leaves nothing behind."""
    bundle(zip=UNUSABLE[kind](bundle.zip))

    for command in (READERS[6], INVOKE):
        code, said = ask(*command)

        assert (code, "hello.zip` cannot be unpacked: " in said) == (8, True)
    assert ask(*READERS[0])[0] in {0, 8}
    assert ask("diff", "out/hello.zip", "good/hello.zip")[0] in {0, 2}


@pytest.mark.parametrize("name", ["../../../slip.txt", "/slip.txt", "a/../../slip.txt"])
def test_zip_that_leads_out_of_its_folder(bundle, tmp_path, name):
    """Members never land outside the folder that a zip is unpacked to."""
    bundle(zip=_zip([("app.py", 0o100644), (name, 0o100644)]))

    code, _ = ask(*READERS[6])

    assert code == 0
    assert not list(tmp_path.parent.parent.glob("*/slip.txt"))

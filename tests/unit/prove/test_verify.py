"""`lbundle verify`: what a zip is held against, what is printed, and how it ends."""

import hashlib

import pytest
from typer.testing import CliRunner

from bundler.cli import app
from bundler.errors import BundleNotDescribedError, HandlerFormError, MetafileUnreadableError, UnknownArchitectureError
from bundler.model.report import Finding
from bundler.prove import verify_bundle
from bundler.runtimes import UnknownRuntimeError
from tests.support.elf import make_elf
from tests.support.metafiles import write_report

NOTHING = {"runtime": None, "architecture": None, "handler": None}
DESCRIBED = {"runtime": "python3.12", "architecture": "x86_64", "handler": "app.handle"}


def describe(path, **fields):
    return write_report(path, **{**DESCRIBED, **fields})


def run(*arguments):
    done = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return done.exit_code, done.stdout


def test_a_good_zip_ends_with_0(pack):
    """A zip that is as its metafile says is told so."""
    assert run(describe(pack({}))) == (0, "ok: hello\n")


def test_warnings_end_with_0(pack):
    """Warnings are printed and do not fail."""
    path = describe(pack({"a.so": make_elf(needed=("libGL.so.1",))}))

    warning = "`libGL.so.1` is neither in the zip nor known to be in python3.12, but needed by `a.so`"
    assert run(path) == (0, f"warning: hello: {warning} (elf-library)\n")


def test_an_error_ends_with_8(pack, tmp_path):
    """An error in any of the zips fails them all, after each has been checked."""
    good = describe(pack({})).rename(tmp_path / "good.zip")
    (tmp_path / "hello.json").rename(tmp_path / "good.json")
    bad = describe(pack({"a.so": make_elf("aarch64")}))

    assert run(bad, good) == (
        8,
        "error: hello: native code for another machine than x86_64: `a.so` (aarch64) (elf-machine)\nok: good\n",
    )


@pytest.mark.parametrize(
    ("option", "value", "name"),
    [
        ("--architecture", "arm64", "elf-machine"),
        ("--runtime", "python3.11", "elf-glibc"),
        ("--handler", "src/other.handle", "handler-missing"),
    ],
)
def test_options_stand_before_the_metafile(pack, option, value, name):
    """What is said on the command line is what the zip is held against."""
    path = describe(pack({"a.so": make_elf(needed=("libc.so.6",), versions=("GLIBC_2.34",))}))

    code, printed = run(path, option, value)

    assert run(path) == (0, "ok: hello\n")
    assert code == 8
    assert [line.rpartition("(")[2] for line in printed.splitlines()] == [f"{name})"]


def test_a_zip_without_a_metafile(pack):
    """Options can stand for the whole metafile; what neither says is an error that names it and the ways to say it."""
    path = pack({})

    assert verify_bundle(path, **DESCRIBED) == ()
    with pytest.raises(BundleNotDescribedError) as caught:
        verify_bundle(path, **{**DESCRIBED, "runtime": None, "handler": None})
    assert (caught.value.exit_code, caught.value.message) == (
        2,
        f"nothing says what `{path}` is built for: runtime, handler",
    )
    assert caught.value.hints == (
        "`hello.json` beside it would, as `lbundle build` writes it",
        "or say it: `--runtime`, `--handler`",
    )


@pytest.mark.parametrize("content", ["[]", '{"runtime": "python3.12"}', '{"schema": "other/1"}'])
def test_a_file_that_is_no_metafile(pack, content):
    """Another file of the metafile's name says nothing."""
    path = pack({})
    path.with_suffix(".json").write_text(content)

    with pytest.raises(BundleNotDescribedError):
        verify_bundle(path, **NOTHING)


def test_a_damaged_metafile(pack):
    """A metafile that cannot be read is an error, unless options say all that it would."""
    path = describe(pack({}))
    path.with_suffix(".json").write_bytes(path.with_suffix(".json").read_bytes()[:-10])

    assert verify_bundle(path, **DESCRIBED) == ()
    with pytest.raises(MetafileUnreadableError):
        verify_bundle(path, **{**DESCRIBED, "runtime": None})


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"runtime": "python2.7"}, UnknownRuntimeError, "`python2.7` is not a Python runtime of Lambda"),
        ({"architecture": "i386"}, UnknownArchitectureError, "`i386` is not an architecture of Lambda"),
        ({"handler": "handle"}, HandlerFormError, "`handle` is not of the form `folder/module.function`"),
        ({"handler": "app..handle"}, HandlerFormError, "`app..handle` is not of the form `folder/module.function`"),
    ],
)
def test_what_lambda_does_not_have(pack, fields, error, message):
    """A runtime, an architecture or a handler that cannot be is an error of the settings, not of the zip."""
    path = pack({})

    with pytest.raises(error) as caught:
        verify_bundle(path, **{**DESCRIBED, **fields})
    assert (caught.value.exit_code, caught.value.message) == (2, message)


def test_a_metafile_of_another_zip(pack):
    """A metafile that was written for other bytes is a warning with both digests."""
    path = describe(pack({}), zip={"sha256": "abc"})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    assert verify_bundle(path, **NOTHING) == (
        Finding(
            name="metafile-stale",
            level="warning",
            function="hello",
            message=f"`hello.json` describes another zip, whose SHA-256 is abc: this one's is {digest}",
        ),
    )


def test_a_zip_that_is_not_there(tmp_path):
    """A path without a file is a mistake of the command line."""
    assert run(tmp_path / "missing.zip")[0] == 2

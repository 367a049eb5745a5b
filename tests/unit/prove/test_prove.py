"""Proving events: what is proved, different, unsteady and unproven, and what a bundle lacks."""

import shutil
from dataclasses import replace

import pytest

from bundler.json_paths import parse_path
from bundler.model.invocation import RunSettings
from bundler.model.proof import Case, Proof, ProofSettings, Status
from bundler.prove import Circumstances, prove_case, run_in_full
from tests.support.invocations import make_code

CODE = """
import os, random, uuid

def read(event, context):
    from lib import part
    with open("data.txt") as stream:
        return [part.NAME, stream.read()]

def curious(event, context):
    try:
        open("data.txt").close()
    except OSError:
        pass
    return 1

def lists(event, context):
    return [sorted(name for name in os.listdir(".") if name.endswith(".txt")), os.listdir("lib") and 1]

def cautious(event, context):
    try:
        from lib import part
    except ImportError:
        return "plain"
    return "fast"

def moves(event, context):
    return {"id": str(uuid.uuid4()), "steady": 1}

def moves_and_reads(event, context):
    return {"id": str(uuid.uuid4()), "steady": read(event, context)}

def logs(event, context):
    print("took", random.random())
    return 1

def fails(event, context):
    raise ValueError("no")
"""
FILES = {"lib/__init__.py": "", "lib/part.py": "NAME = 'part'\n", "data.txt": "x", "unused.txt": "y"}


def compare(full, bundle, case, proof):
    circumstances = Circumstances(is_offline=True, sink=lambda _: None, note=lambda _: None)
    return prove_case(run_in_full(full, case, proof, circumstances), bundle, case, proof, circumstances)


@pytest.fixture
def prove(tmp_path):
    """Return a function that proves an event of a handler with a bundle that lacks some files."""

    def prove_handler(handler, *lacking, expected_error="", ignored=()):
        codes = []
        for name in ("full", "bundle"):
            (tmp_path / name).mkdir()
            code = make_code(tmp_path / name, CODE, handler)
            for path, text in FILES.items():
                (code.task / path).parent.mkdir(exist_ok=True)
                (code.task / path).write_text(text)
            codes.append(code)
        for path in lacking:
            (codes[1].task / path).unlink()
        case = Case(name="events/e.json", event={}, expected_error=expected_error)
        settings = ProofSettings(ignored=tuple(map(parse_path, ignored)))
        proof = Proof(cases=(case,), settings=settings, run=RunSettings(timeout_seconds=20))
        return compare(*codes, case, proof)

    return prove_handler


def test_proved(prove):
    """Answers that are alike prove a bundle, whatever it lacks that is not used."""
    verdict = prove("read", "unused.txt")

    assert (verdict.status, verdict.function, verdict.event) == (Status.PROVED, "read", "events/e.json")
    assert (verdict.differences, verdict.lacked, verdict.note) == ((), (), "")


@pytest.mark.parametrize(
    ("handler", "path", "place"),
    [
        ("read", "lib/part.py", "$.error"),
        ("read", "data.txt", "$.error"),
        ("lists", "unused.txt", "$.answer[0][1]"),
        ("cautious", "lib/part.py", "$.answer"),
        ("moves_and_reads", "data.txt", "$.error"),
    ],
)
def test_different(prove, handler, path, place):
    """What the full install used and the bundle lacks is named, also where the handler makes do without or moves."""
    verdict = prove(handler, path)

    assert verdict.status is Status.DIFFERENT
    assert verdict.differences[0].path == place
    assert [lacked.path for lacked in verdict.lacked] == [path]


def test_what_makes_no_difference(prove):
    """A file that the full install used and the bundle lacks is named also where both do the same."""
    verdict = prove("curious", "data.txt")

    assert verdict.status is Status.PROVED
    assert [lacked.path for lacked in verdict.lacked] == ["data.txt"]


def test_bytecode_stands_for_source(tmp_path):
    """A module that ships as bytecode alone is not lacked."""
    full = make_code(tmp_path, CODE, "cautious")
    bundle = replace(full, task=shutil.copytree(full.task, tmp_path / "other"))
    for folder, name in ((full.task, "part.py"), (bundle.task, "part.pyc")):
        (folder / "lib").mkdir()
        (folder / "lib" / "__init__.py").touch()
        (folder / "lib" / name).touch()
    case = Case(name="e", event={})
    proof = Proof(cases=(case,), settings=ProofSettings(), run=RunSettings(timeout_seconds=20))

    verdict = compare(full, bundle, case, proof)

    assert verdict.status is Status.DIFFERENT  # the file is empty, which is no bytecode
    assert verdict.lacked == ()


def test_unsteady(prove):
    """An answer that moves by itself proves nothing, and the place is named, unless the settings leave it out."""
    verdict = prove("moves")

    assert verdict.status is Status.UNSTEADY
    assert [place.path for place in verdict.differences] == ["$.answer.id"]


def test_what_changes_by_nature(prove):
    """Places that the settings name are not compared."""
    assert prove("moves", ignored=["$.answer.id"]).status is Status.PROVED


def test_moving_logs(prove):
    """What a handler says may move: then its log is not compared."""
    assert prove("logs").status is Status.PROVED


def test_unproven(prove):
    """Both ending in the same error proves nothing, and where that was is told."""
    verdict = prove("fails")

    assert verdict.status is Status.UNPROVEN
    assert verdict.note.startswith("both end in ValueError: no (")
    assert "app.py" in verdict.note


def test_expected_error(prove):
    """An error that the settings expect is an answer."""
    assert prove("fails", expected_error="ValueError").status is Status.PROVED


@pytest.mark.parametrize(
    ("handler", "note"), [("fails", "both end in ValueError"), ("logs", "both answered, where `E`")]
)
def test_another_error_is_expected(prove, handler, note):
    """An answer or another error in its place is none."""
    verdict = prove(handler, expected_error="E")

    assert verdict.status is Status.UNPROVEN
    assert verdict.note.startswith(note)

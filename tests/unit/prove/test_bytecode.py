import pytest

from bundler.prove import bytecode
from tests.support.proofs import make_bytecode

GOOD = make_bytecode()
OLD = make_bytecode(b"\xa7\r\r\n")


def test_bytecode_as_a_build_writes_it(check):
    """Bytecode in its source's place, and beside its source under the target's name, is as it should be."""
    files = {"lib/a.pyc": GOOD, "lib/b.py": b"", "lib/__pycache__/b.cpython-312.pyc": GOOD}

    assert check(files) == []


def test_another_pythons_bytecode(check):
    """Bytecode of another Python than the target's is an error that says both numbers."""
    assert check({"a.pyc": GOOD, "b.pyc": OLD}) == [
        ("error", "pyc-magic", "bytecode with another number than Python 3.12's cb0d0d0a: `b.pyc` (a70d0d0a)")
    ]


@pytest.mark.parametrize("flags", [0b00, 0b11])
def test_bytecode_that_depends_on_its_source(check, flags):
    """Bytecode known by its source's time, or by a hash that is checked, is an error."""
    files = {"lib/b.py": b"", "lib/__pycache__/b.cpython-312.pyc": make_bytecode(flags=flags)}

    assert check(files) == [
        (
            "error",
            "pyc-checked",
            "bytecode that is not marked as unchecked-hash, so its source decides: `lib/__pycache__/b.cpython-312.pyc`",
        )
    ]


def test_bytecode_without_a_whole_header(check):
    """A file too short to be bytecode is an error, and is not compared with anything."""
    assert check({"a.pyc": GOOD[:15]}) == [("error", "pyc-header", "bytecode shorter than its header: `a.pyc`")]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.py": b"", "a.pyc": GOOD}, "its source lies beside it: `a.pyc`"),
        ({"a.opt-1.pyc": GOOD}, "a module's name has no dot: `a.opt-1.pyc`"),
        ({"__pycache__/a.cpython-312.pyc": GOOD}, "its source is not there: `__pycache__/a.cpython-312.pyc`"),
        (
            {"a.py": b"", "__pycache__/a.cpython-311.pyc": GOOD},
            "it is not named `*.cpython-312.pyc`: `__pycache__/a.cpython-311.pyc`",
        ),
        (
            {"a.py": b"", "__pycache__/a.cpython-312.opt-1.pyc": GOOD},
            "it is not named `*.cpython-312.pyc`: `__pycache__/a.cpython-312.opt-1.pyc`",
        ),
    ],
)
def test_bytecode_that_no_import_finds(check, files, message):
    """Bytecode that Python never looks at is an error that says why."""
    assert check(files) == [("error", "pyc-place", f"bytecode that no import finds, as {message}")]


def test_no_interpreter_to_ask(check, monkeypatch):
    """Without the target's Python, bytecode is only held to be all of one kind, and that is said."""
    monkeypatch.setattr(bytecode, "identify_interpreter", lambda _: None)
    unknown = (
        "warning",
        "pyc-magic-unknown",
        "there is no Python 3.12 on this machine to compare bytecode with: most has the number cb0d0d0a",
    )

    assert check({"a.pyc": GOOD, "b.pyc": GOOD}) == [unknown]
    assert check({"a.pyc": OLD, "b.pyc": GOOD, "c.pyc": GOOD}) == [
        unknown,
        ("error", "pyc-magic", "bytecode with another number than most of it, cb0d0d0a: `a.pyc` (a70d0d0a)"),
    ]


def test_nobody_is_asked_about_a_zip_without_bytecode(check, monkeypatch):
    """A zip of sources alone needs no interpreter to be checked."""
    monkeypatch.setattr(bytecode, "identify_interpreter", lambda _: None)

    assert check({"a.py": b""}) == []

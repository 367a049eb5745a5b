"""Finished zips made from dicts, and a Python of the target to ask."""

from functools import partial
from pathlib import Path

import pytest

from bundler.model.artifact import StagedFile
from bundler.pack import Compressor, write_zip
from bundler.prove import bytecode, check_bundle
from bundler.system.interpreters import Interpreter
from tests.support.plans import make_edge
from tests.support.proofs import HANDLER, MAGIC, TARGET, told


@pytest.fixture(autouse=True)
def interpreter(monkeypatch):
    """The machine has the target's Python."""
    found = Interpreter(path=Path("python3.12"), python=(3, 12), magic=MAGIC)
    monkeypatch.setattr(bytecode, "identify_interpreter", {(3, 12): found}.get)


@pytest.fixture
def pack(tmp_path):
    """Return a function that packs files, `app.py` among them, as a build does."""

    def pack_files(contents):
        staged = [
            StagedFile(
                arcname=path,
                read=partial(bytes, content),
                is_executable=False,
                owner="",
                kind="data",
                cause=make_edge(path),
                origin=path,
            )
            for path, content in {"app.py": b"", **contents}.items()
        ]
        return write_zip(staged, tmp_path / "hello.zip", Compressor(1, tmp_path)).path

    return pack_files


@pytest.fixture
def check(pack):
    """Return a function that packs files and gives each finding as level, name and message."""

    def check_files(contents, *, target=TARGET, handler=HANDLER):
        return told(check_bundle(pack(contents), target=target, handler=handler))

    return check_files

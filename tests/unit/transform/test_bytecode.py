"""Modules are compiled once per content, by the target's interpreter, and refusals are sorted out."""

import importlib.util
import io
import marshal
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bundler.errors import SourceNotCompilableError
from bundler.model.imports import EdgeKind
from bundler.model.project import BytecodeMode
from bundler.system.interpreters import Interpreter
from bundler.system.process import Finished
from bundler.transform import bytecode, compile_modules, compile_worker
from tests.support.plans import make_plan
from tests.support.sites import make_site

CRASHES = "crash = 1"
INTERPRETER = Interpreter(path=Path("/target/python"), python=(3, 12), magic=importlib.util.MAGIC_NUMBER)
HEADER_BYTES = 16


@pytest.fixture
def runs(monkeypatch):
    """Run the worker inside this process; keep how many sources each run was given."""
    runs = []

    def run(arguments, *, stdin, environment):
        assert arguments[0] == INTERPRETER.path
        assert {name for name in environment if name.startswith("PYTHON")} == {"PYTHONHASHSEED"}
        runs.append(stdin.count(b"/var/task/"))
        if CRASHES.encode() in stdin:
            return Finished(returncode=-11, stdout=b"", stderr=b"")
        out = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
            patch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
            compile_worker.main()
        return Finished(returncode=0, stdout=out.getvalue(), stderr=b"")

    monkeypatch.setattr(bytecode, "run", run)
    return runs


def compile_all(folder, own=(), package=(), *, jobs=1, **options):
    site = make_site(folder / "own", dict(own), {"package": dict(package)})
    paths = (*dict(own), *dict(package))
    return compile_modules([make_plan(folder / "own", site, paths=paths, **options)], INTERPRETER, jobs=jobs)


@pytest.mark.usefixtures("runs")
def test_unchecked_hash(tmp_path):
    """Bytecode carries its source's hash and is marked as never to be checked; tracebacks name `/var/task`."""
    source = b"answer = 6 * 7\n"

    compiled = compile_all(tmp_path, {"folder/app.py": source})

    content = compiled["folder/app.py"]
    assert content[:HEADER_BYTES] == importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + importlib.util.source_hash(source)
    code = marshal.loads(content[HEADER_BYTES:])
    names = {}
    exec(code, names)
    assert (code.co_filename, names["answer"]) == ("/var/task/folder/app.py", 42)


@pytest.mark.usefixtures("runs")
def test_assertions_and_docstrings_stay(tmp_path):
    """Nothing is optimised away: packages read docstrings, and rely on assertions."""
    compiled = compile_all(tmp_path, {"app.py": '"""Text."""\nassert False\n'})

    code = marshal.loads(compiled["app.py"][HEADER_BYTES:])
    assert code.co_consts[0] == "Text."
    with pytest.raises(AssertionError):
        exec(code, {})


def test_only_modules(tmp_path, runs):
    """Data is not compiled, and neither is anything for a function that wants no bytecode."""
    modules = compile_all(tmp_path, {"app.py": "1", "data.txt": "2"})
    none = compile_all(tmp_path / "none", {"app.py": "1"}, bytecode_mode=BytecodeMode.NONE)

    assert (list(modules), none) == (["app.py"], {})
    assert runs == [1]


def test_cached(tmp_path, runs):
    """What was compiled once, or refused, is not given to an interpreter again, wherever its project lies."""
    own, package = {"app.py": "a = 1"}, {"lib.py": "b = 1", "old.py": "print 1"}

    first = compile_all(tmp_path / "one", own, package)
    second = compile_all(tmp_path / "two", own, package)
    assert first == second
    assert runs == [1, 2]

    compile_all(tmp_path / "three", {"app.py": "a = 2"}, package)
    assert runs == [1, 2, 1]


def test_cached_by_interpreter(tmp_path, runs):
    """Bytecode of one version is no answer for another."""
    site = make_site(tmp_path / "own", {"app.py": "1"})
    other = Interpreter(path=INTERPRETER.path, python=(3, 13), magic=b"\0\0\r\n")

    for interpreter in (INTERPRETER, other):
        compile_modules([make_plan(tmp_path / "own", site)], interpreter, jobs=1)

    assert runs == [1, 1]


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("source", ["print 1", "\0", "# coding: no-such", "(" * 9999, "é".encode("latin-1"), CRASHES])
def test_broken_package(tmp_path, source):
    """A package's file that does not compile has no bytecode, and does no harm to the others."""
    compiled = compile_all(tmp_path, {"app.py": "a = 1"}, {"lib.py": "b = 1", "old.py": source})

    assert sorted(compiled) == ["app.py", "lib.py"]


@pytest.mark.usefixtures("runs")
def test_broken_own_file(tmp_path):
    """An own file that does not compile is an error with its line."""
    with pytest.raises(SourceNotCompilableError) as caught:
        compile_all(tmp_path, {"app.py": "a = 1\nb = \n"})

    assert caught.value.message == "`app.py:2` does not compile for Python 3.12: invalid syntax"


@pytest.mark.usefixtures("runs")
def test_broken_text(tmp_path):
    """An own file that only a path led to may be text of any kind: it has no bytecode, unless it is code elsewhere."""
    site = make_site(tmp_path / "own", {"app.py": "a = 1", "snippets/broken.py": "b = \n"})
    code = make_plan(tmp_path / "own", site)
    read = [replace(file, cause=replace(file.cause, kind=EdgeKind.DATA)) for file in code.files]

    compiled = compile_modules([replace(code, files=tuple(read))], INTERPRETER, jobs=1)

    assert sorted(compiled) == ["app.py"]
    with pytest.raises(SourceNotCompilableError):
        compile_modules([code, replace(code, files=tuple(read))], INTERPRETER, jobs=1)


@pytest.mark.usefixtures("runs")
def test_broken_own_files(tmp_path):
    """All own files that do not compile are named at once."""
    with pytest.raises(SourceNotCompilableError) as caught:
        compile_all(tmp_path, {"b.py": "b = \n", "a.py": CRASHES})

    assert caught.value.message == (
        "2 files do not compile for Python 3.12:\n"
        "  `a.py`: the compiler ended with code -11\n"
        "  `b.py:1`: invalid syntax"
    )


def test_crash_is_found_by_halving(tmp_path, runs):
    """A source that brings the compiler down is found in few runs, and remembered."""
    package = {f"lib{number}.py": f"a = {number}" for number in range(7)} | {"bad.py": CRASHES}

    compiled = [compile_all(tmp_path / name, package=package) for name in ("one", "two")]

    assert [sorted(one) for one in compiled] == [[f"lib{number}.py" for number in range(7)]] * 2
    assert sorted(runs) == [1, 1, 2, 2, 4, 4, 8]


def test_large_sets_are_shared_out(tmp_path, runs):
    """Much source is compiled by several processes at once, in shares of about the same size."""
    package = {f"lib{number}.py": f"a = {number}\n" + "# filling\n" * 10_000 for number in range(8)}

    compiled = compile_all(tmp_path, package=package, jobs=2)

    assert sorted(compiled) == sorted(package)
    assert runs == [4, 4]

"""The compile worker under every interpreter this machine has."""

import random
from pathlib import Path

import pytest

from bundler.system.interpreters import find_interpreter, identify_interpreter
from bundler.system.process import run
from bundler.transform import compile_modules
from tests.support.plans import make_plan
from tests.support.sites import make_site

pytestmark = pytest.mark.slow
VERSIONS = [(3, minor) for minor in range(8, 15) if find_interpreter((3, minor))]


@pytest.fixture(params=VERSIONS, ids=lambda version: f"{version[0]}.{version[1]}")
def interpreter(request):
    return identify_interpreter(request.param)


def compile_sources(folder, sources, interpreter):
    site = make_site(folder / "own", {}, {"package": sources})
    return compile_modules([make_plan(folder / "own", site, paths=tuple(sources))], interpreter, jobs=1)


def test_accepted_by_the_target(tmp_path, interpreter):
    """The target imports the bytecode without its source, and names `/var/task` in tracebacks."""
    compiled = compile_sources(tmp_path, {"lib.py": "def fail():\n    raise KeyError\n"}, interpreter)
    (tmp_path / "lib.pyc").write_bytes(compiled["lib.py"])

    done = run([interpreter.path, "-c", "import lib; lib.fail()"], folder=tmp_path)

    assert done.returncode == 1
    assert '  File "/var/task/lib.py", line 2, in fail' in done.stderr.decode().splitlines()


def test_same_bytes_in_any_company(tmp_path, interpreter, monkeypatch):
    """The same source gives the same bytecode, whatever the same process compiled before it."""
    library = Path(run([interpreter.path, "-c", "import os; print(os.__file__)"]).stdout.decode().strip()).parent
    paths = [*library.glob("*.py"), *library.glob("email/*.py"), *library.glob("asyncio/*.py")]
    sources = {str(path.relative_to(library)): path.read_bytes() for path in paths}

    together = compile_sources(tmp_path / "all", sources, interpreter)
    for seed in range(3):
        monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / f"cache{seed}"))
        few = {path: sources[path] for path in random.Random(seed).sample(sorted(sources), len(sources) // 3)}
        apart = compile_sources(tmp_path / str(seed), few, interpreter)

        assert apart == {path: content for path, content in together.items() if path in few}
    assert len(together) > 150


def test_columns_for_own_code_alone(tmp_path, interpreter):
    """Own code keeps the columns that tracebacks underline; a package, whose source does not ship, has lines alone."""
    site = make_site(tmp_path / "own", {"app.py": "a = b\n"}, {"package": {"lib.py": "\na = b\n"}})
    compiled = compile_modules([make_plan(tmp_path / "own", site, paths=("app.py", "lib.py"))], interpreter, jobs=1)
    tell = (
        "import marshal, sys; code = marshal.loads(sys.stdin.buffer.read()[16:]);"
        "found = list(code.co_positions())[-1] if hasattr(code, 'co_positions') else ();"
        "print([line for _, line in __import__('dis').findlinestarts(code)][-1], None not in found)"
    )

    told = {
        path: run([interpreter.path, "-c", tell], stdin=content).stdout.decode().split()
        for path, content in compiled.items()
    }

    has_columns = interpreter.python >= (3, 11)
    assert told == {"app.py": ["1", "True"], "lib.py": ["2", str(not has_columns)]}

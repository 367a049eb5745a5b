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

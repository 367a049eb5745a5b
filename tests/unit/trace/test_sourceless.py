"""Modules without source: what their bytecode asks for ships, and everything where nobody here can read it."""

import marshal
import pickle
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from bundler.system.interpreters import find_interpreter
from bundler.trace import trace_functions
from bundler.trace.facts import skeleton_worker, skeletons
from bundler.trace.facts.skeleton_worker import skeleton
from tests.support.sites import make_function, make_site

RUNTIME = f"python3.{sys.version_info[1]}"
PYTHONS = [python for minor in range(9, 15) if (python := find_interpreter((3, minor))) is not None]
SOURCE = """\
import one.inner, json
from . import beside as other
from ..above import *
import importlib
from importlib import import_module as load
load("by.name")
importlib.import_module("by.attribute")
NAMES = ("listed.first", "listed.second")
class Kind:
    import in_class
    def late(self):
        from in_function import name
        return open(__file__ + ".txt")
"""
SKELETON = """\
if _: import one.inner; import json
if _: from . import beside as other
if _: from ..above import *
if _: import importlib
if _: from importlib import import_module as load
if _: load('by.name'); 'by.name'
if _: importlib.import_module('by.attribute'); 'by.attribute'
if _: 'listed.first'; 'listed.second'
"""
COMPILE = "import marshal, sys; sys.stdout.buffer.write(marshal.dumps(compile(sys.stdin.read(), 'm.py', 'exec')))"
MAGIC = "import importlib.util, sys; sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER)"


def compiled(source: str) -> bytes:
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(source, "m.py", "exec"))


def traced(folder, own, packages=None, **more):
    site = make_site(folder, own, packages, **more)
    (graph,) = trace_functions((make_function(folder, runtime=RUNTIME),), site)
    reached = {edge.target for edges in graph.edges.values() for edge in edges}
    return sorted(reached), [f"{warning.source}: {warning.message}" for warning in graph.warnings]


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.parent.parent.name)
def test_every_python_writes_the_skeleton_of_its_bytecode(python: Path):
    """Imports with their level, names and aliases, strings, and what functions do later: from any Python's bytecode."""
    code = subprocess.run([python, "-c", COMPILE], input=SOURCE.encode(), capture_output=True, check=True).stdout
    magic = subprocess.run([python, "-c", MAGIC], capture_output=True, check=True).stdout
    worker = skeleton_worker.__file__

    done = subprocess.run(
        [python, "-I", "-S", worker], input=pickle.dumps([magic + bytes(12) + code]), capture_output=True, check=True
    )

    (text,) = pickle.loads(done.stdout)
    assert text.startswith(SKELETON)
    assert "if _: import in_class\n" in text
    assert "from in_function import name" in next(line for line in text.splitlines() if line.startswith("def _():"))
    assert "_(__file__)" in text
    compile(text, "skeleton.py", "exec")


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 40, MAGIC_NUMBER, MAGIC_NUMBER + bytes(12) + marshal.dumps("no code"), compiled("")[:-5]]
)
def test_what_is_no_bytecode_of_this_python_has_no_skeleton(content):
    """Bytecode of another Python, and damaged bytecode, says nothing."""
    assert skeleton(content) is None


def test_a_first_party_module_without_source_is_followed(tmp_path):
    """What bytecode imports ships: modules of the project, and packages that only a function of it wants."""
    own = {
        "app.py": "import vend.closed\n",
        "vend/__init__.py": "",
        "vend/closed.pyc": compiled("import vend.helper\ndef f():\n    from pkg import sub\n"),
        "vend/helper.py": "",
        "vend/other.py": "",
    }
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/sub.py": "", "pkg/unused.py": ""}}

    reached, warnings = traced(tmp_path / "own", own, packages)

    assert reached == ["pkg/__init__.py", "pkg/sub.py", "vend/__init__.py", "vend/closed.pyc", "vend/helper.py"]
    assert warnings == []


def test_a_package_without_source_loads_what_its_calls_name(tmp_path):
    """Names given to `import_module`, data beside the code and dotted strings count in bytecode as in source."""
    packages = {
        "closed": {
            "closed/__init__.py": "from closed import core\n",
            "closed/core.pyc": compiled(
                "from importlib import import_module as load\nimport os\nload('closed.named')\n"
                "def read():\n    return open(os.path.join(os.path.dirname(__file__), 'words.txt'))\n"
            ),
            "closed/named.pyc": compiled("import json\n"),
            "closed/words.txt": "a\n",
            "closed/unused.py": "",
        }
    }

    reached, _ = traced(tmp_path / "own", {"app.py": "import closed\n"}, packages)

    assert reached == ["closed/__init__.py", "closed/core.pyc", "closed/named.pyc", "closed/words.txt"]


def test_without_the_targets_python_the_distribution_ships_whole(tmp_path, monkeypatch):
    """Where nothing here loads the bytecode, all of its distribution and what that requires ships, with a warning."""
    monkeypatch.setattr(skeletons, "find_interpreter", lambda _: None)
    packages = {
        "closed": {
            "closed/__init__.py": "",
            "closed/core.pyc": b"of no Python",
            "closed/deep/__init__.py": "",
            "closed/deep/part.py": "",
            "closed/words.txt": "a\n",
            "closed/tests/test_core.py": "",
        },
        "other": {"other.py": ""},
        "third": {"third.py": ""},
    }

    reached, warnings = traced(
        tmp_path / "own", {"app.py": "import closed.core\n"}, packages, requires={"closed": ("other",)}
    )

    assert reached == [
        "closed/__init__.py",
        "closed/core.pyc",
        "closed/deep/__init__.py",
        "closed/deep/part.py",
        "closed/words.txt",
        "other.py",
    ]
    assert warnings == [
        f"closed/core.pyc: cannot be read: no {RUNTIME} here loads this bytecode, so all that it may ask for ships"
    ]


def test_unread_first_party_bytecode_ships_its_package(tmp_path):
    """Around first-party bytecode of another Python its top-level package ships; at the root all but other handlers."""
    own = {
        "app.py": "import vend.closed\nimport loose\n",
        "vend/__init__.py": "",
        "vend/closed.pyc": b"of no Python",
        "vend/helper.py": "",
        "beside.py": "",
    }

    reached, _ = traced(tmp_path / "package", own)
    assert reached == ["vend/__init__.py", "vend/closed.pyc", "vend/helper.py"]

    reached, _ = traced(tmp_path / "root", own | {"loose.pyc": b"of no Python"})
    assert "beside.py" in reached

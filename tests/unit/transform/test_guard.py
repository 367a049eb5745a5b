"""The guard: a miss at run time is told in more words than Python's, and nothing else is different."""

import ast
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bundler.model.plan import Omission
from bundler.model.project import BytecodeMode, NamedCode
from bundler.plan import describe_left_out
from bundler.system.interpreters import identify_interpreter
from bundler.transform import Guards, Stager, compile_modules, guard
from tests.support.plans import make_plan
from tests.support.sites import make_site

PYTHONS = [found for minor in range(9, 14) if (found := identify_interpreter((3, minor))) is not None]
GUARD_FILES = {"_lbundle_guard.pyc", "_lbundle_words.py"}
HANDLER = '''"""What the handler is for."""
from __future__ import annotations

import importlib
import importlib.util
import pickle
import pkgutil
import kept

MARKED = "gone"


def statement():
    import gone


def dotted():
    import kept.gone.deep


def from_package():
    from kept import gone


def relative():
    exec("from . import gone", {"__package__": "kept", "__name__": "kept"})


def from_module():
    from kept.gone import name


def star():
    exec("from kept.starred import *", {})


def by_name():
    importlib.import_module("gone")


def relative_name():
    importlib.import_module(".gone", "kept")


def builtin():
    __import__("gone")


def builtin_with_names():
    return __import__("kept", fromlist=["gone"]).__name__


def lazy():
    return kept.lazy


def found():
    return [importlib.util.find_spec("gone"), importlib.util.find_spec("kept.gone")]


def pkgutil_found():
    return [pkgutil.find_loader("gone")] if hasattr(pkgutil, "find_loader") else [None]


def tried():
    try:
        import gone
    except ImportError:
        return "absent"


def pickled():
    pickle.loads(b"cgone\\nThing\\n.")


def other_error():
    import never_there


def attribute():
    from kept import nothing_of_that_name


def extension():
    import native


def opened(event=None):
    open(kept.__path__[0] + "/gone.txt")


def main(event, context=None):
    """Answer."""
    return globals()[event]()
'''
WAYS = [node.name for node in ast.parse(HANDLER).body if isinstance(node, ast.FunctionDef) and node.name != "main"]
PACKAGE = {
    "kept/__init__.py": "def __getattr__(name):\n    if name != 'lazy':\n        raise AttributeError(name)\n"
    "    import kept.gone\n    return kept.gone\n",
    "kept/starred/__init__.py": "__all__ = ['gone']\n",
}
ASK = """
import json, sys, traceback
sys.path[:0] = [sys.argv[1]]
module, _, attribute = sys.argv[2].rpartition(".")
handler = getattr(__import__(module, fromlist=["x"]), attribute)
answers = {}
for way in sys.argv[3:]:
    try:
        answers[way] = ["answer", repr(handler(way))]
    except Exception as error:
        # Lambda's runtime shows what stands behind the frames of its own file; importlib's are Python's business.
        hidden = ("/bootstrap.py", "<frozen importlib")
        every = traceback.extract_tb(error.__traceback__)
        shown = [frame for frame in every if not any(name in frame.filename for name in hidden)]
        frames = [[frame.name, frame.lineno] for frame in shown]
        names = [getattr(error, name, None) for name in ("name", "path", "name_from")]
        answers[way] = [type(error).__name__, str(error).replace(sys.argv[1], "/var/task"), repr(names), frames]
print(json.dumps(answers).replace(sys.argv[1], "/var/task"))
"""


def omission(path, rule="unreached", owner="package"):
    return Omission(path=path, owner=owner, size_bytes=1, rule=rule)


LEFT_OUT = (
    omission("gone/__init__.py", owner="absent"),
    omission("kept/gone/__init__.py"),
    omission("kept/gone/deep.py"),
    omission("kept/starred/gone.py"),
    omission("kept/gone.txt", rule="unused-data"),
    omission("package.libs/libgone.so.1", rule="unlinked"),
)


def lay_out(folder: Path, interpreter, *, own, guarded=True, omissions=LEFT_OUT, **options):
    """Write what a zip would hold; return its paths and why it has no guard."""
    runtime = f"python3.{interpreter.python[1]}"
    site = make_site(folder / "own", own, {"package": PACKAGE})
    plan = make_plan(folder / "own", site, omissions=omissions, runtime=runtime, paths=(*own, *PACKAGE), **options)
    staged = Stager(compile_modules([plan], interpreter, jobs=1)).stage(plan)
    guards = Guards([plan], interpreter, {plan.function.name: describe_left_out(plan)})
    files = guards.add(plan, staged) if guarded else staged
    for file in files:
        path = folder / "task" / file.arcname
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return {file.arcname: file.content for file in files}, guards.problem(plan)


def ask(folder: Path, interpreter, handler: str, *ways: str):
    done = subprocess.run(
        [interpreter.path, "-I", "-S", "-W", "ignore", "-c", ASK, folder / "task", handler, *ways],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "guard-cache"))


@pytest.mark.parametrize("interpreter", PYTHONS, ids=lambda found: f"3.{found.python[1]}")
def test_each_way_to_miss_is_as_python_has_it_but_for_more_words(tmp_path, interpreter):
    """Types, names and tracebacks are those of a folder where the files were deleted; texts begin with Python's."""
    for name, guarded in (("plain", False), ("guarded", True)):
        lay_out(tmp_path / name, interpreter, own={"handler.py": HANDLER}, guarded=guarded, handler="handler.main")
        # An extension that asks for a library which is not there.
        (tmp_path / name / "task" / "native.py").write_text(
            "raise ImportError('libgone.so.1: cannot open shared object file: No such file', name='native')"
        )

    plain, _ = ask(tmp_path / "plain", interpreter, "handler.main", *WAYS)
    guarded, told = ask(tmp_path / "guarded", interpreter, "handler.main", *WAYS)

    explained = {way for way in WAYS if guarded[way] != plain[way]}
    for way in explained:
        text = guarded[way][1]
        assert text.startswith(
            plain[way][1] + "; lbundle left it out (unreached: no import leads to it); to keep it: add `"
        )
        assert guarded[way] == [plain[way][0], text, *plain[way][2:]]
    assert explained == {
        *("statement", "dotted", "from_package", "relative", "from_module"),
        *("by_name", "relative_name", "builtin", "lazy", "pickled"),
    }
    assert told == (
        "lbundle left `kept/gone.txt` out (unused-data: no module that ships opens it); to keep it: "
        "open it in your own code through `importlib.resources.files(…)`\n"
    )


RUNNING = identify_interpreter(sys.version_info[:2])


def test_an_extension_that_lacks_a_library_says_so(tmp_path):
    """What the loader says of a library that lbundle left out goes on with the rule and the remedy."""
    own = {"handler.py": "def main(way):\n    import native\n"}
    left_out = (omission("package.libs/libq.so.6", rule="unlinked"),)
    lay_out(tmp_path, RUNNING, own=own, omissions=left_out, handler="handler.main")
    extensions = Path(sysconfig.get_config_var("DESTSHARED")).glob("*.so")
    content = next(content for path in extensions if b"libc.so.6\0" in (content := path.read_bytes()))
    (tmp_path / "task" / "native.abi3.so").write_bytes(content.replace(b"libc.so.6\0", b"libq.so.6\0"))

    answers, _ = ask(tmp_path, RUNNING, "handler.main", "load")

    kind, text, names, frames = answers["load"]
    assert (kind, text) == (
        "ImportError",
        (
            "libq.so.6: cannot open shared object file: No such file or directory; lbundle left "
            "`package.libs/libq.so.6` out (unlinked: no shared object that ships loads it); to keep it: "
            "add the extension module that loads it to `include-modules`"
        ),
    )
    assert names.startswith("['native', '/var/task/native.abi3.so'")
    assert frames == [["<module>", 9], ["main", 2]]


@pytest.mark.parametrize(
    ("handler", "own", "carrying"),
    [
        ("handler.main", {"handler.py": "def main(way): ..."}, ["__pycache__/handler"]),
        (
            "shop.api.get.main",
            {"shop/__init__.py": "", "shop/api/__init__.py": "", "shop/api/get.py": "def main(way): ..."},
            ["shop/__pycache__/__init__", "shop/api/__pycache__/get"],
        ),
        (
            "space.api.get.main",
            {"space/api/__init__.py": "", "space/api/get.py": "def main(way): ..."},
            ["space/api/__pycache__/__init__", "space/api/__pycache__/get"],
        ),
    ],
)
def test_the_first_first_party_file_that_loads_carries_it(tmp_path, handler, own, carrying):
    """The topmost package above the handler installs the guard, the handler's module watches the handler."""
    own = own | {"other.py": ""}
    plain, _ = lay_out(tmp_path / "plain", RUNNING, own=own, guarded=False, handler=handler)
    guarded, problem = lay_out(tmp_path / "guarded", RUNNING, own=own, handler=handler)

    changed = [path for path in plain if guarded[path] != plain[path]]
    assert [path.partition(".")[0] for path in changed] == carrying
    assert guarded.keys() - plain.keys() == GUARD_FILES
    assert problem == ""


def test_a_handler_of_a_package_leaves_the_guard_to_the_module_that_a_variable_names(tmp_path):
    """Where the handler is a wrapper's, the module of its `…_HANDLER` variable carries it, and nothing is wrapped."""
    own = {"real.py": "import gone\n", "settings.py": ""}
    named = (
        NamedCode(variable="A_SETTINGS", name="settings"),
        NamedCode(variable="DD_LAMBDA_HANDLER", name="real.main"),
    )
    plain, _ = lay_out(tmp_path / "plain", RUNNING, own=own, guarded=False, handler="kept.wrap", named=named)
    guarded, problem = lay_out(tmp_path / "guarded", RUNNING, own=own, handler="kept.wrap", named=named)

    assert [path for path in plain if guarded[path] != plain[path]] == [
        f"__pycache__/real.cpython-3{RUNNING.python[1]}.pyc"
    ]
    assert problem == ""


@pytest.mark.parametrize(
    ("options", "interpreter", "problem"),
    [
        ({"guard": False}, RUNNING, "`guard: false` leaves it out"),
        ({"bytecode_mode": BytecodeMode.NONE}, RUNNING, "`bytecode: none` ships nothing that could carry it"),
        ({"handler": "kept.wrap"}, RUNNING, "no first-party file loads with the handler"),
        ({}, None, "there is no Python here to compile it for python3.12"),
    ],
)
def test_where_nothing_carries_it_there_is_none(tmp_path, options, interpreter, problem):
    """A function without a guard has neither of its files, and says why."""
    site = make_site(tmp_path / "own", {"handler.py": "def main(way): ..."}, {"package": PACKAGE})
    plan = make_plan(tmp_path / "own", site, omissions=LEFT_OUT, **{"handler": "handler.main", **options})
    guards = Guards([plan], interpreter, {plan.function.name: describe_left_out(plan)})

    staged = Stager(compile_modules([plan], interpreter, jobs=1)).stage(plan)

    assert guards.problem(plan) == problem
    assert guards.add(plan, staged) == staged


@pytest.mark.parametrize("mode", [BytecodeMode.AUTO, BytecodeMode.ONLY])
def test_where_no_source_ships_the_guard_has_none(tmp_path, mode):
    """With `bytecode: only` the guard's words are bytecode too, and load."""
    own = {"handler.py": "def main(way): ..."}

    files, _ = lay_out(tmp_path, RUNNING, own=own, handler="handler.main", bytecode_mode=mode)

    expected = GUARD_FILES if mode is BytecodeMode.AUTO else {"_lbundle_guard.pyc", "_lbundle_words.pyc"}
    assert {path for path in files if path.startswith("_lbundle")} == expected
    imports = [RUNNING.path, "-S", "-c", "import _lbundle_guard, _lbundle_words"]
    assert subprocess.run(imports, cwd=tmp_path / "task", check=False).returncode == 0


def test_nothing_left_out_needs_no_guard(tmp_path):
    """A bundle that lacks nothing but junk, or what something else brings, is as it was."""
    own = {"handler.py": "def main(way): ..."}
    left_out = (omission("x.lock", rule="junk", owner=""), omission("boto3/__init__.py", rule="layer", owner="boto3"))

    files, _ = lay_out(tmp_path, RUNNING, own=own, omissions=left_out, handler="handler.main")

    assert not GUARD_FILES & files.keys()


def test_the_users_code_does_not_see_it(tmp_path):
    """Names of the module, its docstring, the handler's own attributes and line numbers are those of the source."""
    source = (
        '"""Doc."""\nfrom __future__ import annotations\nimport sys\nNAMES = sorted(globals())\n'
        "def main(way: str, more: int = 1) -> list:\n"
        "    '''Say.'''\n    return [__doc__, NAMES, main.__name__, main.__doc__, main.mark, "
        "sys._getframe().f_lineno]\n"
        "main.mark = 5\n"
    )
    lay_out(tmp_path / "plain", RUNNING, own={"handler.py": source}, guarded=False, handler="handler.main")
    lay_out(tmp_path / "guarded", RUNNING, own={"handler.py": source}, handler="handler.main")

    plain = ask(tmp_path / "plain", RUNNING, "handler.main", "say")

    assert ask(tmp_path / "guarded", RUNNING, "handler.main", "say") == plain
    assert plain[0]["say"][0] == "answer"


def test_what_finds_a_module_later_still_does(tmp_path):
    """A finder that code adds behind the guard brings a module of a left-out name."""
    source = (
        "import sys\nfrom importlib.machinery import ModuleSpec\n"
        "class Maker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        return ModuleSpec(name, self) if name == 'gone' else None\n"
        "    def create_module(self, spec): ...\n"
        "    def exec_module(self, module): module.made = True\n"
        "def main(way):\n    sys.meta_path.append(Maker())\n    import gone\n    return gone.made\n"
    )
    lay_out(tmp_path, RUNNING, own={"handler.py": source}, handler="handler.main")

    assert ask(tmp_path, RUNNING, "handler.main", "make")[0] == {"make": ["answer", "True"]}


def test_what_was_never_there_costs_no_more(tmp_path):
    """An import that fails for a module which no distribution has is Python's own, and loads nothing of the guard's."""
    source = (
        "import sys\ndef main(way):\n    try:\n        import never_there\n    except ImportError as error:\n"
        "        return [str(error), '_lbundle_guard' in sys.modules, '_lbundle_words' in sys.modules]\n"
    )
    lay_out(tmp_path, RUNNING, own={"handler.py": source}, handler="handler.main")

    answer = ask(tmp_path, RUNNING, "handler.main", "try")[0]["try"]

    assert answer == ["answer", repr(["No module named 'never_there'", True, False])]


def test_a_source_that_takes_no_more_statements_stays_as_it_is(tmp_path, monkeypatch):
    """Where a file compiles but not with a call put into it, there is no guard, and it says so.

    How deep a tree may be nested differs between Pythons; a call that none of them compiles stands for one too many.
    """
    own = {"handler.py": "def main(way): ..."}
    plain, _ = lay_out(tmp_path / "plain", RUNNING, own=own, guarded=False, handler="handler.main")
    monkeypatch.setattr(guard, "_LOAD", "return")

    files, problem = lay_out(tmp_path / "guarded", RUNNING, own=own, handler="handler.main")

    assert files == plain
    assert problem == "`handler.py` is nested too deep to carry it"

"""Modules that ship because nobody can tell what a value that becomes code will be."""

import pytest

from bundler.model.imports import EdgeKind
from bundler.model.project import Shake, ShakeMode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

LOADER = "from importlib import import_module\n\nclass Loader:\n    def load(self, name): return import_module(name)\n"


@pytest.fixture
def shipped(tmp_path):
    """Return what a plan ships of packages: the modules, each with the kind of its cause."""

    def run(own, packages, *, options=None, **more):
        site = make_site(tmp_path / "own", own, packages, **more)
        function = make_function(tmp_path / "own", **(options or {}))
        (graph,) = trace_functions((function,), site)
        plan = plan_files(function, graph, site)
        return {
            planned.file.path: planned.cause.kind.value
            for planned in plan.files
            if planned.file.owner and not planned.file.path.endswith("METADATA")
        }

    return run


def test_all_modules_of_its_own_distribution(shipped):
    """A file that imports by a name nobody can tell may mean any module of its distribution, tests aside."""
    package = {
        "lib/__init__.py": "from lib.load import Loader",
        "lib/load.py": LOADER,
        "lib/plugins/one.py": "",
        "other.py": "",
        "lib/tests/test_one.py": "",
    }
    assert shipped({"app.py": "import lib"}, {"lib": package}) == {
        "lib/__init__.py": "import",
        "lib/load.py": "import",
        "lib/plugins/one.py": "doubt",
        "other.py": "doubt",
    }


def test_a_sink_that_is_not_reached(shipped):
    """A function pays for the sinks alone that it reaches."""
    package = {"lib/__init__.py": "", "lib/load.py": LOADER, "lib/one.py": ""}
    assert shipped({"app.py": "import lib"}, {"lib": package}) == {"lib/__init__.py": "import"}


def test_an_ending_that_is_put_to_a_name(shipped):
    """A name whose start nobody can tell may be any module's of the distribution, whatever it ends with."""
    package = {
        "lib/__init__.py": "from lib import load\nNAME = 'lib.core'",
        "lib/load.py": "import importlib\ndef load(name):\n    return importlib.import_module(find(name) + '_py')\n",
        "lib/core_py.py": "",
    }
    assert shipped({"app.py": "import lib"}, {"lib": package})["lib/core_py.py"] == "doubt"


def test_where_doubt_says_its_place(tmp_path):
    """An edge of doubt has the line of the sink, and its name."""
    site = make_site(tmp_path / "own", {"app.py": "import lib"}, {"lib": {"lib/__init__.py": LOADER, "lib/one.py": ""}})
    (graph,) = trace_functions((make_function(tmp_path / "own"),), site)
    (edge,) = [edge for edge in graph.edges["lib/__init__.py"] if edge.kind is EdgeKind.DOUBT]
    assert (edge.target, edge.line, edge.name) == ("lib/one.py", 4, "importlib.import_module")


def test_what_ships_in_doubt_leads_on_as_it_loads(shipped):
    """Its imports at load count into what ships anyway or what its own distribution requires; none in functions do."""
    packages = {
        "lib": {
            "lib/__init__.py": LOADER,
            "lib/one.py": "import needed, anyway.more, stranger, extra\ndef f():\n    import heavy, needed.later",
        },
        "needed": {"needed/__init__.py": "", "needed/later.py": ""},
        "anyway": {"anyway/__init__.py": "", "anyway/more.py": ""},
        "stranger": {"stranger.py": ""},
        "extra": {"extra.py": ""},
        "heavy": {"heavy.py": ""},
    }
    found = shipped(
        {"app.py": "import lib, anyway"},
        packages,
        requires={"lib": ("needed", "heavy")},
        optional={"lib": ("extra",)},
    )
    assert set(found) == {
        "lib/__init__.py",
        "lib/one.py",
        "needed/__init__.py",
        "anyway/__init__.py",
        "anyway/more.py",
    }


def test_doubt_does_not_spread(shipped):
    """What ships in doubt alone has no doubt of its own."""
    packages = {
        "lib": {"lib/__init__.py": LOADER, "lib/one.py": "import needed"},
        "needed": {"needed/__init__.py": LOADER, "needed/more.py": ""},
    }
    found = shipped({"app.py": "import lib"}, packages, requires={"lib": ("needed",)})
    assert "needed/__init__.py" in found
    assert "needed/more.py" not in found


def test_callers_that_give_what_can_be_told(shipped):
    """A function whose calls give heads of names that are known is no sink; one whose calls do not is one."""
    package = {
        "lib/__init__.py": "from lib.load import load\nload('lib.drivers')",
        "lib/load.py": "from importlib import import_module\ndef load(kind): return import_module(kind + '.main')\n",
        "lib/drivers/main.py": "",
        "lib/one.py": "",
    }
    assert "lib/one.py" not in shipped({"app.py": "import lib"}, {"lib": package})
    package["lib/__init__.py"] = "from lib.load import load\nload(ask())"
    assert "lib/one.py" in shipped({"app.py": "import lib"}, {"lib": package})


def test_how_far_to_go(shipped):
    """`whole` ships all of what is reached at all but its tests, `traced` nothing in doubt, each by distribution."""
    packages = {
        "lib": {"lib/__init__.py": LOADER, "lib/one.py": "", "lib/tests/one.py": ""},
        "plain": {"plain/__init__.py": "", "plain/one.py": "", "plain/data.txt": "", "plain/tests/one.py": ""},
        "unused": {"unused.py": ""},
    }

    def found(**shake):
        return sorted(shipped({"app.py": "import lib, plain"}, packages, options={"shake": Shake(**shake)}))

    always = ["lib/__init__.py", "plain/__init__.py"]
    plain = ["plain/data.txt", "plain/one.py"]
    assert found(default=ShakeMode.TRACED) == always
    assert found() == sorted([*always, "lib/one.py"])
    assert found(default=ShakeMode.WHOLE) == sorted([*always, "lib/one.py", *plain])
    assert found(distributions=(("lib", ShakeMode.TRACED), ("plain", ShakeMode.WHOLE))) == sorted([*always, *plain])

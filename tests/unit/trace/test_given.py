"""Modules that functions load by names which their callers give."""

import pytest

NAMES = ("one", "two", "three")
ALL = sorted(f"{kind}/{name}" for kind in ("a", "b") for name in NAMES)
LOADER = """
from importlib import import_module
def load(kind, name="one", *, parts=(), optional=None):
    found = f"pkg.{kind}_{optional}" if optional else None
    for part in parts:
        import_module(f"pkg.{kind}.{part}")
    return import_module(f"pkg.{kind}.{name}")
"""


@pytest.fixture
def loaded(found):
    """Return which modules a function of a package loads, by what calls it from own code."""

    def run(own, loader=LOADER):
        modules = {f"pkg/{name}.py": "" for name in ALL}
        packages = {"pkg": {"pkg/__init__.py": "", "pkg/loader.py": loader, **modules}}
        edges = found(own if isinstance(own, dict) else {"app.py": own}, packages)
        return [name for name in ALL if f"pkg/{name}.py" in edges]

    return run


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("import pkg.loader\n", []),
        ("from pkg.loader import load\nload('a')\n", ["a/one"]),
        ("from pkg.loader import load\nload('a', 'two')\n", ["a/one", "a/two"]),
        ("from pkg import loader as x\ndef f():\n    return x.load(kind='b', name='three')\n", ["b/one", "b/three"]),
        ("from pkg.loader import load\nKIND = 'b'\nload(KIND, parts=['two'])\n", ["b/one", "b/two"]),
        ("import pkg.loader\npkg.loader.load('a', input())\n", ["a/one", "a/three", "a/two"]),
        ("from pkg.loader import load\nload(input(), 'two')\n", ["a/one", "a/two", "b/one", "b/two"]),
        ({"app.py": "from more import run\nrun('a')\n", "more.py": "from pkg.loader import load as run\n"}, ["a/one"]),
        ({"app.py": "import more\nmore.run('a')\n", "more.py": "from pkg.loader import load as run\n"}, ["a/one"]),
    ],
)
def test_names_that_callers_give(loaded, own, expected):
    """What a function is given in calls says which modules it loads; a default counts always."""
    assert loaded(own) == expected


@pytest.mark.parametrize(
    "own",
    [
        "from pkg.loader import load\nprint(load)\n",
        "from pkg.loader import load\nload(*input())\n",
        "from pkg.loader import load\nload(**vars())\n",
        "from pkg import loader\ngetattr(loader, 'load')('a')\n",
        "import pkg.loader\ndef f(package):\n    package.loader.load('a')\nf(pkg)\n",
        "from pkg.loader import *\nload('a')\n",
        {"app.py": "from more import *\nload('a')\n", "more.py": "from pkg.loader import load\n"},
        "NAME = 'pkg.loader:load'\n",
        "from importlib import import_module\nimport_module('pkg.loader').load('a')\n",
    ],
)
def test_callers_out_of_sight(loaded, own):
    """Where nobody can see all the calls of a function, every module that it may load ships."""
    assert loaded(own) == ALL


@pytest.mark.parametrize(
    "more",
    [
        "HOOKS = {'load': load}\n",
        "load = cache(load)\n",
        "def find(name):\n    return globals()[name]\n",
        "def other(kind):\n    return load(kind, input())\n",
    ],
)
def test_uses_beside_the_function(loaded, more):
    """A function may be handed on, or called with anything, in its own module."""
    assert loaded("from pkg.loader import load\nload('a')\n", LOADER + more) == ALL


def test_functions_that_are_decorated(loaded):
    """A decorator may register what it decorates."""
    assert loaded("import pkg.loader\n", LOADER.replace("def load", "@register\ndef load")) == ALL


def test_handlers_are_called_by_the_runtime(found):
    """The function's own handler is given what the event says."""
    own = "from importlib import import_module\ndef handler(event, context):\n    import_module(f'parts.{event}')\n"

    assert "parts/one.py" in found({"app.py": own, "parts/one.py": ""})


def test_names_of_callers(found):
    """A caller may give its own name."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/plugin.py": "",
            "pkg/loader.py": "from importlib import import_module\ndef load(of):\n    import_module(of + '.plugin')\n",
            "pkg/user/__init__.py": "from ..loader import load\nload(__name__)\n",
            "pkg/user/plugin.py": "",
        },
    }

    edges = found({"app.py": "import pkg.user\n"}, packages)

    assert [path for path in edges if path.endswith("plugin.py")] == ["pkg/user/plugin.py"]

"""What lazy modules export ships where it is asked for by its name."""

import pytest

from tests.support.elf import make_elf

TABLE = """
from importlib import import_module
_MAP = {"One": (".one", "One"), "Two": ("pkg.two", "Two"), "helpers": "_helpers"}
__all__ = sorted(_MAP)
def __getattr__(name):
    if name not in _MAP:
        raise AttributeError(name)
    entry = _MAP[name]
    module = import_module(entry[0], __name__)
    return getattr(module, entry[1])
def __dir__():
    return [*_MAP]
"""
MODULES = ("one", "two", "_helpers")
TEMPLATE = """
import importlib as _importlib
submodules = ["one", "two", "_helpers"]
__all__ = submodules + ["version"]
def __dir__():
    return __all__
def __getattr__(name):
    if name in submodules:
        return _importlib.import_module(f"pkg.{name}")
    raise AttributeError(name)
"""


@pytest.fixture
def loaded(found):
    """Return which modules of a lazy package are reached from own code, with more packages or more of this one."""

    def run(own, lazy=TABLE, more=None, **packages):
        files = {"pkg/__init__.py": lazy, **{f"pkg/{name}.py": "" for name in MODULES}, **(more or {})}
        own = own if isinstance(own, dict) else {"app.py": own}
        edges = found(own, {"pkg": files, **packages})
        return [name for name in MODULES if f"pkg/{name}.py" in edges]

    return run


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("import pkg\n", []),
        ("import pkg.one\n", ["one"]),
        ("from pkg import One\n", ["one"]),
        ("def f():\n    from pkg import Two as Other\n", ["two"]),
        ("import pkg\npkg.One()\n", ["one"]),
        ("import pkg as p\ndef f(x: p.Two):\n    return p.One.make(x)\n", ["one", "two"]),
        ("import pkg\nx: 'list[pkg.One]'\n", ["one"]),
        ("import pkg\ngetattr(pkg, 'Nothing', pkg.version)\n", list(MODULES)),
        ("import pkg\n'''Use pkg.One.'''\nraise ValueError('write to help@pkg.org.')\n", []),
        ("NAME = 'pkg.One'\n", ["one"]),
        ("NAME = 'pkg:Two'\n", ["two"]),
        ("import sys, pkg\nsys.modules['pkg'].One\n", ["one"]),
        ("import sys, pkg\nsys.modules.get('pkg').version\n", []),
        ("import pkg\nfrom importlib.resources import files\nfiles('pkg').joinpath('a.txt')\n", []),
    ],
)
def test_names_that_are_asked_for(loaded, own, expected):
    """What a lazy module exports ships when an import, an attribute or a dotted string asks for it, else not."""
    assert loaded(own) == expected


@pytest.mark.parametrize(
    "own",
    [
        "from pkg import *\n",
        "import pkg\nprint(pkg)\n",
        "import pkg\ndef f(name):\n    return getattr(pkg, name)\n",
        "import pkg\ndef f(name):\n    return eval(f'pkg.{name}')\n",
        "import pkg\nalias = pkg\n",
        "from importlib import import_module\nimport_module('pkg')\n",
        "import pkg\ndef f(name):\n    return pkg.__getattr__(name)\n",
        "import sys, pkg\ngetattr(sys.modules['pkg'], input())\n",
        {"app.py": "import sys, pkg\nsys.modules.get('pkg')\n"},
    ],
)
def test_modules_handed_on_whole(loaded, own):
    """Where nobody can see what is asked of a lazy module, all that it exports ships."""
    assert loaded(own) == list(MODULES)


@pytest.mark.parametrize(
    "own",
    [
        {"app.py": "from compat import pkg\npkg.One\n", "compat.py": "import pkg\n"},
        {"app.py": "import compat\ncompat.pkg.One\n", "compat.py": "import pkg\n"},
        {"app.py": "from compat import p\np.One\n", "compat.py": "import pkg as p\n"},
        {
            "app.py": "from more import p\np.One\n",
            "more.py": "from compat import p\n",
            "compat.py": "import pkg as p\n",
        },
    ],
)
def test_modules_that_another_one_shares(loaded, own):
    """A lazy module may be had from where it was imported, under the name that it has there."""
    assert loaded(own) == ["one"]


def test_modules_shared_by_a_star(loaded):
    """A star may bring a lazy module under any name, unless `__all__` leaves it out."""
    shared = {"app.py": "from compat import *\npkg.One\n", "compat.py": "import pkg\nx = 1\n"}

    assert loaded(shared) == list(MODULES)
    assert loaded({**shared, "compat.py": "import pkg\n__all__ = ['x']\nx = 1\n"}) == []


def test_only_names_of_the_module_are_shared(loaded):
    """What an import inside a function binds, nobody can take from the module; what it says is global, they can."""
    compat = "def f():\n    import pkg\n    return pkg.One\n"
    shared = {"app.py": "from compat import *\n", "compat.py": compat}

    assert loaded(shared) == ["one"]
    assert loaded({**shared, "compat.py": compat.replace("    import", "    global pkg\n    import")}) == list(MODULES)
    assert loaded({**shared, "compat.py": "try:\n    import pkg\nexcept ImportError:\n    pkg = None\n"}) == list(
        MODULES
    )


def test_names_put_into_a_name(loaded):
    """Where the exported name is put into that of a module, the modules that are asked for ship."""
    assert loaded("import pkg\npkg.one.run()\n", TEMPLATE) == ["one"]
    assert loaded("import pkg\n", TEMPLATE) == []
    assert loaded("import pkg\nprint(pkg)\n", TEMPLATE) == list(MODULES)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"helpers": "_helpers"}', '"helpers": "_helpers"}\n_MAP["x"] = make()'),
        ('"helpers": "_helpers"}', '"helpers": "_helpers"}\n_MAP.update(More=("one", "x"))'),
        ('"helpers": "_helpers"}', '"helpers": "_helpers", **more}'),
        ('"helpers": "_helpers"}', '"helpers": "_helpers"}\nregister(_MAP)'),
        ('"helpers": "_helpers"}', '"helpers": "_helpers"}\ndef load(name):\n    return import_module(name)'),
        ("entry = _MAP[name]", "entry = find(name, _OTHERS)"),
        ("entry = _MAP[name]", "entry = [load(m) for m in _MAP]"),
        ("return [*_MAP]", "return sys.modules[__name__].One"),
        ("return [*_MAP]", "return [__getattr__(name) for name in _MAP]"),
    ],
)
def test_lazy_modules_that_cannot_be_seen_through(loaded, before, after):
    """Where more than the name and what is written down decides what is loaded, all that strings name ships."""
    assert before in TABLE
    assert loaded("import pkg\n", TABLE.replace(before, after)) == list(MODULES)


def test_lazy_modules_below_lazy_modules(loaded):
    """A lazy package that a lazy package exports is seen through as well; one under another name is not."""
    outer = TABLE.replace("pkg.two", "pkg.sub").replace('"Two"', '"sub"')
    inner = TABLE.replace("pkg.two", "pkg.one").replace(".one", "..one")
    more = {"pkg/sub/__init__.py": inner.replace("One", "Deep")}

    assert loaded("import pkg\npkg.sub\n", outer, more) == list(MODULES)[:1]
    assert loaded("import pkg\npkg.sub.other\n", outer, more) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"PyInit_fast\0pkg\0Two\0__main__\0", ["two"]),
        (b"PyInit_fast\0pkg\0Nothing\0__main__\0", []),
        (b"PyInit_fast\0src/lib.rspkg\0nothingOneto say\0pkg\0", []),
        (b"PyInit_fast\0src/lib.rspkg\0gohelpersto\0pkg\0", ["_helpers"]),
        (b"PyInit_fast\0pkg\0cython_function_or_method\0", list(MODULES)),
    ],
)
def test_extensions_ask_by_their_text(found, text, expected):
    """An extension asks a lazy module for the names in its text; for any where its text is hidden."""
    packages = {
        "pkg": {"pkg/__init__.py": TABLE, **{f"pkg/{name}.py": "" for name in MODULES}},
        "fast": {"fast.cpython-312-x86_64-linux-gnu.so": make_elf(sections={".rodata": text})},
    }

    edges = found({"app.py": "import fast\n"}, packages, requires={"fast": ("pkg",)})

    assert [name for name in MODULES if f"pkg/{name}.py" in edges] == expected


def test_modules_that_take_their_package(loaded):
    """A module may take its own package out of `sys.modules`, to ask it for anything."""

    def taken(child):
        return loaded("import pkg.child\n", TABLE, {"pkg/child.py": f"import sys\n{child}\n"})

    assert taken("sys.modules[__package__].One") == ["one"]
    assert taken("x = sys.modules[__package__]") == list(MODULES)
    assert taken("sys.modules[one]") == []


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ("register_backend('pkg')", []),
        ('def f():\n    """\n    >>> optional("pkg").One\n    """', []),
        ("backend = optional_import('pkg')", list(MODULES)),
    ],
)
def test_packages_that_announce_themselves(loaded, child, expected):
    """A call whose value nobody takes asks nothing of the package that it names, and neither do examples."""
    assert loaded("import pkg.child\n", TABLE, {"pkg/child.py": f"{child}\n"}) == expected

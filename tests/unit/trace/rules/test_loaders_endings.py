"""Endings that are put to names."""

from bundler.trace.rules.loaders_endings import RULE


def test_what_it_finds(brought):
    """A dotted string with the ending that the package puts to names is a module."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\n"
                "NAME = 'pkg.core'\n"
                "def load(name):\n"
                "    return importlib.import_module(find(name) + '_py')\n"
            ),
            "pkg/core_py.py": "",
            "pkg/else_py.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/core_py.py"]


def test_what_it_must_not_catch(brought):
    """Without such an import an ending is none."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "NAME = 'pkg.core'\nEND = '_py'\n", "pkg/core_py.py": ""}}

    assert brought(RULE, own, packages) == []

"""Dotted strings of packages that load by name."""

from bundler.trace.rules.loaders_strings import RULE


def test_what_it_finds(brought):
    """A dotted string in one file and an import by name in another meet at run time."""
    own = {"app.py": "import pkg.names, pkg.load\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/names.py": "ENGINE = 'pkg.engine.Engine'\n",
            "pkg/load.py": ("import importlib\ndef use(name):\n    return importlib.import_module(name)\n"),
            "pkg/engine.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/engine.py"]


def test_what_it_must_not_catch(brought):
    """Where the distribution loads nothing by name, they are words."""
    own = {"app.py": "import pkg.names\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/names.py": "ENGINE = 'pkg.engine.Engine'\n", "pkg/engine.py": ""}}

    assert brought(RULE, own, packages) == []

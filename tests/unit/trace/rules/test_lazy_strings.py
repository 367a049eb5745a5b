"""Modules that strings of a lazy module name."""

from bundler.trace.rules.lazy_strings import RULE


def test_what_it_finds(brought):
    """A lazy module loads what its strings name."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\n"
                "PARTS = ['.one']\n"
                "def load(name):\n"
                "    return importlib.import_module(find(name), __name__)\n"
            ),
            "pkg/one.py": "",
            "pkg/two.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/one.py"]


def test_what_it_must_not_catch(brought):
    """Where nothing is loaded by name, strings are words."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "PARTS = ['.one']\n", "pkg/one.py": ""}}

    assert brought(RULE, own, packages) == []

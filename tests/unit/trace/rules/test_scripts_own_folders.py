"""Modules that list their own folder."""

from bundler.trace.rules.scripts_own_folders import RULE


def test_what_it_finds(brought):
    """A package that lists its own folder and imports what it finds has all of it."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib, os\n"
                "for name in os.listdir(os.path.dirname(__file__)):\n"
                "    if name.endswith('.py'):\n"
                "        importlib.import_module(name[:-3])\n"
            ),
            "pkg/one.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/one.py"]


def test_what_it_must_not_catch(brought):
    """One that looks for data there does not."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "import os\nos.listdir(os.path.dirname(__file__))\n", "pkg/one.py": ""}}

    assert brought(RULE, own, packages) == []

"""Modules that functions are told to load."""

from bundler.trace.rules.calls_parameters import RULE


def test_what_it_finds(brought):
    """What calls give is put into the name."""
    own = {"app.py": "from pkg import load\nload('fast')\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\ndef load(name):\n    return importlib.import_module('pkg.' + name)\n"
            ),
            "pkg/fast.py": "",
            "pkg/slow.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/fast.py"]


def test_what_it_must_not_catch(brought):
    """A call in code that nothing reaches gives nothing."""
    own = {"app.py": "import pkg.core\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/core.py": ("import importlib\ndef load(name):\n    return importlib.import_module('pkg.' + name)\n"),
            "pkg/other.py": "from pkg.core import load\nload('fast')\n",
            "pkg/fast.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

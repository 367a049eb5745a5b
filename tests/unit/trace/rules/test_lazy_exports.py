"""Exports of lazy modules."""

from bundler.trace.rules.lazy_exports import RULE


def test_what_it_finds(brought):
    """An export ships where something asks for it by its name."""
    own = {"app.py": "from pkg import one\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\n"
                "_PARTS = {'one': '.first', 'two': '.second'}\n"
                "def __getattr__(name):\n"
                "    return getattr(importlib.import_module(_PARTS[name], __name__), name)\n"
            ),
            "pkg/first.py": "",
            "pkg/second.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/first.py"]


def test_what_it_must_not_catch(brought):
    """Exports that nobody asks for stay out."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\n"
                "_PARTS = {'one': '.first'}\n"
                "def __getattr__(name):\n"
                "    return getattr(importlib.import_module(_PARTS[name], __name__), name)\n"
            ),
            "pkg/first.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

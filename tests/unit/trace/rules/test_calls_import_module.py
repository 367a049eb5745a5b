"""Imports by a name that is written down."""

from bundler.trace.rules.calls_import_module import RULE


def test_what_it_finds(brought):
    """Names and globs of `import_module` lead to modules."""
    own = {
        "app.py": (
            "import importlib\nimportlib.import_module('jobs.nightly')\nimportlib.import_module(f'parts.{name}')\n"
        ),
        "jobs/__init__.py": "",
        "jobs/nightly.py": "",
        "parts/__init__.py": "",
        "parts/one.py": "",
    }

    assert brought(RULE, own) == ["jobs/nightly.py", "parts/one.py"]


def test_what_it_must_not_catch(brought):
    """A name of which nothing is known leads nowhere here: it is doubt."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "import importlib\nimportlib.import_module(name)\n", "pkg/one.py": ""}}

    assert brought(RULE, own, packages) == []

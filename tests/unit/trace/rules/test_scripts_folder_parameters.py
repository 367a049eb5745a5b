"""Folders of scripts as defaults."""

from bundler.trace.rules.scripts_folder_parameters import RULE


def test_what_it_finds(brought):
    """A first-party folder of scripts ships where a package has its name as a default."""
    own = {"app.py": "import pkg\n", "migrations/env.py": ""}
    packages = {"pkg": {"pkg.py": "def init(directory='migrations'): ...\n"}}

    assert brought(RULE, own, packages) == ["migrations/env.py"]


def test_what_it_must_not_catch(brought):
    """A package is imported, not run."""
    own = {"app.py": "import pkg\n", "migrations/__init__.py": "", "migrations/env.py": ""}
    packages = {"pkg": {"pkg.py": "def init(directory='migrations'): ...\n"}}

    assert brought(RULE, own, packages) == []

"""Modules that another Python runs."""

from bundler.trace.rules.scripts_programs import RULE


def test_what_it_finds(brought):
    """A module that is run with `-m` ships."""
    own = {
        "app.py": ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'jobs.nightly'])\n"),
        "jobs/__init__.py": "",
        "jobs/nightly.py": "",
    }

    assert brought(RULE, own) == ["jobs/nightly.py"]


def test_what_it_must_not_catch(brought):
    """A package does not mean first-party modules."""
    own = {"app.py": "import pkg\n", "jobs/__init__.py": "", "jobs/nightly.py": ""}
    packages = {"pkg": {"pkg.py": ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'jobs.nightly'])\n")}}

    assert brought(RULE, own, packages) == []

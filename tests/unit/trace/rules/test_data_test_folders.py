"""First-party data in folders called tests."""

from bundler.trace.rules.data_test_folders import RULE


def test_what_it_finds(brought):
    """A path into `tests` that starts where nobody can tell means the data there."""
    own = {
        "app.py": ("import os\nopen(os.path.join(os.environ['HOME'], 'tests', 'data', 'a.json'))\n"),
        "tests/data/a.json": "",
        "tests/data/b.json": "",
    }

    assert brought(RULE, own) == ["tests/data/a.json"]


def test_what_it_must_not_catch(brought):
    """Folders of tests in packages are not meant."""
    own = {"app.py": ("import os\nopen(os.path.join(os.environ['HOME'], 'tests', 'a.json'))\n")}
    packages = {"pkg": {"pkg/__init__.py": "", "tests/a.json": ""}}

    assert brought(RULE, own, packages) == []

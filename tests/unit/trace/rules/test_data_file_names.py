"""Names of data files in strings."""

from bundler.trace.rules.data_file_names import RULE


def test_what_it_finds(brought):
    """A string that is the name of a file of the same distribution means it, wherever it lies."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "load('table.csv')\n", "pkg/deep/table.csv": "", "pkg/other.csv": ""}}

    assert brought(RULE, own, packages) == ["pkg/deep/table.csv"]


def test_what_it_must_not_catch(brought):
    """A file of that name in another distribution is not meant."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {"pkg/__init__.py": "load('table.csv')\n"},
        "data": {"data/__init__.py": "", "data/table.csv": ""},
    }

    assert brought(RULE, own, packages) == []

"""Paths that other modules name."""

from bundler.trace.rules.data_imported_paths import RULE


def test_what_it_finds(brought):
    """What a path leads to that another module gave a name ships for who imports the name."""
    own = {"app.py": "import pkg.use\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/where.py": "import os\nROOT = os.path.join(os.path.dirname(__file__), 'files')\n",
            "pkg/use.py": "from pkg.where import ROOT\nuse(ROOT)\n",
            "pkg/files/a.txt": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/files/a.txt"]


def test_what_it_must_not_catch(brought):
    """First-party paths are not followed: their data ships by patterns."""
    own = {
        "app.py": "from where import ROOT\n",
        "where.py": "import os\nROOT = os.path.join(os.path.dirname(__file__), 'files')\n",
        "files/a.txt": "",
    }

    assert brought(RULE, own) == []

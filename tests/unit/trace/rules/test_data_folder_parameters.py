"""Folders that parameters are given."""

from bundler.trace.rules.data_folder_parameters import RULE


def test_what_it_finds(brought):
    """A folder beside the code that gives it to a parameter ships."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {"pkg/__init__.py": "make(template_folder='pages')\n", "pkg/pages/a.html": "", "pkg/else/b.html": ""}
    }

    assert brought(RULE, own, packages) == ["pkg/pages/a.html"]


def test_what_it_must_not_catch(brought):
    """A word for which no folder is there means none."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "make(template_folder='views')\n", "pkg/pages/a.html": ""}}

    assert brought(RULE, own, packages) == []

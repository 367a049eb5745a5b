"""All that a distribution lists."""

from bundler.trace.rules.data_recorded import RULE


def test_what_it_finds(brought):
    """Whoever goes through the files of another distribution finds them there, modules too."""
    own = {"app.py": ("from importlib.metadata import files\nfor one in files('pkg'):\n    one.read_text()\n")}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/a.txt": ""}}

    assert brought(RULE, own, packages) == ["pkg/__init__.py", "pkg/a.txt"]


def test_what_it_must_not_catch(brought):
    """`files` of `importlib.resources` is a folder."""
    own = {"app.py": "from importlib.resources import files\nfiles('pkg')\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/a.txt": ""}}

    assert brought(RULE, own, packages) == []

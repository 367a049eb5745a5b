"""Modules that stored objects of packages name."""

from bundler.trace.rules.data_stored import RULE

OPENS = "import os\ndef load(name):\n    return open(os.path.join(os.path.dirname(__file__), 'data', name))\n"


def test_what_it_finds(brought):
    """A pickle that a package opens, under whatever name, leads to the modules of what it holds."""
    stored = b"\x80\x04\x8c\x09pkg.parts\x8c\x04Part\x93."
    files = {"pkg/__init__.py": OPENS, "pkg/data/a.dat": stored, "pkg/parts.py": "", "pkg/other.py": ""}

    assert brought(RULE, {"app.py": "import pkg\n"}, {"pkg": files}) == ["pkg/__init__.py", "pkg/parts.py"]


def test_what_it_must_not_catch(brought):
    """Text may hold the same words, and names nothing so."""
    files = {
        "pkg/__init__.py": OPENS,
        "pkg/data/a.txt": "pkg.parts",
        "pkg/data/b.dat": b"pkg.parts",
        "pkg/parts.py": "",
    }

    assert brought(RULE, {"app.py": "import pkg\n"}, {"pkg": files}) == []

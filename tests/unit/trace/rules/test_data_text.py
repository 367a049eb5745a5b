"""Text files that text of packages names."""

from bundler.trace.rules.data_text import RULE

OPENS = "from pathlib import Path\nunits = (Path(__file__).parent / 'units.txt').read_text()\n"


def test_what_it_finds(brought):
    """Text that a package opens leads to the files beside it that it names, and those to others."""
    text = {"pkg/units.txt": "@import constants.txt\n", "pkg/constants.txt": "see more.json\n", "pkg/more.json": "{}"}
    files = {"pkg/__init__.py": OPENS, **text, "pkg/unused.txt": "units.txt"}

    assert brought(RULE, {"app.py": "import pkg\n"}, {"pkg": files}) == ["pkg/constants.txt", "pkg/more.json"]


def test_what_it_must_not_catch(brought):
    """A file in another folder is not beside it, and large text is not read."""
    names = "@import constants.txt\n"
    files = {"pkg/__init__.py": OPENS, "pkg/units.txt": names, "pkg/more/constants.txt": ""}
    assert brought(RULE, {"app.py": "import pkg\n"}, {"pkg": files}) == []
    files |= {"pkg/units.txt": names + " " * 1_000_000, "pkg/constants.txt": ""}
    assert brought(RULE, {"app.py": "import pkg\n"}, {"pkg": files}) == []

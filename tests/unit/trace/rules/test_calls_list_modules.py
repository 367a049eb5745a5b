"""Packages whose modules are listed."""

from bundler.trace.rules.calls_list_modules import RULE


def test_what_it_finds(brought):
    """A package that is listed ships whole."""
    own = {
        "app.py": "import pkgutil, parts\nlist(pkgutil.iter_modules(parts.__path__))\n",
        "parts/__init__.py": "",
        "parts/one.py": "",
    }

    assert brought(RULE, own) == ["parts/one.py"]


def test_what_it_must_not_catch(brought):
    """A listing of all that can be imported means no package."""
    own = {
        "app.py": "import pkgutil, parts\nlist(pkgutil.iter_modules())\n",
        "parts/__init__.py": "",
        "parts/one.py": "",
    }

    assert brought(RULE, own) == []

"""Packages that open what they are given."""

from bundler.trace.rules.data_any_resource import RULE


def test_what_it_finds(brought):
    """A package that opens a resource nobody can tell ships all its data."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import pkgutil\ndef load(package, name):\n    return pkgutil.get_data(package, name)\n"
            ),
            "pkg/a.txt": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/a.txt"]


def test_what_it_must_not_catch(brought):
    """First-party data ships as patterns say."""
    own = {
        "app.py": ("import pkgutil\ndef load(package, name):\n    return pkgutil.get_data(package, name)\n"),
        "a.dat": "",
    }

    assert brought(RULE, own) == []

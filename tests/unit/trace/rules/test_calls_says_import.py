"""Names by the words around them."""

from bundler.trace.rules.calls_says_import import RULE


def test_what_it_finds(brought):
    """A call whose name says that it imports, and an import inside a string, name modules."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "lazy_import('pkg.one')\nexec('from pkg.two import name')\n",
            "pkg/one.py": "",
            "pkg/two.py": "",
            "pkg/three.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/one.py", "pkg/two.py"]


def test_what_it_must_not_catch(brought):
    """The words of a package name no first-party module."""
    own = {"app.py": "import pkg\n", "shop.py": ""}
    packages = {"pkg": {"pkg.py": "lazy_import('shop')\n"}}

    assert brought(RULE, own, packages) == []

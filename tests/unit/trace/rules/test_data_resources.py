"""A package and a path inside it."""

from bundler.trace.rules.data_resources import RULE


def test_what_it_finds(brought):
    """Two strings in one call that are a package and a path in it mean the data there."""
    own = {"app.py": "from jinja2 import PackageLoader\nPackageLoader('pkg', 'pages')\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/pages/a.html": "", "pkg/other/b.html": ""}}

    assert brought(RULE, own, packages) == ["pkg/__init__.py", "pkg/pages/a.html"]


def test_what_it_must_not_catch(brought):
    """A path that the package does not have means nothing."""
    own = {"app.py": "from jinja2 import PackageLoader\nPackageLoader('pkg', 'views')\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/pages/a.html": ""}}

    assert brought(RULE, own, packages) == []

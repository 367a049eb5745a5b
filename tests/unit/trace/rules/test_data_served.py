"""Packages whose files others serve."""

from bundler.trace.rules.data_served import RULE


def test_what_it_finds(brought):
    """All data of a package in a list called `packages` ships."""
    own = {"app.py": "from web import StaticFiles\nStaticFiles(packages=['pkg'])\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/statics/a.css": ""}}

    assert brought(RULE, own, packages) == ["pkg/__init__.py", "pkg/statics/a.css"]


def test_what_it_must_not_catch(brought):
    """The words of a package name no first-party package."""
    own = {"app.py": "import web\n", "shop/__init__.py": "", "shop/a.css": ""}
    packages = {"web": {"web.py": "serve(packages=['shop'])\n"}}

    assert brought(RULE, own, packages) == []

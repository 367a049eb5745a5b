"""Packages in lists of settings."""

from bundler.trace.rules.first_party_lists import RULE


def test_what_it_finds(brought):
    """A package that settings list is used whole, with its templates."""
    own = {
        "app.py": "INSTALLED_APPS = ['shop']\n",
        "shop/__init__.py": "",
        "shop/models.py": "",
        "shop/pages/a.html": "",
    }

    assert brought(RULE, own) == ["shop/__init__.py", "shop/models.py", "shop/pages/a.html"]


def test_what_it_must_not_catch(brought):
    """A word in no list and under no name is not meant."""
    own = {"app.py": "use('shop')\n", "shop/__init__.py": ""}

    assert brought(RULE, own) == []

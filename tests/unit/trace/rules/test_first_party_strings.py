"""Dotted strings of first-party code."""

from bundler.trace.rules.first_party_strings import RULE


def test_what_it_finds(brought):
    """A dotted string names a module, or something in one."""
    own = {
        "app.py": "use('shop.settings')\nuse('shop.tasks:run')\n",
        "shop/__init__.py": "",
        "shop/settings.py": "",
        "shop/tasks.py": "",
    }

    assert brought(RULE, own) == ["shop/settings.py", "shop/tasks.py"]


def test_what_it_must_not_catch(brought):
    """A word without a dot is a word."""
    own = {"app.py": "use('shop')\n", "shop.py": ""}

    assert brought(RULE, own) == []

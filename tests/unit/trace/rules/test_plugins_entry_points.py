"""Entry points of a group that code reads."""

from bundler.trace.rules.plugins_entry_points import RULE


def test_what_it_finds(brought):
    """Every entry point of the group ships, with the metadata that lists it."""
    own = {"app.py": ("from importlib.metadata import entry_points\nentry_points(group='shop.plugins')\n")}
    packages = {"plug": {"plug.py": ""}}

    assert brought(RULE, own, packages, entry_points={"plug": (("shop.plugins", "one", "plug:load"),)}) == [
        "plug-1.0.dist-info/METADATA",
        "plug-1.0.dist-info/entry_points.txt",
        "plug.py",
    ]


def test_what_it_must_not_catch(brought):
    """Entry points of another group do not."""
    own = {"app.py": ("from importlib.metadata import entry_points\nentry_points(group='shop.plugins')\n")}
    packages = {"plug": {"plug.py": ""}}

    assert brought(RULE, own, packages, entry_points={"plug": (("shop.other", "one", "plug:load"),)}) == []

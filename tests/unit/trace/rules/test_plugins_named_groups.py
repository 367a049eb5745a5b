"""Groups of entry points that users name."""

from bundler.trace.rules.plugins_named_groups import RULE


def test_what_it_finds(brought):
    """A string that is a group counts where something that ships reads whatever group it is given."""
    own = {"app.py": "import host\nhost.load('shop.plugins')\n"}
    packages = {
        "host": {
            "host.py": (
                "from importlib.metadata import entry_points\ndef load(group):\n    return entry_points(group=group)\n"
            )
        },
        "plug": {"plug.py": ""},
    }

    assert brought(RULE, own, packages, entry_points={"plug": (("shop.plugins", "one", "plug:load"),)}) == [
        "plug-1.0.dist-info/METADATA",
        "plug-1.0.dist-info/entry_points.txt",
        "plug.py",
    ]


def test_what_it_must_not_catch(brought):
    """Without such a reader it is a mere string."""
    own = {"app.py": "use('shop.plugins')\n"}
    packages = {"plug": {"plug.py": ""}}

    assert brought(RULE, own, packages, entry_points={"plug": (("shop.plugins", "one", "plug:load"),)}) == []

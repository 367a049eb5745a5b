"""What plugins name by strings."""

from bundler.trace.rules.plugins_strings import RULE


def test_what_it_finds(brought):
    """A plugin that was found by its name loads what its strings name."""
    own = {"app.py": "import host\n"}
    packages = {
        "host": {
            "host.py": (
                "import importlib, pkgutil\n"
                "for found in pkgutil.iter_modules():\n"
                "    if found.name.startswith('host_'):\n"
                "        importlib.import_module(found.name)\n"
            )
        },
        "host_one": {"host_one/__init__.py": "PARTS = ['part.Thing']\n", "host_one/part.py": ""},
    }

    assert brought(RULE, own, packages) == ["host_one/part.py"]


def test_what_it_must_not_catch(brought):
    """Strings of who lists are its own words."""
    own = {"app.py": "import host\n"}
    packages = {
        "host": {
            "host/__init__.py": (
                "import importlib, pkgutil\n"
                "for found in pkgutil.iter_modules():\n"
                "    if found.name.startswith('host_'):\n"
                "        importlib.import_module(found.name)\n"
                "PARTS = ['part.Thing']\n"
            ),
            "host/part.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

"""Plugins by the start of their names."""

from bundler.trace.rules.plugins_prefixes import RULE


def test_what_it_finds(brought):
    """Top-level modules whose names start so ship where something lists all modules."""
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
        "host_one": {"host_one.py": ""},
        "hosting": {"hosting.py": ""},
    }

    assert brought(RULE, own, packages) == ["host_one.py"]


def test_what_it_must_not_catch(brought):
    """A string that may be such a start means nothing where nothing lists."""
    own = {"app.py": "import host\n"}
    packages = {"host": {"host.py": "name.startswith('host_')\n"}, "host_one": {"host_one.py": ""}}

    assert brought(RULE, own, packages) == []

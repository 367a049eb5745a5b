"""Modules that are imported by the name of a setting."""

from bundler.trace.rules.calls_settings import RULE


def test_what_it_finds(brought):
    """What first-party code gives the name is imported where a package, or first-party code, imports by that name."""
    own = {
        "app.py": "import importlib, sessions, settings\nimportlib.import_module(settings.BACKEND)\n",
        "settings.py": "SESSION_ENGINE = 'engines.fast'\nBACKEND = 'plain'\nOTHER = 'unused'\n",
        **dict.fromkeys(("engines/__init__.py", "engines/fast.py", "plain.py", "unused.py"), ""),
    }
    packages = {
        "sessions": {
            "sessions.py": (
                "from importlib import import_module\nfrom conf import settings\n"
                "import_module(settings.SESSION_ENGINE)\n"
            )
        }
    }

    assert brought(RULE, own, packages) == ["engines/fast.py", "plain.py"]


def test_what_it_must_not_catch(brought):
    """A setting that nothing imports by its name is a word, and so is one in lower case."""
    own = {
        "app.py": "import importlib, settings\nimportlib.import_module(settings.backend)\n",
        "settings.py": "BACKEND = 'plain'\nbackend = 'plain'\n",
        "plain.py": "",
    }

    assert brought(RULE, own) == []

"""What packages name to the loaders that they require."""

from bundler.trace.rules.loaders_dependants import RULE


def test_what_it_finds(brought):
    """A package names to a loader that it requires what to load of it."""
    own = {"app.py": "import front\n"}
    packages = {
        "front": {"front.py": "import back\nENGINE = 'back.engines.fast'\n"},
        "back": {
            "back/__init__.py": ("import importlib\ndef use(name):\n    return importlib.import_module(name)\n"),
            "back/engines.py": "",
        },
    }

    assert brought(RULE, own, packages, requires={"front": ("back",)}) == ["back/engines.py"]


def test_what_it_must_not_catch(brought):
    """One that does not require it means nothing by that."""
    own = {"app.py": "import front\n"}
    packages = {
        "front": {"front.py": "import back\nENGINE = 'back.engines.fast'\n"},
        "back": {
            "back/__init__.py": ("import importlib\ndef use(name):\n    return importlib.import_module(name)\n"),
            "back/engines.py": "",
        },
    }

    assert brought(RULE, own, packages) == []

"""Folders that are listed for Python files."""

from bundler.trace.rules.scripts_listed_folders import RULE


def test_what_it_finds(brought):
    """What a package finds by listing one of its folders ships."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import os\n"
                "RULES = os.path.join(os.path.dirname(__file__), 'rules')\n"
                "NAMES = [name for name in os.listdir(RULES) if name.endswith('.py')]\n"
            ),
            "pkg/rules/one.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/rules/one.py"]


def test_what_it_must_not_catch(brought):
    """First-party folders ship by statements and strings."""
    own = {
        "app.py": (
            "import os\n"
            "RULES = os.path.join(os.path.dirname(__file__), 'rules')\n"
            "NAMES = [name for name in os.listdir(RULES) if name.endswith('.py')]\n"
        ),
        "rules/one.py": "",
    }

    assert brought(RULE, own) == []

"""Folders of scripts."""

from bundler.trace.rules.scripts_folders import RULE


def test_what_it_finds(brought):
    """Python files of a folder ship where code executes what it finds."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import os, runpy\n"
                "HERE = os.path.join(os.path.dirname(__file__), 'steps')\n"
                "for name in os.listdir(HERE):\n"
                "    if name.endswith('.py'):\n"
                "        runpy.run_path(os.path.join(HERE, name))\n"
            ),
            "pkg/steps/one.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/steps/one.py"]


def test_what_it_must_not_catch(brought):
    """Where nothing runs files, a folder holds data."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": ("import os\nopen(os.path.join(os.path.dirname(__file__), 'steps', 'a.txt'))\n"),
            "pkg/steps/a.txt": "",
            "pkg/steps/one.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

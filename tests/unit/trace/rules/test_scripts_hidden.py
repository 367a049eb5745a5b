"""Files that packages hide."""

from bundler.trace.rules.scripts_hidden import RULE


def test_what_it_finds(brought):
    """A top-level file that a package of its name hides ships where code looks for it and runs it."""
    own = {"app.py": "import tool\n"}
    packages = {
        "tool": {
            "tool/__init__.py": (
                "import os, runpy, sys\n"
                "for folder in sys.path:\n"
                "    path = os.path.join(folder, 'tool.py')\n"
                "    if os.path.exists(path):\n"
                "        runpy.run_path(path)\n"
            ),
            "tool.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["tool.py"]


def test_what_it_must_not_catch(brought):
    """A file that no package hides is imported as any other."""
    own = {"app.py": "import main\n"}
    packages = {
        "main": {
            "main.py": (
                "import os, runpy, sys\n"
                "for folder in sys.path:\n"
                "    path = os.path.join(folder, 'tool.py')\n"
                "    if os.path.exists(path):\n"
                "        runpy.run_path(path)\n"
            ),
            "tool.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

"""Packages that are folders of scripts."""

from bundler.trace.rules.scripts_packages import RULE


def test_what_it_finds(brought):
    """A package that code names which runs scripts is a folder of them."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import glob, runpy\n"
                "WHERE = 'pkg.steps'\n"
                "for path in glob.glob(root + '/*.py'):\n"
                "    runpy.run_path(path)\n"
            ),
            "pkg/steps/__init__.py": "",
            "pkg/steps/one.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/steps/__init__.py", "pkg/steps/one.py"]


def test_what_it_must_not_catch(brought):
    """The packages of others are not."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import glob, runpy\n"
                "WHERE = 'other.steps'\n"
                "for path in glob.glob(root + '/*.py'):\n"
                "    runpy.run_path(path)\n"
            )
        },
        "other": {"other/__init__.py": "", "other/steps/__init__.py": ""},
    }

    assert brought(RULE, own, packages) == []

"""First-party packages that are looked through."""

from bundler.trace.rules.plugins_scan import RULE


def test_what_it_finds(brought):
    """A package that is given to a function which lists packages ships whole."""
    own = {"app.py": "from web import scan\nimport shop\nscan(shop)\n", "shop/__init__.py": "", "shop/views.py": ""}
    packages = {
        "web": {
            "web.py": ("import pkgutil\ndef scan(package):\n    return list(pkgutil.walk_packages(package.__path__))\n")
        }
    }

    assert brought(RULE, own, packages) == ["shop/views.py"]


def test_what_it_must_not_catch(brought):
    """`scan` of something that lists no packages reads a table."""
    own = {"app.py": "from db import scan\nimport shop\nscan(shop)\n", "shop/__init__.py": "", "shop/views.py": ""}
    packages = {"db": {"db.py": "def scan(table):\n    return table.rows\n"}}

    assert brought(RULE, own, packages) == []

"""Stubs that lazy loaders open."""

from bundler.trace.rules.lazy_stubs import RULE


def test_what_it_finds(brought):
    """What the stub beside a module imports is loaded when the module opens it."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "import lazy_loader\nlazy_loader.attach_stub(__name__, __file__)\n",
            "pkg/__init__.pyi": "from .part import name\n",
            "pkg/part.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/part.py"]


def test_what_it_must_not_catch(brought):
    """A stub that nothing opens is for type checkers."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/__init__.pyi": "from .part import name\n", "pkg/part.py": ""}}

    assert brought(RULE, own, packages) == []

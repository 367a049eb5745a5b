"""Names by the words around them."""

import pytest

from bundler.trace.rules.calls_says_import import RULE


def test_what_it_finds(brought):
    """A call whose name says that it imports, and an import inside a string, name modules."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "lazy_import('pkg.one')\nexec('from pkg.two import name')\n",
            "pkg/one.py": "",
            "pkg/two.py": "",
            "pkg/three.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/one.py", "pkg/two.py"]


def test_what_it_must_not_catch(brought):
    """The words of a package name no first-party module."""
    own = {"app.py": "import pkg\n", "shop.py": ""}
    packages = {"pkg": {"pkg.py": "lazy_import('shop')\n"}}

    assert brought(RULE, own, packages) == []


@pytest.mark.parametrize("code", ["raise ImportError('extra')", "class ImportWarning(E): ...\nImportWarning('extra')"])
@pytest.mark.parametrize("is_own", [True, False])
def test_errors_import_nothing(brought, code, is_own):
    """The name of an error says what failed, not what is imported."""
    own = {"app.py": code if is_own else "import pkg\n"}
    packages = {"extra": {"extra/__init__.py": ""}, "pkg": {"pkg/__init__.py": code}}

    assert brought(RULE, own, packages) == []


def test_a_name_reaches_a_function_that_imports_under_another_name(brought):
    """First-party code may keep the name that it has imported, or take it from the environment."""
    own = {"app.py": "import os\nNAME = os.environ.get('BACKEND', 'extra')\nlazy_import(NAME)\n"}

    assert brought(RULE, own, {"extra": {"extra/__init__.py": ""}}) == ["extra/__init__.py"]

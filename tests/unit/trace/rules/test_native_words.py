"""Modules that an extension names by whole words."""

from bundler.trace.rules.native_words import RULE
from tests.support.elf import make_elf

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def test_what_it_finds(brought):
    """A word in its text that is a module beside it means that."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0__main__\0pkg.helper\0"}),
            "pkg/helper.py": "",
            "pkg/other.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/helper.py"]


def test_what_it_must_not_catch(brought):
    """`__main__` stands in every extension."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0__main__\0other\0"}),
            "pkg/__main__.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

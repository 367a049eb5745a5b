"""Data that an extension names."""

from bundler.trace.rules.native_data import RULE
from tests.support.elf import make_elf

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def test_what_it_finds(brought):
    """A file beside it whose name stands in its text is opened from there."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0table.bin\0"}),
            "pkg/table.bin": "",
            "pkg/other.bin": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/table.bin"]


def test_what_it_must_not_catch(brought):
    """A folder of modules is imported, not opened."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0tables\0"}),
            "pkg/tables/a.bin": "",
            "pkg/tables/code.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

"""Extensions whose text nobody can read."""

from bundler.trace.rules.native_opaque import RULE
from tests.support.elf import make_elf

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def test_what_it_finds(brought):
    """All beside one whose strings are hidden may be meant, and what its distribution requires."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0cython_function_or_method\0"}),
            "pkg/other.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/other.py"]


def test_what_it_must_not_catch(brought):
    """One whose strings are there says what it means."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0cython_function_or_method\0__main__\0"}),
            "pkg/other.py": "",
        }
    }

    assert brought(RULE, own, packages) == []

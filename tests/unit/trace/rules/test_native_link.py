"""Libraries that shared objects link."""

from bundler.trace.rules.native_link import RULE
from tests.support.elf import make_elf

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def test_what_it_finds(brought):
    """A library that an extension needs is found by its path of search, and what that needs beside it."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(needed=("liba.so.1",), runpath="$ORIGIN/../pkg.libs"),
            "pkg.libs/liba.so.1": make_elf(needed=("libb.so",)),
            "pkg.libs/libb.so": make_elf(),
            "pkg.libs/libc.so": make_elf(),
        }
    }

    assert brought(RULE, {"app.py": "import pkg\n"}, packages) == ["pkg.libs/liba.so.1", "pkg.libs/libb.so"]


def test_what_it_must_not_catch(brought):
    """A library of the system stays the system's, and one of the same name in another wheel that wheel's."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(needed=("libm.so.6", "libb.so")),
        },
        "other": {"other/libb.so": make_elf()},
    }

    assert brought(RULE, {"app.py": "import pkg\n"}, packages) == []

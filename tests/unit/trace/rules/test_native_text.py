"""Modules named inside longer text of an extension."""

from bundler.trace.rules.native_text import RULE
from tests.support.elf import make_elf

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def test_what_it_finds(brought):
    """Rust stores strings without ends between them."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0src/lib.rspkg.helperpanicked\0"}),
            "pkg/helper.py": "",
            "pkg/other.py": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/helper.py"]


def test_what_it_must_not_catch(brought):
    """Modules of what it does not require are not looked for in there."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0src/lib.rsother.helperpanicked\0"}),
        },
        "other": {"other/__init__.py": "", "other/helper.py": ""},
    }

    assert brought(RULE, own, packages) == []

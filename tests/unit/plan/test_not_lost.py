"""What tracing has to know however it is built: a list of plans, each of which once was a bug of somebody."""

import zlib

import pytest

from bundler.model.project import Layer
from bundler.trace import trace_layer
from tests.support.elf import make_elf
from tests.support.sites import WITHOUT_DOUBT, make_function, make_site

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"
APP = {"app.py": "import pkg\n"}
LAZY = """
from importlib import import_module
_PARTS = {"one": (".first", "one"), "two": (".second", "two")}
def __getattr__(name):
    part = _PARTS[name]
    return getattr(import_module(part[0], __name__), part[1])
"""


def cython(*words):
    """Return the text of an extension whose strings are packed as Cython 3.1 packs them."""
    strings = [word.encode() for word in ["", *words, *(f"filling{n}" for n in range(20)), "__main__", "__name__"]]
    table = b"".join(len(string).to_bytes(4, "little") for string in strings)
    return b"PyInit_fast\0".ljust(16, b"\0") + table + b"\xff\xff\xff\xff" + zlib.compress(b"".join(strings))


def native(text=b"", **parts):
    return make_elf(sections={".rodata": text}, **parts)


CASES = {
    "include-modules with all below": (
        {"app.py": ""},
        {"pkg": {"pkg/__init__.py": "", "pkg/deep/__init__.py": "", "pkg/deep/one.py": "", "pkg/other.py": ""}},
        {"include_modules": ("pkg.deep",)},
        ["pkg/__init__.py", "pkg/deep/__init__.py", "pkg/deep/one.py"],
    ),
    "`__all__` for stars": (
        {"app.py": "from pkg import *\n"},
        {"pkg": {"pkg/__init__.py": "__all__ = ['one']\n", "pkg/one.py": "", "pkg/two.py": ""}},
        {},
        ["pkg/__init__.py", "pkg/one.py"],
    ),
    "an import that waits for a later path root": (
        {
            "app.py": "import early\nimport os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\n",
            "early.py": "def f():\n    import late\n",
            "lib/late.py": "import pkg\n",
        },
        {"pkg": {"pkg/__init__.py": ""}},
        {},
        ["pkg/__init__.py"],
    ),
    "parents of a namespace": (
        {"app.py": "import top.space.part.one\n"},
        {"pkg": {"top/__init__.py": "", "top/space/part/__init__.py": "", "top/space/part/one.py": ""}},
        {},
        ["top/__init__.py", "top/space/part/__init__.py", "top/space/part/one.py"],
    ),
    "exclude-modules": (
        APP,
        {"pkg": {"pkg/__init__.py": "from pkg import one, two\n", "pkg/one.py": "", "pkg/two.py": ""}},
        {"exclude_modules": ("pkg.two",)},
        ["pkg/__init__.py", "pkg/one.py"],
    ),
    "data that names text that names text": (
        APP,
        {
            "pkg": {
                "pkg/__init__.py": "import os\nopen(os.path.join(os.path.dirname(__file__), 'a.txt'))\n",
                "pkg/a.txt": "@import b.txt\n",
                "pkg/b.txt": "@import c.txt\n",
                "pkg/c.txt": "",
                "pkg/d.txt": "",
            }
        },
        {},
        ["pkg/__init__.py", "pkg/a.txt", "pkg/b.txt", "pkg/c.txt"],
    ),
    "RPATH and sonames": (
        {"app.py": "import pkg._fast\n"},
        {
            "pkg": {
                "pkg/__init__.py": "",
                f"pkg/_fast{SUFFIX}": native(needed=("liba.so.1",), rpath="$ORIGIN/../pkg.libs"),
                "pkg.libs/liba.so.1": native(soname="liba.so.1", needed=("libb.so.2",)),
                "pkg.libs/libb.so.2": native(soname="libb.so.2"),
                "pkg.libs/libc.so.3": native(soname="libc.so.3"),
            }
        },
        {},
        ["pkg.libs/liba.so.1", "pkg.libs/libb.so.2", "pkg/__init__.py", f"pkg/_fast{SUFFIX}"],
    ),
    "a folder that version control is asked about": (
        APP,
        {
            "pkg": {
                "pkg/__init__.py": (
                    "import os, subprocess\nHERE = os.path.dirname(__file__)\n"
                    "subprocess.check_output(['git', 'rev-parse', 'HEAD'], cwd=HERE)\n"
                ),
                "pkg/table.csv": "",
            }
        },
        {},
        ["pkg/__init__.py"],
    ),
    "a closed `__getattr__`": (
        {"app.py": "import pkg\npkg.one\n"},
        {"pkg": {"pkg/__init__.py": LAZY, "pkg/first.py": "", "pkg/second.py": ""}},
        {},
        ["pkg/__init__.py", "pkg/first.py"],
    ),
    "strings in packed tables": (
        {"app.py": "import pkg._fast\n"},
        {
            "pkg": {
                "pkg/__init__.py": "",
                f"pkg/_fast{SUFFIX}": native(cython("pkg.named", "helper")),
                "pkg/named.py": "",
                "pkg/helper.py": "",
                "pkg/other.py": "",
            }
        },
        {},
        ["pkg/__init__.py", f"pkg/_fast{SUFFIX}", "pkg/helper.py", "pkg/named.py"],
    ),
    "an extension before its source": (
        {"app.py": "import pkg.fast\n"},
        {
            "pkg": {
                "pkg/__init__.py": "",
                f"pkg/fast{SUFFIX}": native(),
                "pkg/fast.py": "import pkg.needed\n",
                "pkg/needed.py": "",
            }
        },
        {},
        ["pkg/__init__.py", f"pkg/fast{SUFFIX}", "pkg/needed.py"],
    ),
    "optional edges between packages": (
        {"app.py": "import pkg\nimport user\n"},
        {
            "pkg": {"pkg/__init__.py": "def f():\n    import extra\n"},
            "user": {"user.py": ""},
            "extra": {"extra.py": ""},
            "else": {"else_.py": ""},
        },
        {"requires": {"pkg": ("user",), "else": ("extra",)}},
        ["pkg/__init__.py", "user.py"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_ships(plan, name):
    """What packages ship for a handler, without what only doubt brings."""
    own, packages, options, expected = CASES[name]

    files = plan(own, packages, shake=WITHOUT_DOUBT, **options).files

    assert [one.file.path for one in files if one.file.owner and ".dist-info/" not in one.file.path] == expected


@pytest.mark.parametrize(("code", "ships"), [("import boto3\n", False), ("import boto3, narrow\n", True)])
def test_what_the_runtime_brings_is_decided_after_the_trace(plan, code, ships):
    """boto3 is the runtime's unless something that is reached works with few versions of it."""
    packages = {"boto3": {"boto3/__init__.py": ""}, "narrow": {"narrow.py": ""}}

    files = plan({"app.py": code}, packages, narrow={"narrow": ("boto3",)}, requires={"narrow": ("boto3",)}).files

    assert ("boto3/__init__.py" in {one.file.path for one in files}) is ships


def test_anyone_may_call_what_a_layer_has(tmp_path):
    """In a layer nobody sees who asks a lazy module for what, or calls a function with which name."""
    load = "import importlib\ndef load(name):\n    return importlib.import_module('pkg.parts.' + name)\n"
    packages = {
        "pkg": {
            "pkg/__init__.py": LAZY,
            "pkg/load.py": load,
            **dict.fromkeys(("pkg/first.py", "pkg/second.py", "pkg/parts/__init__.py", "pkg/parts/one.py"), ""),
        }
    }
    site = make_site(tmp_path / "own", {}, packages)
    function = make_function(tmp_path / "own")
    layer = Layer(name="deps", target=function.target, folder=None, options=function.options)

    graph = trace_layer(layer, site, ("pkg/__init__.py", "pkg/load.py"))

    assert {"pkg/first.py", "pkg/second.py", "pkg/parts/one.py"} <= graph.modules.keys()

"""What the text of extension modules leads to."""

import pytest

from bundler.trace import trace_functions
from bundler.trace.packed_strings import unpack_strings
from tests.support.elf import make_elf
from tests.support.sites import make_function, make_site

SUFFIX = ".cpython-312-x86_64-linux-gnu.so"


def pack(text: bytes) -> bytes:
    """Compress as Cython does: six plain bytes, a reference to the last three, the rest in plain bytes."""
    head, repeated, rest = text[:6], text[6:9], text[9:]
    assert repeated == head[3:]
    packed = bytes([0b10111111]) + head + bytes([0, 0]) + rest[:1]
    for start in range(1, len(rest), 8):
        packed += b"\xff" + rest[start : start + 8].ljust(8)
    return b"\0" + packed + bytes(16)


def test_packed_text_that_repeats_itself_at_once():
    """A packed text may refer to its own start within the first eight items."""
    text = b"\n\n       __main__certifi.where" + b" more names that follow" * 3

    words = unpack_strings(b"LZSS string data\0" + pack(text)).split("\n")

    assert words[:2] == ["__main__certifi.where", "more"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            b"PyInit_fast\0cython_function_or_method\0",
            {"pkg/_other.py": "native", "required.py": "native"},
        ),
        (b"PyInit_fast\0cython_function_or_method\0__main__\0", {}),
    ],
)
def test_text_that_nobody_can_read(tmp_path, monkeypatch, text, expected):
    """Cython's modules compare their name to `__main__`; where even that is hidden, anything may be imported."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": text}),
            "pkg/_other.py": "",
        },
        "required": {"required.py": ""},
        "stranger": {"stranger.py": ""},
    }
    site = make_site(tmp_path / "own", {"app.py": "import pkg\n"}, packages, requires={"pkg": ("required",)})

    graph = trace_functions((make_function(tmp_path / "own"),), site)

    found = {edge.target: str(edge.kind) for edges in graph.edges.values() for edge in edges}
    always = {"pkg/__init__.py": "package", f"pkg/_fast{SUFFIX}": "import"}
    assert found == {**always, **expected}


def test_data_that_text_names(tmp_path, monkeypatch):
    """Data beside an extension module ships when its text has the name of the file or of the folder it lies in."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    text = b"PyInit_fast\0__main__\0proj_data\0table.bin\0modules\0"
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": text}),
            "pkg/proj_data/proj.db": "",
            "pkg/other_data/other.db": "",
            "pkg/modules/one.py": "",
            "pkg/modules/note.txt": "",
            "pkg/table.bin": "",
            "pkg/other.bin": "",
        }
    }
    site = make_site(tmp_path / "own", {"app.py": "import pkg\n"}, packages)

    graph = trace_functions((make_function(tmp_path / "own"),), site)

    found = sorted(edge.target for edges in graph.edges.values() for edge in edges if edge.kind == "data")
    assert found == ["pkg/proj_data/proj.db", "pkg/table.bin"]

"""What the text of extension modules leads to."""

import zlib

import pytest

from bundler.trace import trace_functions
from bundler.trace.facts.packed_strings import unpack_strings
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

    words = unpack_strings([b"LZSS string data\0" + pack(text)]).runs.split("\n")

    assert words[:2] == ["__main__certifi.where", "more"]


def test_packed_text_behind_other_constants():
    """No zero need stand before a packed text: it starts where arrays are aligned to."""
    text = b"\n\n       __main__certifi.where" + b" more names that follow" * 3
    before = b"LZSS string data\0".ljust(64, b"\xfe")

    assert unpack_strings([before + pack(text).lstrip(b"\0")]).runs.startswith("__main__certifi.where")


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

    graph = next(trace_functions((make_function(tmp_path / "own"),), site))

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

    graph = next(trace_functions((make_function(tmp_path / "own"),), site))

    found = sorted(edge.target for edges in graph.edges.values() for edge in edges if edge.kind == "data")
    assert found == ["pkg/proj_data/proj.db", "pkg/table.bin"]


def lay_out_strings(strings: list[bytes]) -> bytes:
    """Return the table of lengths and the text without ends, compressed, as Cython 3.1 and later write them."""
    table = b"".join(len(string).to_bytes(4, "little") for string in strings)
    return b"PyInit_fast\0".ljust(16, b"\0") + table + b"\xff\xff\xff\xff" + zlib.compress(b"".join(strings))


def trace_native(tmp_path, text: bytes, *modules: str) -> list[str]:
    """Return what the text of `pkg._fast` leads to, among some more modules."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import _fast\n",
            f"pkg/_fast{SUFFIX}": make_elf(sections={".rodata": text}),
            **dict.fromkeys(modules, ""),
        }
    }
    site = make_site(tmp_path / "own", {"app.py": "import pkg\n"}, packages)
    graph = next(trace_functions((make_function(tmp_path / "own"),), site))
    return sorted({edge.target for edges in graph.edges.values() for edge in edges if edge.kind == "native"})


def test_strings_that_are_cut_by_their_lengths(tmp_path, monkeypatch):
    """Names are whole strings of a packed text where the table of their lengths is found, not parts of longer ones."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    words = ["alpha", "different", "See pkg.prose for more.", "pkg.named", *(f"filling{n}" for n in range(16))]
    text = lay_out_strings([word.encode() for word in ["", *words, "__main__", "__name__", "single"]])
    modules = [f"pkg/{name}.py" for name in ("diff", "prose", "named", "single")]

    found = trace_native(tmp_path, text, *modules)

    assert found == ["pkg/named.py", "pkg/single.py"]


def test_names_that_documentation_marks(tmp_path, monkeypatch):
    """A name between backticks is documentation; the same in any other text may be one of Rust's strings."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    text = b"PyInit_fast\0src/lib.rs\0See :mod:`pkg.marked` too.\0Failed topkg.runand more\0"

    found = trace_native(tmp_path, text, "pkg/marked.py", "pkg/run.py")

    assert found == ["pkg/run.py"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"See also pkg.told, or ask pkg.named\0pkg.named\0", ["pkg/named.py"]),
        (b"__main__\0cython_function_or_method\0Like pkg.told.f\0pkg.named\0", ["pkg/named.py"]),
        (b"Like pkg.told\0pkg.named\0", ["pkg/named.py"]),
        (b"built by mypyc\0Failed topkg.namedand more\0", ["pkg/named.py"]),
        (b"import pkg.named\0", ["pkg/named.py"]),
        (b"x = 1\n  from pkg.named import f\n>>> from pkg.told import f\n\0", ["pkg/named.py"]),
    ],
)
def test_documentation_in_extensions(tmp_path, monkeypatch, text, expected):
    """Where each string ends with a zero, a longer one that names modules is documentation, or code to be executed."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    assert trace_native(tmp_path, b"PyInit_fast\0" + text, "pkg/named.py", "pkg/told.py") == expected


def test_main_module_that_every_extension_names(tmp_path, monkeypatch):
    """Cython's modules compare their name to `__main__`; the module of that name is not meant."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    text = b"PyInit_fast\0__main__\0other\0"

    found = trace_native(tmp_path, text, "pkg/__main__.py", "pkg/other.py")

    assert found == ["pkg/other.py"]


@pytest.mark.parametrize(
    ("relations", "text", "expected"),
    [
        ({"requires": {"front": ("native",)}}, b"src/lib.rswordsfront.hiddenand more", ["front/hidden.py"]),
        ({}, b"src/lib.rswordsfront.hiddenand more", []),
        ({"optional": {"native": ("front",)}}, b"front", ["front/__init__.py"]),
        ({}, b"front", []),
    ],
)
def test_names_of_other_distributions(tmp_path, monkeypatch, relations, text, expected):
    """A library names modules of what it requires, for an extra too, and of what requires it."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    packages = {
        "native": {
            "native/__init__.py": "from native import _fast\n",
            f"native/_fast{SUFFIX}": make_elf(sections={".rodata": b"PyInit_fast\0__main__\0" + text + b"\0"}),
        },
        "front": {"front/__init__.py": "", "front/hidden.py": ""},
    }
    site = make_site(tmp_path / "own", {"app.py": "import native\n"}, packages, **relations)

    graph = next(trace_functions((make_function(tmp_path / "own"),), site))

    native = {edge.target for edges in graph.edges.values() for edge in edges if edge.kind == "native"}
    assert sorted(native) == expected

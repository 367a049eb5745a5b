"""What ships of a planned file, and as what."""

import pytest

from bundler.model.artifact import StagedFile
from bundler.model.project import BytecodeMode
from bundler.transform import Stager
from tests.support.libraries import SYMBOLS, make_library
from tests.support.plans import make_edge, make_plan
from tests.support.sites import make_site

ELF = b"\x7fELF\x02\x01\x01"


def stage(tmp_path, own=(), package=(), *, bytecode=(), **options):
    """Return the staged files of a project with one package, each as arcname → staged file."""
    site = make_site(tmp_path / "own", dict(own), {"package": dict(package)})
    paths = (*dict(own), *dict(package))
    staged = Stager(dict(bytecode)).stage(make_plan(tmp_path / "own", site, paths=paths, **options))
    return {file.arcname: file for file in staged}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            BytecodeMode.AUTO,
            {"__pycache__/app.cpython-312.pyc": b"A", "app.py": b"1", "lib/__init__.pyc": b"L"},
        ),
        (BytecodeMode.ONLY, {"app.pyc": b"A", "lib/__init__.pyc": b"L"}),
        (
            BytecodeMode.BESIDE,
            {
                "__pycache__/app.cpython-312.pyc": b"A",
                "app.py": b"1",
                "lib/__init__.py": b"2",
                "lib/__pycache__/__init__.cpython-312.pyc": b"L",
            },
        ),
        (BytecodeMode.NONE, {"app.py": b"1", "lib/__init__.py": b"2"}),
    ],
)
def test_bytecode_modes(tmp_path, mode, expected):
    """The setting says which of source and bytecode ships; by default own code as both, packages as bytecode."""
    staged = stage(
        tmp_path,
        {"app.py": "1"},
        {"lib/__init__.py": "2"},
        bytecode={"app.py": b"A", "lib/__init__.py": b"L"},
        bytecode_mode=mode,
    )

    assert {name: file.content for name, file in staged.items()} == expected
    assert list(staged) == sorted(expected)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (BytecodeMode.AUTO, {"__pycache__/lib.cpython-312.pyc": b"L", "lib.py": b"2"}),
        (BytecodeMode.ONLY, {"lib.pyc": b"L"}),
    ],
)
def test_source_that_is_read(tmp_path, mode, expected):
    """A package whose source is read keeps it, unless the settings want bytecode only."""
    staged = stage(
        tmp_path, package={"lib.py": "2"}, bytecode={"lib.py": b"L"}, bytecode_mode=mode, reads_source=("lib.py",)
    )

    assert {name: file.content for name, file in staged.items()} == expected


def test_bytecode_name_of_the_target(tmp_path):
    """Bytecode is named for the target's Python, not for the one that builds."""
    staged = stage(tmp_path, {"app.py": "1"}, bytecode={"app.py": b"A"}, runtime="python3.9")

    assert list(staged) == ["__pycache__/app.cpython-39.pyc", "app.py"]


def test_without_bytecode(tmp_path):
    """A module without bytecode ships as source."""
    staged = stage(tmp_path, {"app.py": "1"}, {"lib.py": "2"})

    assert {name: (file.kind, file.content) for name, file in staged.items()} == {
        "app.py": ("source", b"1"),
        "lib.py": ("source", b"2"),
    }


def test_kinds_and_modes(tmp_path):
    """Kind and mode follow from name and content alone, so that every host gives the same."""
    staged = stage(
        tmp_path,
        {"app.py": "#!/usr/bin/env python3\n", "run.sh": "#!/bin/sh\n", "notes.txt": "text"},
        {
            "lib/fast.cpython-312-x86_64-linux-gnu.so": ELF,
            "lib.libs/libz-1.2.so.1.2.11": ELF,
            "bin/tool": ELF,
            "package-1.0.dist-info/entry_points.txt": "[group]\n",
        },
    )

    assert {name: (file.kind, file.is_executable) for name, file in staged.items()} == {
        "app.py": ("source", False),
        "bin/tool": ("native", True),
        "lib.libs/libz-1.2.so.1.2.11": ("native", False),
        "lib/fast.cpython-312-x86_64-linux-gnu.so": ("native", False),
        "notes.txt": ("data", False),
        "package-1.0.dist-info/entry_points.txt": ("metadata", False),
        "run.sh": ("data", True),
    }


def test_whole_record(tmp_path):
    """A staged file keeps its owner, its cause and what it was made from."""
    staged = stage(tmp_path, package={"lib.py": "2"}, bytecode={"lib.py": b"L"})

    assert staged == {
        "lib.pyc": StagedFile(
            arcname="lib.pyc",
            read=lambda: b"L",
            is_executable=False,
            owner="package",
            kind="bytecode",
            cause=make_edge("lib.py"),
            origin="lib.py",
            origin_bytes=1,
            shared="bytecode lib.py",
        )
    }


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_metadata_is_thinned(tmp_path, end):
    """METADATA ships its headers, folded ones too, without the description below them."""
    headers = f"Name: lib{end}License: MIT{end} or so{end}Version: 1.0"
    metadata = f"{headers}{end}{end}# A long story{end}{end}Name: not a header{end}"

    staged = stage(tmp_path, package={"lib-1.0.dist-info/METADATA": metadata})

    assert staged["lib-1.0.dist-info/METADATA"].content == headers.encode() + b"\n"


def test_metadata_without_description(tmp_path):
    """METADATA that is all headers ships as it is."""
    staged = stage(tmp_path, package={"lib-1.0.dist-info/METADATA": "Name: lib\nVersion: 1.0\n"})

    assert staged["lib-1.0.dist-info/METADATA"].content == b"Name: lib\nVersion: 1.0\n"


@pytest.mark.parametrize("paths", [("lib.py", "lib.pyc"), ("lib.pyc", "lib.py")])
def test_stale_bytecode(tmp_path, paths):
    """Our own bytecode wins over what a package brings under its name."""
    staged = stage(tmp_path, package=dict.fromkeys(paths, "old"), bytecode={"lib.py": b"new"})

    assert {name: file.content for name, file in staged.items()} == {"lib.pyc": b"new"}


def test_symbols_of_libraries(tmp_path):
    """Packages' libraries lose their symbols, unless the setting, a digest beside them or the project owns them."""
    library = make_library(SYMBOLS)
    own, package = {"own.so": library}, {"a.so": library, "b.so": library, "b.hmac": "digest"}

    staged = stage(tmp_path, own, package)

    assert {name: len(file.content) < file.origin_bytes for name, file in staged.items()} == {
        "a.so": True,
        "b.hmac": False,
        "b.so": False,
        "own.so": False,
    }
    assert stage(tmp_path, package={"a.so": library}, strip=False)["a.so"].content == library


def test_metadata_alone(tmp_path):
    """Metadata of which nothing else ships says so, and goes without its description too."""
    path = "lib-1.0.dist-info/METADATA"
    site = make_site(tmp_path / "own", {}, {"lib": {path: "Name: lib\nVersion: 1.0\n\nLong text.\n"}})

    (with_package,) = Stager({}).stage(make_plan(tmp_path, site))
    (by_itself,) = Stager({}).stage(make_plan(tmp_path, site, alone=(path,)))

    assert (with_package.content, with_package.kind) == (b"Name: lib\nVersion: 1.0\n", "metadata")
    assert by_itself.content == b"Name: lib\nVersion: 1.0\nX-Lbundle: metadata-only\n"
    assert by_itself.kind == "metadata-only"

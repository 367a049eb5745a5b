import json
from dataclasses import replace

from bundler import __version__
from bundler.metafile import render_metafile
from bundler.model.imports import EdgeKind
from bundler.model.plan import WeakEdge
from bundler.model.wheels import LayerContents
from bundler.report import make_metafile
from bundler.report.metafile import count_unverified
from tests.support.metafiles import (
    SHA256,
    make_artifact,
    make_edge,
    make_omission,
    make_packed,
    make_plan,
    make_planned,
)
from tests.support.sites import make_function, make_site


def _make(folder, *, packed, distributions=(), layers=(), warnings=(), **planned):
    function = make_function(folder)
    return make_metafile(
        project_name="shop",
        stage="dev",
        function=function,
        plan=make_plan(function, **planned),
        artifact=make_artifact(packed),
        distributions=distributions,
        layers=layers,
        lock_paths=(folder / "requirements.txt",),
        inputs="abc",
        sources={"packages": {"b": "2.0", "a": "1.0"}, "files": {"app.py": "0123"}},
        unguarded="no Python",
        warnings=warnings,
    )


def test_metafile_tells_everything(tmp_path):
    """A metafile holds the function, its zip, every file with its cause, every omission and every warning."""
    start = make_edge("", "app.py", EdgeKind.HANDLER, 0, "app.handle")
    site = make_site(tmp_path / "site", {}, {"a": {}, "b": {}, "unused": {}})
    known = {distribution.name: distribution for distribution in site.distributions}
    weak = make_edge("a/sql.py", "b/__init__.py", EdgeKind.FUNCTION, 7, "b")

    metafile = _make(
        tmp_path,
        packed=(
            make_packed("b/__init__.pyc", "b", 50, 20, cause=weak),
            make_packed("app.py", "", 30, 10, kind="source", cause=start, origin="app.py"),
            make_packed("a/sql.pyc", "a", 5, 4),
            make_packed("b/more.pyc", "b", 9, 3),
        ),
        files=(make_planned("b/__init__.py", "b", weak, "b"),),
        omissions=(
            make_omission("b/z.pyi", "b", 4, "stub"),
            make_omission("b/tests/t.py", "b", 9, "tests"),
            make_omission("b/a.pyi", "b", 8, "stub"),
        ),
        weak_edges=(WeakEdge(edge=weak, distribution="b", paths=frozenset({"b/__init__.py", "b/more.py"})),),
        distributions=(replace(known["b"], version="2.0"), known["a"], known["unused"]),
        layers=(
            LayerContents(name="deps", files={}, distributions=(), sha256="cd" * 32, zip_bytes=300, unzipped_bytes=900),
        ),
        warnings=("one", "two", "one"),
    )

    assert json.loads(render_metafile(metafile)) == {
        "schema": "lbundle-metafile/1",
        "lbundle": __version__,
        "function": "app",
        "service": "shop",
        "stage": "dev",
        "runtime": "python3.12",
        "architecture": "x86_64",
        "handler": "app.handle",
        "search_folders": [],
        "settings": {},
        "inputs": "abc",
        "locks": ["requirements.txt"],
        "unverified": 3,
        "unguarded": "no Python",
        "sources": {"packages": {"a": "1.0", "b": "2.0"}, "files": {"app.py": "0123"}},
        "zip": {
            "bytes": 137,
            "unzipped_bytes": 94,
            "overhead_bytes": 100,
            "sha256": SHA256,
            "code_sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
        },
        "layers": [
            {"name": "deps", "bytes": 300, "unzipped_bytes": 900, "sha256": "cd" * 32},
        ],
        "packages": [
            {"name": "b", "version": "2.0", "size": 59, "zipped": 23, "files": 2},
            {"name": "", "version": "", "size": 30, "zipped": 10, "files": 1},
            {"name": "a", "version": "1.0", "size": 5, "zipped": 4, "files": 1},
        ],
        "files": [
            {
                "path": "a/sql.pyc",
                "size": 5,
                "zipped": 4,
                "owner": "a",
                "kind": "bytecode",
                "origin": "a/sql.py",
                "cause": {"kind": "import", "source": "app.py", "line": 1, "name": ""},
                "through": "",
            },
            {
                "path": "app.py",
                "size": 30,
                "zipped": 10,
                "owner": "",
                "kind": "source",
                "origin": "app.py",
                "cause": {"kind": "handler", "source": "", "line": 0, "name": "app.handle"},
                "through": "",
            },
            {
                "path": "b/__init__.pyc",
                "size": 50,
                "zipped": 20,
                "owner": "b",
                "kind": "bytecode",
                "origin": "b/__init__.py",
                "cause": {"kind": "function", "source": "a/sql.py", "line": 7, "name": "b"},
                "through": "a/sql.py",
            },
            {
                "path": "b/more.pyc",
                "size": 9,
                "zipped": 3,
                "owner": "b",
                "kind": "bytecode",
                "origin": "b/more.py",
                "cause": {"kind": "import", "source": "app.py", "line": 1, "name": ""},
                "through": "",
            },
        ],
        "kept_sources": [],
        "omissions": [
            {"rule": "stub", "owner": "b", "files": 2, "bytes": 12, "why": "it only serves type checkers"},
            {"rule": "tests", "owner": "b", "files": 1, "bytes": 9, "why": "it belongs to a package's own tests"},
        ],
        "omitted": [["b/a.pyi", 8, "stub"], ["b/tests/t.py", 9, "tests"], ["b/z.pyi", 4, "stub"]],
        "doubts": [],
        "weak_edges": [
            {
                "distribution": "b",
                "bytes": 59,
                "edge": {"source": "a/sql.py", "target": "b/__init__.py", "kind": "function", "line": 7, "name": "b"},
            }
        ],
        "warnings": ["one", "two"],
    }


def test_order_of_files_does_not_matter(tmp_path):
    """The same bundle has the same metafile, in whatever order its files come."""
    files = (make_packed("x.pyc", "x", 5, 3), make_packed("a.pyc", "a", 5, 3), make_packed("app.pyc", "", 1, 1))

    assert _make(tmp_path, packed=files) == _make(tmp_path, packed=files[::-1])


def test_weak_edges_are_priced_by_what_ships(tmp_path):
    """An optional import costs what of it stands in the zip, not what its wheel holds; the costliest comes first."""
    edge = make_edge("a/sql.py", "b/c.so", EdgeKind.TRY, 7, "b")
    packed = (
        replace(make_packed("b/c.so", "b", 10, 4, kind="native"), stripped_bytes=9_000),
        make_packed("z.pyc", "z", 50, 20),
        make_packed("a/sql.pyc", "a", 5, 4),
    )
    paths = {"b": {"b/c.so"}, "z": {"z.py", "not/shipped.py"}}

    metafile = _make(
        tmp_path,
        packed=packed,
        weak_edges=tuple(WeakEdge(edge=edge, distribution=name, paths=frozenset(gone)) for name, gone in paths.items()),
    )

    assert [(weak.distribution, weak.bytes) for weak in metafile.weak_edges] == [("z", 50), ("b", 10)]


def test_stripped_symbols(tmp_path):
    """What libraries lost is told among the omissions, and not as files that are left out."""
    packed = tuple(replace(make_packed(name, "a", 5, 4, kind="native"), stripped_bytes=7) for name in ("a.so", "b.so"))

    metafile = _make(tmp_path, packed=packed)

    assert [(entry.rule, entry.owner, entry.bytes) for entry in metafile.omissions] == [("symbols", "a", 14)]
    assert metafile.omitted == ()


def test_pins_that_nobody_verified(tmp_path):
    """Files of a lock without hashes are counted; what is here, hashed or no lock's at all is not."""
    (known,) = make_site(tmp_path, {"app.py": ""}, {"a": {"a.py": ""}}).distributions
    pin = known.wheel.pin
    bare = replace(pin, hashes=(), url=None, path=None)
    local = replace(bare, url="file:///wheels/a.whl")

    def count(*pins):
        return count_unverified(replace(known, wheel=replace(known.wheel, pin=pin)) for pin in pins)

    assert count(bare, local, replace(bare, hashes=("sha256:1",)), bare) == 2
    assert count(local) is None
    assert count(bare, replace(bare, asked=">=1")) is None

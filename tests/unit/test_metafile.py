"""The metafile's text is read as it was written; older ones are too, and damaged ones are an error that says where."""

import json
from dataclasses import replace

import pytest

from bundler.errors import MetafileUnreadableError
from bundler.metafile import describe_metafile, is_metafile_head, parse_metafile, render_metafile
from bundler.model.metafile import LayerMetafile
from tests.support.metafiles import make_layer_report, make_report

LAYER = {"name": "deps", "bytes": 300, "unzipped_bytes": 900, "sha256": "cd" * 32}
EDGE = {"source": "a.py", "target": "b.py", "kind": "try", "line": 7, "name": "b"}
METAFILE = make_report(
    "hello",
    30,
    60,
    {"": (1, 20, 8), "pkg": (2, 10, 4)},
    omissions=(("stub", "pkg", 2, 12),),
    settings={"strip": "false"},
    sources={"packages": {"pkg": "1.0"}, "files": {"app/0.py": "ab"}},
    search_folders=["src"],
    layers=[LAYER],
    omitted=[["pkg/a.pyi", 12, "stub"]],
    weak_edges=[{"distribution": "pkg", "bytes": 59, "edge": EDGE}],
    warnings=["ünï"],
)
FIRST_FORM = {
    "schema": "lbundle-metafile/1",
    "lbundle": "0.1.0",
    "function": "hello",
    "service": "shop",
    "stage": "dev",
    "runtime": "python3.12",
    "architecture": "x86_64",
    "handler": "app.hello",
    "inputs": "abc",
    "locks": ["requirements.txt"],
    "zip": {"bytes": 30, "unzipped_bytes": 60, "overhead_bytes": 5, "sha256": "ab", "code_sha256": "cd="},
    "packages": [{"name": "pkg", "version": "1.0", "size": 10, "zipped": 4, "files": 1}],
    "files": [
        {
            "path": "pkg/a.pyc",
            "size": 10,
            "zipped": 4,
            "owner": "pkg",
            "kind": "bytecode",
            "origin": "pkg/a.py",
            "cause": {"kind": "import", "source": "app.py", "line": 3, "name": "pkg"},
        }
    ],
    "omissions": [{"rule": "stub", "owner": "pkg", "files": 1, "bytes": 9, "why": "it only serves type checkers"}],
    "omitted": [["pkg/a.pyi", 9, "stub"]],
    "weak_edges": [{"distribution": "pkg", "bytes": 4, "edge": EDGE}],
    "warnings": [],
}
"""What the first release wrote: no settings, sources, layers or folders, no file all chains pass through."""


def damaged(**parts):
    return json.dumps({**describe_metafile(METAFILE), **parts}).encode()


@pytest.mark.parametrize("metafile", [METAFILE, make_layer_report("deps")], ids=["function", "layer"])
def test_read_as_written(metafile):
    """What is written comes back whole, and begins in a way that tells what it is."""
    content = render_metafile(metafile).encode()

    assert parse_metafile(content, "hello.json") == metafile
    assert is_metafile_head(content)


def test_text_by_lines():
    """A metafile is JSON with the schema first and a line for each file, so that a comparison shows what changed."""
    lines = render_metafile(replace(METAFILE, packages=(), omissions=(), omitted=(), weak_edges=())).splitlines()

    assert lines[:2] == ["{", '"schema": "lbundle-metafile/1",']
    assert lines[lines.index('"files": [') + 2].startswith('  {"path": "pkg/0.pyc", "size": 10, ')
    assert lines[-5:] == ['"weak_edges": [],', '"warnings": [', '  "ünï"', "]", "}"]


def test_first_form_is_read():
    """A metafile that the first release wrote says as much as it did then."""
    metafile = parse_metafile(json.dumps(FIRST_FORM).encode(), "hello.json")

    assert (metafile.settings, metafile.layers, metafile.search_folders, metafile.sources) == ({}, (), (), None)
    assert metafile.files[0].through is None
    assert {name: describe_metafile(metafile)[name] for name in FIRST_FORM} == FIRST_FORM


def test_layer_of_the_first_form_is_read():
    """The same for a layer's."""
    gone = {"function", "service", "stage", "handler", "weak_edges"}
    kept = {name: value for name, value in FIRST_FORM.items() if name not in gone}
    document = {**kept, "schema": "lbundle-layer/1", "layer": "deps", "settings": {"path": "deps"}}

    metafile = parse_metafile(json.dumps(document).encode(), "deps.json")

    assert isinstance(metafile, LayerMetafile)
    assert (metafile.name, metafile.settings) == ("deps", {"path": "deps"})


def test_what_later_releases_add_is_left_out():
    """A key that nobody knows yet is no mistake."""
    assert parse_metafile(damaged(later={"a": [1]}), "hello.json") == METAFILE


@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b"1", b'{"schema": 1}', b'{"schema": "lbundle-sizes/1"}'])
def test_json_of_something_else(content):
    """JSON that does not say it is a metafile is none."""
    assert parse_metafile(content, "hello.json") is None
    assert not is_metafile_head(content)


DAMAGES = [
    (b"", "it is no JSON: Expecting value: line 1 column 1 (char 0)"),
    (b"[" * 100_000, "it is no JSON: it is nested too deep"),
    (b'{"a":' * 100_000, "it is no JSON: it is nested too deep"),
    (damaged(schema="lbundle-metafile/99"), "its schema `lbundle-metafile/99` is that of a newer lbundle"),
    (damaged(zip=None), "`zip` is no object"),
    (damaged(zip={"bytes": 1}), "`zip.unzipped_bytes` is not there"),
    (damaged(files=[{}]), "`files[0].path` is not there"),
    (damaged(locks="x"), "`locks` is no list"),
    (damaged(locks=["x", 1]), "`locks[1]` is no text"),
    (damaged(omitted=[["a", 1]]), "`omitted[0]` is no list of 3"),
    (damaged(omitted=[["a", "1", "b"]]), "`omitted[0]` is no number of bytes, files or lines"),
    (damaged(settings=[]), "`settings` is no object"),
    (damaged(settings={"strip": False}), "`settings.strip` is no text"),
    (damaged(packages=[{"name": "", "version": "", "size": True, "zipped": 1, "files": 1}]), None),
    (damaged(packages=[{"name": "", "version": "", "size": -1, "zipped": 1, "files": 1}]), None),
    (damaged(packages=[{"name": "", "version": "", "size": 10**30, "zipped": 1, "files": 1}]), None),
    (damaged(packages=[{"name": "", "version": "", "size": 1.5, "zipped": 1, "files": 1}]), None),
    (damaged(service="\ud800"), "it is no JSON: 'utf-8' codec can't encode character '\\ud800' in position 353"),
    (damaged(layers=[{**LAYER, "name": "../../a"}]), "`layers` is no name of a layer: it has `/` in it"),
    (damaged(search_folders=["a/../../b"]), "`search_folders` names a folder that is not in the zip"),
    (damaged(search_folders=["/tmp"]), "`search_folders` names a folder that is not in the zip"),
]


@pytest.mark.parametrize(("content", "problem"), DAMAGES, ids=map(str, range(len(DAMAGES))))
def test_damaged(content, problem):
    """What is damaged is an error of exit 2 that says which part of which file is to blame."""
    with pytest.raises(MetafileUnreadableError) as raised:
        parse_metafile(content, "hello.json")

    problem = problem or "`packages[0].size` is no number of bytes, files or lines"
    assert raised.value.message.startswith(f"the metafile `hello.json` cannot be read: {problem}")
    assert raised.value.exit_code == 2

"""A function is unchanged only when nothing that its zip and metafile depend on has changed."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bundler.model.build import ResolvedGroup
from bundler.model.imports import Edge, EdgeKind
from bundler.model.metafile import Metafile
from bundler.model.plan import Plan, PlannedFile
from bundler.model.project import Deployment, Limit, Project
from bundler.model.wheels import Lock
from bundler.pack import OwnContents, digest_plan, digest_shapes, find_packed, find_unchanged, unchanged
from bundler.system.interpreters import Interpreter
from bundler.system.metafiles import write_metafile
from tests.support.metafiles import make_report
from tests.support.sites import make_function, make_site

INTERPRETER = Interpreter(path=Path("/python"), python=(3, 12), magic=b"\1\2\3\4")
OWN = {"app.py": "a = 1"}
METAFILE = make_report("app", 7, 7, {}, inputs="digest", zip={"sha256": hashlib.sha256(b"content").hexdigest()})


def make_shape(folder, own=OWN, packages=None, **changes):
    """Return the digest of a function's shape in a small project, with changes to it, the project or interpreter."""
    root = folder / "own"
    shutil.rmtree(root, ignore_errors=True)
    told = {name: changes.pop(name) for name in ("warnings", "held_back") if name in changes}
    site = replace(make_site(root, own, packages), **told)
    function = make_function(root, **changes.pop("options", {}))
    project = Project(
        root=root, name="shop", stage="dev", settings_path=root / "serverless.yml", functions=(function,), notes=()
    )
    group = ResolvedGroup(functions=(function,), lock=Lock(pins=(), paths=()), site=site)
    interpreter, allows_missing = changes.pop("interpreter", INTERPRETER), changes.pop("allows_missing", False)
    project = replace(project, **changes)
    return digest_shapes(project, group, interpreter, allows_missing=allows_missing)[function.name]


def test_contents_are_no_shape(tmp_path):
    """What own files hold says nothing of a function's shape: which of them has a say, only tracing tells."""
    assert make_shape(tmp_path) == make_shape(tmp_path, {"app.py": "a = 2"})


def test_limits_are_no_shape(tmp_path):
    """Another limit makes no other zip."""
    assert make_shape(tmp_path) == make_shape(tmp_path, options={"limit": Limit(zip_bytes=5)})


def test_same_elsewhere(tmp_path):
    """The digest does not know where a project or an interpreter lies."""
    other = replace(INTERPRETER, path=Path("/another/python"))

    digests = {make_shape(tmp_path / "one"), make_shape(tmp_path / "two", interpreter=other)}

    assert len(digests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"own": {"app2.py": "a = 1"}},
        {"own": {**OWN, "data.txt": ""}},
        {"packages": {"lib": {"lib.py": ""}}},
        {"warnings": ("not pinned",)},
        {"name": "store"},
        {"deployment": Deployment(handlers=frozenset({"jobs.run"}))},
        {"held_back": {"app.py": "settings"}},
        {"stage": "prod"},
        {"interpreter": None},
        {"interpreter": replace(INTERPRETER, magic=b"\1\2\3\5")},
        {"options": {"architecture": "arm64"}},
        {"options": {"exclude": ("*.txt",)}},
        {"options": {"patterns": ("!data/**",)}},
        {"allows_missing": True},
    ],
    ids=repr,
)
def test_all_else_is_shape(tmp_path, changes):
    """Which own files there are, packages, what is said of them, settings, the target and its interpreter count."""
    assert make_shape(tmp_path, **changes) != make_shape(tmp_path)


def make_plan(folder, own):
    """Return a plan of a function that ships `app.py`, with the contents of its site's own files."""
    root = folder / "own"
    shutil.rmtree(root, ignore_errors=True)
    site = make_site(root, own)
    cause = Edge(source="", target="app.py", kind=EdgeKind.HANDLER, line=0, name="app.handle")
    planned = PlannedFile(
        file=site.files["app.py"], cause=cause, module="app", source_need=None, is_alone=False, through=""
    )
    function = make_function(root)
    plan = Plan(function=function, files=(planned,), omissions=(), weak_edges=(), warnings=())
    return plan, OwnContents(site.files)


def test_what_a_zip_is_made_of(tmp_path):
    """Content that ships and what the guard tells make another zip; content that does not ship makes the same."""
    digests = [
        digest_plan("", plan, left_out, contents, INTERPRETER)
        for own, left_out in (
            ({**OWN, "other.py": "1"}, {}),
            ({**OWN, "other.py": "2"}, {}),
            ({"app.py": "a = 2"}, {}),
            (OWN, {"modules": (("unreached", "", "", "other"),)}),
        )
        for plan, contents in (make_plan(tmp_path, own),)
    ]

    assert digests[0] == digests[1]
    assert len({*digests}) == 3


def test_plans_are_recalled(tmp_path):
    """A plan is known again while all that had a say in it is as it was, there or not."""
    files = [
        {**OWN, "deep.py": "1", "other.py": "1"},
        {**OWN, "deep.py": "1", "other.py": "2"},
        {**OWN, "deep.py": "2", "other.py": "1"},
        OWN,
    ]
    _, contents = make_plan(tmp_path, files[0])
    contents.remember("shape", ["app.py", "deep.py"], "plan")

    assert [make_plan(tmp_path, own)[1].recall("shape") for own in files] == ["plan", "plan", None, None]
    assert contents.recall("another shape") is None


@pytest.mark.parametrize("tool", ["compression_name", "_own_version"])
def test_tools_count(tmp_path, monkeypatch, tool):
    """Another release of lbundle or of the compression library makes everything anew."""
    before = make_shape(tmp_path)

    monkeypatch.setattr(unchanged, tool, lambda: "another")

    assert make_shape(tmp_path) != before


@pytest.fixture
def output(tmp_path):
    """An output folder with a zip and its metafile."""
    folder = tmp_path / "out"
    write_metafile(folder / "app.json", METAFILE)
    (folder / "app.zip").write_bytes(b"content")
    return folder


def test_found(output):
    """A zip of the same inputs that is as it was written is found, by its metafile."""
    found = find_unchanged(output, "app", "digest", Metafile)

    assert found == METAFILE


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b"\xff", b'{"inputs": "digest"}'])
def test_unusable_metafile(output, content):
    """A metafile that is missing, cut off or somebody else's is no error: the function is built."""
    (output / "app.json").unlink()
    if content is not None:
        (output / "app.json").write_bytes(content)

    assert find_unchanged(output, "app", "digest", Metafile) is None


def test_other_inputs(output):
    """A zip of other inputs is not unchanged."""
    assert find_unchanged(output, "app", "other", Metafile) is None


def test_same_zip_of_another_shape(output):
    """A zip of the same plan is found, whatever else its metafile tells."""
    told = replace(METAFILE, inputs="plan-shape")
    write_metafile(output / "app.json", told)

    assert [find_packed(output, "app", plan) for plan in ("plan", "pla", "other")] == [told, None, None]


@pytest.mark.parametrize("content", [None, b"contenT"])
def test_zip_is_not_as_written(output, content):
    """A zip that is missing or altered is not unchanged."""
    (output / "app.zip").unlink()
    if content is not None:
        (output / "app.zip").write_bytes(content)

    assert find_unchanged(output, "app", "digest", Metafile) is None

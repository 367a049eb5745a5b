"""A function is unchanged only when nothing that its zip and metafile depend on has changed."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bundler.model.metafile import Metafile
from bundler.model.project import Deployment, Project
from bundler.pack import digest_inputs, find_unchanged, unchanged
from bundler.system.interpreters import Interpreter
from bundler.system.metafiles import write_metafile
from tests.support.metafiles import make_report
from tests.support.sites import make_function, make_site

INTERPRETER = Interpreter(path=Path("/python"), python=(3, 12), magic=b"\1\2\3\4")
OWN = {"app.py": "a = 1"}
METAFILE = make_report("app", 7, 7, {}, inputs="digest", zip={"sha256": hashlib.sha256(b"content").hexdigest()})


def make_inputs(folder, own=OWN, packages=None, **changes):
    """Return the digest of a small project, with changes to its function, project or interpreter."""
    root = folder / "own"
    shutil.rmtree(root, ignore_errors=True)
    told = {name: changes.pop(name) for name in ("warnings", "held_back") if name in changes}
    site = replace(make_site(root, own, packages), **told)
    function = make_function(root, **changes.pop("options", {}))
    project = Project(
        root=root, name="shop", stage="dev", settings_path=root / "serverless.yml", functions=(function,), notes=()
    )
    interpreter = changes.pop("interpreter", INTERPRETER)
    return digest_inputs(replace(project, **changes), (function,), site, interpreter)[function.name]


def test_secrets_that_do_not_ship(tmp_path):
    """Terraform's state changes with every apply, and no zip with it; it counts where the user ships it."""
    before, after = ({**OWN, "terraform.tfstate": text} for text in ("1", "2"))
    included = {"options": {"include": ("*.tfstate",)}}

    assert make_inputs(tmp_path / "one", before) == make_inputs(tmp_path / "two", after)
    assert make_inputs(tmp_path / "one", before, **included) != make_inputs(tmp_path / "two", after, **included)


def test_same_elsewhere(tmp_path):
    """The digest does not know where a project or an interpreter lies."""
    other = replace(INTERPRETER, path=Path("/another/python"))

    digests = {make_inputs(tmp_path / "one"), make_inputs(tmp_path / "two", interpreter=other)}

    assert len(digests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"own": {"app.py": "a = 2"}},
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
    ],
    ids=repr,
)
def test_every_input_counts(tmp_path, changes):
    """Own files, packages, what is said of them, settings, the target and its interpreter each change the digest."""
    assert make_inputs(tmp_path, **changes) != make_inputs(tmp_path)


@pytest.mark.parametrize("tool", ["compression_name", "_own_version"])
def test_tools_count(tmp_path, monkeypatch, tool):
    """Another release of lbundle or of the compression library makes everything anew."""
    before = make_inputs(tmp_path)

    monkeypatch.setattr(unchanged, tool, lambda: "another")

    assert make_inputs(tmp_path) != before


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


@pytest.mark.parametrize("content", [None, b"contenT"])
def test_zip_is_not_as_written(output, content):
    """A zip that is missing or altered is not unchanged."""
    (output / "app.zip").unlink()
    if content is not None:
        (output / "app.zip").write_bytes(content)

    assert find_unchanged(output, "app", "digest", Metafile) is None

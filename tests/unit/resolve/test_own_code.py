"""The project's own files are found, without junk, circles or surprises."""

import os
from pathlib import Path

import pytest

from bundler.model.project import Deployment
from bundler.resolve.own_code import read_own_code
from bundler.system.metafiles import write_metafile
from tests.support.metafiles import make_layer_report, make_report


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "above" / "root"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def put(root):
    """Write files below the root, each with its own path as content."""

    def put(*paths):
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(path)

    return put


def paths_of(own):
    return [file.path for file in own.files]


def test_all_files(root, put):
    """Every file is found, hidden ones and data too, folder by folder in order of name."""
    put("b.py", "a/z.py", "a/.hidden", "a.py", "a/deep/data.bin")

    own = read_own_code(root, ignore=())

    assert [(file.path, file.member, file.size_bytes) for file in own.files] == [
        ("a/.hidden", "a/.hidden", 9),
        ("a/deep/data.bin", "a/deep/data.bin", 15),
        ("a/z.py", "a/z.py", 6),
        ("a.py", "a.py", 4),
        ("b.py", "b.py", 4),
    ]
    assert own.warnings == ()


def test_junk(root, put):
    """Folders of version control, caches, build output and other tools are not entered, wherever they are."""
    names = {
        *(".git", ".hg", ".svn", ".serverless", ".lbundle", ".aws-sam", ".terraform", "cdk.out", ".idea", ".vscode"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", ".nox", ".tox", ".venv", "node_modules"),
        "my_package.egg-info",
    }
    put("app.py", *(f"{name}/file" for name in names), *(f"below/{name}/file" for name in names))

    assert paths_of(read_own_code(root, ignore=())) == ["app.py"]


def test_folders_that_the_user_names(root, put):
    """A folder that seems junk is entered where the user's own words name it."""
    put("app.py", "node_modules/viewer/page.js", "cdk.out/tree.json")

    own = read_own_code(root, ignore=(), entered=frozenset({"node_modules"}))

    assert paths_of(own) == ["app.py", "node_modules/viewer/page.js"]


def test_files_that_are_held_back(root, put):
    """Settings, handlers, what lbundle wrote and a CDK app do not ship by themselves; a secret stays a secret."""
    put("app.py", "functions.yml", "sizes.md", "infra/app.js", "infra/stack.js", "prod.tfvars", "data.json")
    (root / "sizes.md").write_text("| function | before | after | change |\n")
    (root / "cdk.json").write_text('{ "app": "node infra/app.js" }')
    (root / "infra/app.js").write_text("require('./stack')")

    settings = frozenset({root / "functions.yml", root / "prod.tfvars"})
    known = Deployment(settings_files=settings, handler_files=frozenset({root / "app.py"}))
    own = read_own_code(root, ignore=(), deployment=known)

    assert own.held_back == {
        "app.py": "handler",
        "functions.yml": "settings",
        "sizes.md": "junk",
        "infra/app.js": "junk",
        "infra/stack.js": "junk",
    }
    assert own.app_folders == {"infra/"}


def test_virtual_environments(root, put):
    """A virtual environment of any name is known by its pyvenv.cfg; a folder `env` without one is code."""
    put("tools/my-venv/pyvenv.cfg", "tools/my-venv/lib/x.py", "env/settings.py", "venv/code.py", "pyvenv.cfg")

    assert paths_of(read_own_code(root, ignore=())) == ["env/settings.py", "pyvenv.cfg", "venv/code.py"]


def test_what_the_framework_has_packaged(root, put):
    """What `serverless package --package out` made is no code, and a later build is the same without it."""
    put("app.py", "out/serverless-state.json", "out/app.zip", "out/more/x.json")

    assert paths_of(read_own_code(root, ignore=())) == ["app.py"]


def test_ignored_folders(root, put):
    """Folders that are not code, such as the output, are left out by what they are and not by name."""
    put("app.py", "out/app.zip", "more/out/kept.py")

    own = read_own_code(root, ignore=(root / "more" / ".." / "out", root / "not-there"))

    assert paths_of(own) == ["app.py", "more/out/kept.py"]


def test_links(root, put, tmp_path):
    """Links to files and folders are followed, outside the project and several to the same folder too."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "lib.py").write_text("lib")
    put("app.py")
    (root / "one").symlink_to(tmp_path / "shared")
    (root / "two").symlink_to("../../shared")
    (root / "main.py").symlink_to("app.py")

    own = read_own_code(root, ignore=())

    assert [(file.path, file.size_bytes) for file in own.files] == [
        ("app.py", 6),
        ("main.py", 6),
        ("one/lib.py", 3),
        ("two/lib.py", 3),
    ]
    assert own.warnings == ()


def test_circles(root, put):
    """Links that lead back to a folder they lie in are told and not followed."""
    put("pack/a.py")
    (root / "pack" / "self").symlink_to(".")
    (root / "pack" / "root").symlink_to(root)
    (root / "above").symlink_to("..")
    (root / "system").symlink_to("/")
    (root / "nothing").symlink_to("nowhere")
    (root / "itself").symlink_to("itself")

    own = read_own_code(root, ignore=())

    back = "is a link back to a folder it lies in and is not followed"
    assert paths_of(own) == ["pack/a.py"]
    assert own.warnings == (
        f"`above` {back}",
        "`itself` leads nowhere and is left out: Too many levels of symbolic links",
        "`nothing` leads nowhere and is left out: No such file or directory",
        f"`pack/root` {back}",
        f"`pack/self` {back}",
        f"`system` {back}",
    )


def test_odd_files(root, put):
    """Pipes are no files, and a name that is not UTF-8 cannot be in a zip: the second is told."""
    put("app.py")
    os.mkfifo(root / "pipe")
    Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.py")).touch()

    own = read_own_code(root, ignore=())

    assert paths_of(own) == ["app.py"]
    assert own.warnings == (f"a name in `{root}` is not UTF-8 and is left out: 'caf\\udce9.py'",)


def test_unreadable_root(tmp_path):
    """A folder that cannot be read is told."""
    own = read_own_code(tmp_path / "gone", ignore=())

    assert own.files == ()
    assert own.warnings == (f"`{tmp_path / 'gone'}` cannot be read: No such file or directory",)


def test_unreadable_file(root, put, monkeypatch):
    """A file that may not be read, such as a database's that runs beside the project, is left out and told."""
    put("app.py", "data/ibdata1")
    may_read = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "ibdata" not in str(path) and may_read(path, mode))

    own = read_own_code(root, ignore=())

    assert paths_of(own) == ["app.py"]
    assert own.warnings == ("`data/ibdata1` cannot be read and is left out: Permission denied",)


def test_bundles_of_an_earlier_build(root, put):
    """Zips that lbundle wrote are no code, whatever folder they were written to; other zips and JSON files are."""
    put("out/app.zip", "out/data.zip", "out/data.json", "out/layers/common.zip", "app.json")
    put("out/unpacked/app/1234/app.py", "unpacked/kept.py")
    write_metafile(root / "out/app.json", make_report("app", 1, 1, {}))
    write_metafile(root / "out/layers/common.json", make_layer_report("common"))

    assert paths_of(read_own_code(root, ignore=())) == [
        "app.json",
        "out/data.json",
        "out/data.zip",
        "unpacked/kept.py",
    ]


def test_folders_that_are_nested_deeply(root):
    """Folders may be nested deeper than Python's calls."""
    path = root
    for _ in range(700):
        path = path / "d"
    path.mkdir(parents=True)
    (path / "x.txt").touch()

    own = read_own_code(root, ignore=())

    assert paths_of(own) == ["d/" * 700 + "x.txt"]


def test_what_a_killed_build_left(root, put):
    """Files that a build was writing when it was killed are no code; others of such names are."""
    put(".hello.zip.klye4bic", ".hello.json.lbundle-klye4bic", "sub/.partial-klye4bic", ".app.cfg.klye4bic", "app.py")

    assert paths_of(read_own_code(root, ignore=())) == [".app.cfg.klye4bic", "app.py"]

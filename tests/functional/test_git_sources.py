"""Packages in git repositories: built from the commit that the lock names, for every lock, without a leak of logins."""

import json
import os
import shutil
import subprocess
import zipfile

import pytest

from bundler.resolve.git import portable_source, read_git_address
from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project
from tests.support.local_projects import sdist_files

pytestmark = pytest.mark.slow

SETTINGS = service_settings(hello="app.hello")
APP = "import common\n\n\ndef hello(event, context):\n    return common.WORD\n"
IDENTITY = {f"GIT_{who}_{what}": "x@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ABSENT = "0" * 40


def git(folder, *arguments):
    environment = {**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder, word):
    """Set the word of the package, and return the commit."""
    write_project(folder / "python", sdist_files("common", {"common.py": f"WORD = {word!r}\n"}))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", word)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path):
    """A repository with a package in a folder of it."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "README").write_text("nothing to build here\n")
    return folder


@pytest.fixture
def project(tmp_path):
    (tmp_path / "wheels").mkdir()
    return write_project(tmp_path / "shop", {"serverless.yml": SETTINGS, "app.py": APP})


def line(repository, revision=""):
    return f"common @ git+{repository.as_uri()}{revision}#subdirectory=python\n"


def build(project, *options, **environment):
    """Build, and return how it ended and the word in the zip."""
    ended = run_lbundle(project, "build", *options, **environment)
    path = project / ".lbundle" / "hello.zip"
    if ended.code:
        return ended, None
    with zipfile.ZipFile(path) as archive:
        content = archive.read("common.pyc")
    return ended, next(word for word in ("first", "second") if word.encode() in content)


def warnings_in(project):
    return json.loads((project / ".lbundle" / "hello.json").read_text())["warnings"]


def test_commit(project, repository):
    """The named commit is built, not the newest, and the next build does without the repository."""
    first = commit(repository, "first")
    commit(repository, "second")
    (project / "requirements.txt").write_text(line(repository, f"@{first}"))

    _, word = build(project)
    warnings = warnings_in(project)
    shutil.rmtree(repository)
    (project / ".lbundle" / "hello.zip").unlink()
    again, same = build(project, "--offline")

    assert (word, again.code, same) == ("first", 0, "first")
    assert warnings == [
        "built from source: `common 1.5`; that runs its build code on this machine, `only-binary` forbids it"
    ]


@pytest.mark.parametrize(("revision", "said"), [("", "the default branch"), ("@main", "main"), ("@v1", "v1")])
def test_name_of_a_commit(project, repository, revision, said):
    """A branch or tag is built as it stands now, its commit is told, and `--offline` stays with that."""
    first = commit(repository, "first")
    git(repository, "tag", "-a", "v1", "-m", "text of a tag")
    (project / "requirements.txt").write_text(line(repository, revision))

    _, word = build(project)
    warnings = warnings_in(project)
    commit(repository, "second")
    _, offline = build(project, "--offline")
    _, moved = build(project)

    assert warnings[0] == (
        f"`common` is not pinned: {said} of `{repository.as_uri()}` is at commit {first} now; "
        f"write `@{first[:12]}…` in full to stay with it"
    )
    assert (word, offline, moved) == ("first", "first", "first" if revision == "@v1" else "second")


def test_every_lock(project, repository):
    """Each lock that can name a commit gives the same zip."""
    first = commit(repository, "first")
    commit(repository, "second")
    url = repository.as_uri()
    locks = {
        "requirements.txt": line(repository, f"@{first}"),
        "uv.lock": (
            f'version = 1\n[[package]]\nname = "common"\nversion = "1.5"\n'
            f'source = {{ git = "{url}?subdirectory=python&rev=main#{first}" }}\n'
            '[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [{ name = "common" }]\n'
        ),
        "poetry.lock": (
            '[[package]]\nname = "common"\nversion = "1.5"\noptional = false\ngroups = ["main"]\nfiles = []\n'
            f'[package.source]\ntype = "git"\nurl = "{url}"\nreference = "main"\nresolved_reference = "{first}"\n'
            'subdirectory = "python"\n[metadata]\nlock-version = "2.1"\n'
        ),
        "pdm.lock": (
            f'[[package]]\nname = "common"\nversion = "1.5"\ngroups = ["default"]\ngit = "{url}"\nref = "main"\n'
            f'revision = "{first}"\nsubdirectory = "python"\n[metadata]\nlock_version = "4.5.0"\n'
        ),
        "Pipfile.lock": json.dumps(
            {"_meta": {}, "default": {"common": {"git": url, "ref": first, "subdirectory": "python"}}}
        ),
        "pylock.toml": (
            'lock-version = "1.0"\ncreated-by = "tests"\n[[packages]]\nname = "common"\n'
            f'vcs = {{ type = "git", url = "{url}", commit-id = "{first}", subdirectory = "python" }}\n'
        ),
    }
    zips = set()
    for name, content in locks.items():
        (project / name).write_text(content)
        ended, word = build(project)
        (project / name).unlink()
        zips.add((project / ".lbundle" / "hello.zip").read_bytes())
        shutil.rmtree(project / ".lbundle")

        assert (ended.code, word) == (0, "first"), ended
    assert len(zips) == 1


@pytest.mark.parametrize("options", [("--resolver", "uv"), ("--resolver", "pip-tools"), ("--format", "pylock")])
def test_lock(project, repository, options):
    """`lbundle lock` writes the commit that a branch stands for, and builds from it stay there."""
    first = commit(repository, "first")
    (project / "requirements.in").write_text(line(repository, "@main"))

    locked = run_lbundle(project, "lock", *options)
    commit(repository, "second")
    _, word = build(project)

    assert locked.code == 0, locked
    (lock,) = (path for path in project.iterdir() if path.name in {"requirements.txt", "pylock.toml"})
    assert first in lock.read_text()
    assert word == "first"


def test_inside_a_hook(project, repository):
    """A build that a hook of git starts leaves the repository of the hook alone."""
    first = commit(repository, "first")
    commit(repository, "second")
    (project / "requirements.txt").write_text(line(repository, f"@{first}"))
    git(project, "init", "-q", "-b", "own")

    _, word = build(project, GIT_DIR=str(project / ".git"), GIT_INDEX_FILE=str(project / ".git" / "index"))

    assert word == "first"
    assert git(project, "symbolic-ref", "HEAD") == "refs/heads/own"
    assert git(project, "remote") == ""


def error_of(project, **environment):
    ended, _ = build(project, **environment)
    assert (ended.code, ended.stdout) == (3, "")
    return ended.stderr.partition("error: ")[2]


def test_commit_that_is_absent(project, repository):
    """A commit that nobody has is an error that names it and the repository."""
    commit(repository, "first")
    (project / "requirements.txt").write_text(line(repository, f"@{ABSENT}"))

    error = error_of(project)

    assert error.startswith(
        f"`common` cannot be had from `{repository.as_uri()}`: there is no commit `{ABSENT}` to be had\n\n"
        "hint: git said: "
    )


def test_branch_that_is_absent(project, repository):
    """A branch that is not there is named."""
    commit(repository, "first")
    (project / "requirements.txt").write_text(line(repository, "@other"))

    assert error_of(project) == (
        f"`common` cannot be had from `{repository.as_uri()}`: it has no branch or tag `other`\n\n"
        "hint: name a branch, a tag or a whole commit\n"
    )


def test_folder_without_a_project(project, repository):
    """A commit without a project where one should be is told."""
    first = commit(repository, "first")
    (project / "requirements.txt").write_text(f"common @ git+{repository.as_uri()}@{first}\n")

    error = error_of(project)

    assert "it holds no project in `.`" in error
    assert str(project.parent / "repository") in error
    assert "/lbundle-build-" not in error


@pytest.mark.parametrize("revision", ["@main", f"@{ABSENT}"])
def test_nobody_answers(project, revision):
    """A server that is not there is an error in git's own words, the login left out."""
    (project / "requirements.txt").write_text(f"common @ git+http://me:secret@127.0.0.1:9/x.git{revision}\n")

    ended, _ = build(project)

    assert ended.code == 3
    assert "error: `common` cannot be had from `http://127.0.0.1:9/x.git`: git ends with status 128" in ended.stderr
    assert "secret" not in ended.stdout + ended.stderr


def test_no_git(project, repository, tmp_path):
    """Without git the error says that it is missing."""
    first = commit(repository, "first")
    (project / "requirements.txt").write_text(line(repository, f"@{first}"))

    assert error_of(project, PATH=str(tmp_path)) == (
        f"`common` cannot be had from `{repository.as_uri()}`: there is no `git` on this machine\n\n"
        "hint: install git, or depend on a wheel or a source distribution of it\n"
    )


def test_forbidden(project, repository):
    """`only-binary` forbids repositories too."""
    first = commit(repository, "first")
    (project / "requirements.txt").write_text(line(repository, f"@{first}"))
    (project / "serverless.yml").write_text(f"custom:\n  lbundle:\n    only-binary: true\n{SETTINGS}")

    error = error_of(project)

    assert error.startswith(
        f"`common @ git+{repository.as_uri()}@{first}#subdirectory=python` has no wheel for {RUNTIME} on x86_64, and "
        "`only-binary` forbids to build its source\n"
    )


def test_login_stays_out_of_the_lock():
    """A lock names a repository without the login that the requirements have; ssh keeps its user."""
    sources = [read_git_address(f"git+{url}@main")[0] for url in ("https://me:secret@x.test/a", "ssh://git@x.test/a")]

    assert [str(portable_source(source)) for source in sources] == [
        "git+https://x.test/a@main",
        "git+ssh://git@x.test/a@main",
    ]

"""Where the repository begins that a project lies in."""

import pytest

from bundler.commands.repository import find_repository


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def service(tmp_path):
    folder = tmp_path / "work" / "repo" / "services" / "shop"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
@pytest.mark.parametrize("called_in", ["", "services", "services/shop"])
def test_told_by_ci(service, monkeypatch, name, called_in):
    """CI says where it has checked out the repository, wherever lbundle is called."""
    repository = service.parents[1]
    monkeypatch.setenv(name, str(repository))
    monkeypatch.chdir(repository / called_in)

    assert find_repository(service) == repository


def test_checked_out_below(service, monkeypatch):
    """The repository may be checked out below the folder that CI names."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(service.parents[2]))
    (service.parents[1] / ".git").mkdir()

    assert find_repository(service) == service.parents[1]


def test_told_by_git(service, monkeypatch):
    """Without CI, or with a folder of another project's, git's folder tells; in a worktree that is a file."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(service / "other"))
    (service.parents[1] / ".git").write_text("gitdir: elsewhere\n")
    monkeypatch.chdir(service.parent)

    assert find_repository(service) == service.parents[1]


def test_told_by_nobody(service, monkeypatch):
    """Without a repository, paths start where lbundle is called."""
    monkeypatch.chdir(service.parent)

    assert find_repository(service) == service.parent

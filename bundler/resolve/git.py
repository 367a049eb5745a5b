"""Sources in git repositories: addresses as pip writes them, the commit that a name stands for, and checkouts.

The user's own `git` reaches the repository, with their keys and helpers; nobody is asked on the terminal.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from bundler.addresses import hide_secrets, public_address
from bundler.errors import GitError, OfflineError
from bundler.model.wheels import GitSource, Lock, Pin
from bundler.system import cache
from bundler.system.process import run
from bundler.system.witness import looking_away, see_what_moves

_SCHEMES = frozenset({"git+https", "git+http", "git+ssh", "git+file", "git+git"})
_NAMESPACE = "commits"
_TIMEOUT_SECONDS = 900
_LINES_SHOWN = 2
_OF_A_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)


def is_git_address(url: str) -> bool:
    """Tell whether an address is that of a git repository, as pip writes one."""
    return urlsplit(url).scheme in _SCHEMES


def read_git_address(url: str) -> tuple[GitSource, str]:
    """Read `git+https://host/repository@revision#subdirectory=folder&egg=name`; the name is empty where it has none."""
    parts = urlsplit(url.removeprefix("git+"))
    path, at, revision = parts.path.rpartition("@")
    if not at or "/" not in path:
        path, revision = parts.path, ""
    options = parse_qs(parts.fragment)
    source = GitSource(
        url=urlunsplit(parts._replace(path=path, fragment="")),
        revision=unquote(revision),
        subdirectory=options.get("subdirectory", [""])[0],
    )
    return source, options.get("egg", [""])[0].partition("[")[0]


def pin_commits(lock: Lock, *, is_offline: bool) -> Lock:
    """Return the lock with a commit for every source in a repository; notes say those that it does not fix itself."""
    loose = [pin for pin in lock.pins if pin.git and not pin.git.is_commit]
    if not loose:
        return lock
    found = {pin.name: _find_commit(pin, pin.git, is_offline=is_offline) for pin in loose if pin.git}
    pins = tuple(
        replace(pin, git=replace(pin.git, revision=found[pin.name])) if pin.git and pin.name in found else pin
        for pin in lock.pins
    )
    notes = tuple(
        f"`{pin.name}` is not pinned: {pin.git.revision or 'the default branch'} of `{public_address(pin.git.url)}` "
        f"is at commit {found[pin.name]} now; write `@{found[pin.name][:12]}…` in full to stay with it"
        for pin in loose
        if pin.git
    )
    return replace(lock, pins=pins, notes=(*lock.notes, *notes))


def check_out(pin: Pin, source: GitSource, folder: Path) -> Path:
    """Lay the files of a commit into an empty folder, and return the folder of the project in it.

    The history comes too, as build backends take versions from tags, but only the files of that commit. What is left
    of the address has no login: the build that follows may read all of this.
    """
    _git(pin, source, "clone", "--quiet", "--no-checkout", "--filter=blob:none", "--", source.url, str(folder))
    try:
        _git(pin, source, "checkout", "--quiet", "--detach", source.revision, folder=folder)
    except GitError:
        # It may be on no branch: servers have such commits for those who ask.
        _git(pin, source, "fetch", "--quiet", "origin", source.revision, folder=folder)
        _git(pin, source, "checkout", "--quiet", "--detach", source.revision, folder=folder)
    if (folder / ".gitmodules").is_file():
        _git(pin, source, "submodule", "--quiet", "update", "--init", "--recursive", folder=folder)
    _git(pin, source, "remote", "set-url", "origin", public_address(source.url), folder=folder)
    shutil.rmtree(folder / ".git" / "logs", ignore_errors=True)
    (folder / ".git" / "FETCH_HEAD").unlink(missing_ok=True)
    return folder / source.subdirectory


def portable_source(source: GitSource) -> GitSource:
    """Return a source as it may be written down: ssh needs the user that it reaches a repository as, and no more."""
    parts = urlsplit(source.url)
    user, _, host = parts.netloc.rpartition("@")
    kept = f"{user.partition(':')[0]}@" if parts.scheme == "ssh" and user else ""
    return replace(source, url=urlunsplit(parts._replace(netloc=f"{kept}{host}")))


def _find_commit(pin: Pin, source: GitSource, *, is_offline: bool) -> str:
    """Return the commit that a branch or tag stands for now, offline the one that it did when it was last asked."""
    see_what_moves()
    key = f"{source.url}\0{source.revision}"
    if is_offline:
        if kept := cache.load_as(_NAMESPACE, key, bytes.decode):
            return kept
        raise OfflineError((f"the commit of `{pin.name}` in `{public_address(source.url)}`",))
    name = source.revision or "HEAD"
    # A tag with a text of its own is an object that leads to the commit, which `^{}` asks for.
    names = (f"{name}^{{}}", f"refs/tags/{name}^{{}}", f"refs/tags/{name}", f"refs/heads/{name}", name)
    answer = _git(pin, source, "ls-remote", "--quiet", "--", source.url, *names)
    lines = (line.split("\t") for line in answer.splitlines() if "\t" in line)
    commits = {full_name: commit for commit, full_name in lines}
    for wanted in names:
        if commit := commits.get(wanted):
            cache.store(_NAMESPACE, key, commit.encode())
            return commit
    # The first digits of a commit: nobody but a clone knows the rest.
    hint = "name a branch, a tag or a whole commit"
    raise GitError(pin.name, public_address(source.url), f"it has no branch or tag `{name}`", hint)


def _git(pin: Pin, source: GitSource, *arguments: str, folder: Path | None = None) -> str:
    """Run git and return what it says; raise `GitError` in its own words where it fails."""
    url = public_address(source.url)
    try:
        with looking_away():
            environment = _environment(os.environ)
        done = run(["git", *arguments], environment=environment, folder=folder, timeout_seconds=_TIMEOUT_SECONDS)
    except FileNotFoundError as error:
        hint = "install git, or depend on a wheel or a source distribution of it"
        raise GitError(pin.name, url, "there is no `git` on this machine", hint) from error
    except OSError as error:
        raise GitError(pin.name, url, str(error), "") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        said = hide_secrets(" / ".join(lines[-_LINES_SHOWN:]), source.url)
        if arguments[0] in {"checkout", "fetch"}:
            reason = f"there is no commit `{source.revision}` to be had"
            raise GitError(pin.name, url, reason, f"git said: {said}")
        raise GitError(pin.name, url, f"git ends with status {done.returncode}", f"it said: {said}")
    return done.stdout.decode(errors="replace")


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the user's variables but those by which git, in its hooks, names the repository that it works on."""
    kept = {name: value for name, value in variables.items() if name not in _OF_A_REPOSITORY}
    return {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes", **kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

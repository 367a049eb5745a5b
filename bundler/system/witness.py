"""Note what a build asks the machine, so that a later one knows without a look at any of it that nothing changed.

Whatever reads settings, locks and sources looks into files and folders, asks for some that are not there, and reads
variables. None of it has to say so: what Python itself asks the system is seen. How it is compared stands in
`bundler.system.seen`, a module of its own, as that is all that an unchanged build loads.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bundler.system.seen import (
    OTHERS,
    Seen,
    Status,
    digest_beginning,
    digest_names,
    digest_text,
    look_at,
    make_seen,
    now,
    read_link,
)
from bundler.system.temporary import is_temporary, scratch_folders

_LISTING = frozenset({"os.listdir", "os.scandir"})
# What only says how text is shown.
_OF_TERMINALS = frozenset({"COLUMNS", "LINES", "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_Variables = type(os.environ)
_get_variable: Callable[[Any, str], str] = _Variables.__getitem__
_stat: Callable[..., os.stat_result] = os.stat
_readlink: Callable[..., Any] = os.readlink

_present: list["Witness"] = []
_own = threading.local()
_depth = 0
_passing = 0
_is_audited = False


class Witness:
    """Sees what a build asks that writes to `output`; what lies in `passed` is left to others to know."""

    def __init__(self, output: str, passed: Iterable[str | os.PathLike[str]] = ()) -> None:
        self._output = output
        self._began = now()
        self._files: dict[str, Status | None] = {}
        self._folders: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._variables: dict[str, str] = {}
        self._beginnings: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        """SHA-256 of contents, of those files of which somebody knew it."""
        self._moves = False
        folders = (output, *passed, *_python_folders())
        self._passed = tuple(f"{os.path.abspath(path)}{os.sep}" for path in folders)  # noqa: PTH100 - as below

    @contextmanager
    def present(self) -> Iterator[None]:
        """See what is asked wherever a build is `watching`."""
        _present.append(self)
        try:
            yield
        finally:
            _present.remove(self)

    def seen(self) -> Seen | None:
        """Return all that was seen; `None` where nothing can tell a later build that it is still so."""
        if self._moves:
            return None
        others = dict(zip(OTHERS, (self._folders, self._links, self._variables, self._beginnings), strict=True))
        return make_seen(self._began, self._output, self._files, others, self._digests)

    def see_file(self, path: str) -> None:
        """Note what is at a path, or that nothing is, before anyone reads it."""
        if path not in self._files and not self._passes(path):
            self._files[path] = look_at(path)

    def see_folder(self, path: str) -> None:
        """Note which names are in a folder."""
        if path not in self._folders and not self._passes(path):
            self.see_file(path)
            self._folders[path] = digest_names(path, self._output)

    def see_link(self, path: str) -> None:
        """Note where a link leads."""
        if path not in self._links and not self._passes(path):
            self._links[path] = read_link(path)

    def see_variable(self, name: str) -> None:
        """Note what a variable says, or that it is not set."""
        if name not in self._variables and name not in _OF_TERMINALS:
            self._variables[name] = digest_text(os.environ.get(name))

    def see_beginning(self, beginning: str) -> None:
        """Note all variables whose names begin with something."""
        self._beginnings[beginning] = digest_beginning(beginning)

    def see_what_moves(self) -> None:
        """Note that somebody was asked whose answer may be another one next time."""
        self._moves = True

    def know(self, path: str, sha256: str) -> None:
        """Note a file wherever it lies, with the digest of its content where somebody knows that."""
        if path not in self._files:
            self._files[path] = look_at(path)
        if sha256:
            self._digests[path] = sha256

    def _passes(self, path: str) -> bool:
        passed = (*self._passed, *(f"{folder}{os.sep}" for folder in scratch_folders))
        return f"{path}{os.sep}".startswith(passed) or is_temporary(os.path.basename(path))  # noqa: PTH119 - as below


def _python_folders() -> Iterator[str]:
    """Yield where modules are loaded from: what lbundle is made of is told once, whatever of it a build loads."""
    yield os.path.dirname(os.__file__)  # noqa: PTH120 - as below
    yield str(Path(__file__).parents[1])
    yield from (folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages")))


@contextmanager
def watching() -> Iterator[None]:
    """Let those who are present see all that this process asks for a while, its threads included."""
    global _depth  # noqa: PLW0603 - hooks are those of the process
    _depth += 1
    if _present:
        _hook()
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _unhook()


@contextmanager
def looking_away() -> Iterator[None]:
    """Let this thread ask what no later build has to: what is kept by all that it depends on, or is told otherwise."""
    before = getattr(_own, "looks_away", False)
    _own.looks_away = True
    try:
        yield
    finally:
        _own.looks_away = before


@contextmanager
def passing_variables() -> Iterator[None]:
    """Let all threads read variables that no result depends on: clients of HTTP look at all of them for proxies."""
    global _passing  # noqa: PLW0603 - as in `watching`
    _passing += 1
    try:
        yield
    finally:
        _passing -= 1


def know(path: str | os.PathLike[str], sha256: str = "") -> None:
    """Tell of a file that counts wherever it lies, such as a wheel in the cache."""
    with looking_away():
        for witness in _present:
            witness.know(os.fspath(path), sha256)


def see_beginning(beginning: str) -> None:
    """Tell that all variables count whose names begin so, as those of pip do."""
    with looking_away():
        for witness in _present:
            witness.see_beginning(beginning)


def see_what_moves() -> None:
    """Tell that somebody was asked whose answer may be another one next time, such as a server."""
    for witness in _present:
        witness.see_what_moves()


def _hook() -> None:
    """Put ourselves where Python asks the system.

    Audit events tell of what is opened and listed, but not of what is only asked for, of links and of variables.
    """
    global _is_audited  # noqa: PLW0603 - no audit hook can be taken back
    if not _is_audited:
        sys.addaudithook(_on_event)
        _is_audited = True
    os.stat = _on_stat
    os.readlink = _on_readlink
    setattr(_Variables, "__getitem__", _on_variable)  # noqa: B010 - mypy has no assignment to methods


def _unhook() -> None:
    os.stat = _stat
    os.readlink = _readlink
    setattr(_Variables, "__getitem__", _get_variable)  # noqa: B010 - as above


def _on_event(event: str, given: tuple[Any, ...]) -> None:
    if not _depth or not _present:
        return
    if event == "open" and isinstance(given[0], str | bytes) and not (given[2] or 0) & _WRITING:
        _tell(Witness.see_file, given[0])
    elif event in _LISTING and not isinstance(given[0], int):
        _tell(Witness.see_folder, given[0] or ".")


def _on_stat(path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:  # noqa: ANN401
    if dir_fd is None and isinstance(path, str | bytes | os.PathLike):
        _tell(Witness.see_file, path)
    return _stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)


def _on_readlink(path: Any, *, dir_fd: int | None = None) -> Any:  # noqa: ANN401
    if dir_fd is None:
        _tell(Witness.see_link, path)
    return _readlink(path, dir_fd=dir_fd)


def _on_variable(variables: Any, name: str) -> str:  # noqa: ANN401
    if not _passing and not getattr(_own, "looks_away", False):
        with looking_away():
            for witness in _present:
                witness.see_variable(name)
    return _get_variable(variables, name)


def _tell(see: Callable[[Witness, str], None], path: str | bytes | os.PathLike[str]) -> None:
    if getattr(_own, "looks_away", False):
        return
    with looking_away(), suppress(OSError, ValueError):  # whoever asked gets the same answer
        text = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no `Path`: half of all files are asked for by text
        for witness in _present:
            see(witness, text)

"""What a build saw of the machine, and whether it is as it was: what `stat` says decides, contents where it can't.

A file whose times are as new as the record may change again without another time: its content is compared. A clock that
went back, and file systems without numbers for files, leave nothing to trust.
"""

import os
import stat
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

Status = tuple[int, int, int, int, int, int]
"""Size, time of the content, time of the entry, number, device and mode."""

_SECOND = 1_000_000_000
# Two changes within a tick of the clock that file systems go by have one time; some count seconds, or two of them.
_TICK_NANOSECONDS = 50_000_000
_COARSE_TICK_NANOSECONDS = 3 * _SECOND
_PIECE_BYTES = 1_000_000

OTHERS = ("folders", "links", "variables", "beginnings")
"""What is seen beside files."""


class Seen(NamedTuple):
    """What was there, and when it was looked at."""

    moment: int
    """Nanoseconds; before anything of it was read."""
    output: str
    """The folder that builds write to: whether it is there says nothing."""
    files: dict[str, Status | None]
    """By path; `None` for what was not there."""
    folders: dict[str, str]
    """Digests of the names in those that were listed."""
    links: dict[str, str]
    """Where links lead that were followed by name."""
    variables: dict[str, str]
    """Digests of values: they may be secrets."""
    beginnings: dict[str, str]
    """Digests of all variables whose names begin so."""
    contents: dict[str, str]
    """Digests of what is as new as the record."""

    def holds(self) -> bool:
        """Tell whether everything is as it was."""
        return (
            self.moment <= now()
            and all(digest_text(os.environ.get(name)) == value for name, value in self.variables.items())
            and all(digest_beginning(beginning) == value for beginning, value in self.beginnings.items())
            and all(look_at(path) == status for path, status in self.files.items())
            and all(digest_names(path, self.output) == names for path, names in self.folders.items())
            and all(read_link(path) == target for path, target in self.links.items())
            and all(digest_content(path) == content for path, content in self.contents.items())
        )

    def settled(self, moment: int) -> "Seen":
        """Return what is to be compared from now on, where all was found to be the same at a moment or later."""
        young = {path: digest for path, digest in self.contents.items() if is_young(self.files[path], moment)}
        return self._replace(moment=moment, contents=young)


def make_seen(
    moment: int,
    output: str,
    files: Mapping[str, Status | None],
    others: Mapping[str, Mapping[str, str]],
    known: Mapping[str, str],
) -> Seen | None:
    """Return what a build saw; `None` where the machine leaves nothing to trust. `known` are digests of contents."""
    if os.name == "nt" or any(status is not None and not (status[3] and status[4]) for status in files.values()):
        return None
    contents = {}
    for path, status in files.items():
        if status is not None and stat.S_ISREG(status[5]) and is_young(status, moment):
            digest = known.get(path) or digest_content(path)
            if digest is None or look_at(path) != status:
                return None
            contents[path] = digest
    folders, links, variables, beginnings = (dict(others[name]) for name in OTHERS)
    return Seen(moment, output, dict(files), folders, links, variables, beginnings, contents)


def now() -> int:
    """Return the time as file systems count it."""
    return time.time_ns()


def is_young(status: Status | None, moment: int) -> bool:
    """Tell whether a file may have changed at a moment, or change later, without another time."""
    if status is None:
        return False
    tick = _TICK_NANOSECONDS if status[2] % _SECOND else _COARSE_TICK_NANOSECONDS
    return max(status[1], status[2]) + tick >= moment


def look_at(path: str) -> Status | None:
    """Return what is at a path; `None` where nothing is, or nothing can be seen."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a tenth of what `Path` takes
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        # Its size and times change with what is in it, which whoever lists it compares by name.
        return 0, 0, 0, found.st_ino, found.st_dev, found.st_mode
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev, found.st_mode


def read_link(path: str) -> str:
    """Return where a link leads; nothing where there is none."""
    try:
        return os.readlink(path)  # noqa: PTH115 - a tenth of what `Path` takes
    except (OSError, ValueError):
        return ""


def digest_names(path: str, but: str = "") -> str:
    """Return a digest of the names in a folder, but that of one path."""
    try:
        names = sorted(os.listdir(path))  # noqa: PTH208 - a tenth of what `Path` takes
    except OSError:
        return digest_text(None)
    folder, _, name = but.rpartition(os.sep)
    return digest_text("\0".join(other for other in names if other != name or folder != path))


def digest_beginning(beginning: str) -> str:
    """Return a digest of all variables whose names begin so."""
    found = sorted((name, os.environ[name]) for name in os.environ if name.startswith(beginning))
    return digest_text("\0".join(f"{name}={value}" for name, value in found))


def digest_text(text: str | None) -> str:
    """Return a digest of a text, or of there being none."""
    return "" if text is None else sha256(text.encode(errors="surrogateescape")).hexdigest()


def digest_content(path: str) -> str | None:
    """Return the SHA-256 of a file; `None` where it cannot be read."""
    digest = sha256()
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - a tenth of what `Path` takes
            while piece := stream.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError:
        return None
    return digest.hexdigest()

"""Files that are being written, under names that tell what they are: those that a killed build leaves go with the next.

Whoever writes one holds a lock on it, which ends with the process however that ends: what is not locked is left over.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

PARTIAL = ".partial-"
"""What files begin with whose own name is not known yet."""
scratch_folders: set[str] = set()
"""Those that this process has made for a while: what lies in them is nobody's input."""
_KEPT_SECONDS = 24 * 60 * 60
_MARK = ".lbundle-"
_RANDOM = "[a-z0-9_]{8}"
_NAME = re.compile(rf"\.partial-{_RANDOM}|\..+\.lbundle-{_RANDOM}")
# Until 0.1.0 the mark was missing, and zips are the only such files that anybody may know by their name.
_FORMER_NAME = re.compile(rf"\.(.+\.(?:zip|json))\.{_RANDOM}")


def is_temporary(name: str) -> bool:
    """Tell whether a file is one that is being written, or that a killed build left."""
    former = _FORMER_NAME.fullmatch(name)
    return _NAME.fullmatch(name) is not None or (former is not None and former[1].endswith(".zip"))


def beginning_for(path: Path) -> str:
    """Return what the name of a file begins with that is to take the place of another."""
    return f".{path.name}{_MARK}"


@contextmanager
def temporary_file(folder: Path, beginning: str) -> Iterator[BinaryIO]:
    """Give a file that is held until the end, and goes away unless it was renamed; what others left goes first."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder, lambda name: name.startswith(beginning) and is_temporary(name))
    stream = _create(folder, beginning)
    try:
        yield stream
    finally:
        stream.close()
        Path(stream.name).unlink(missing_ok=True)


def put_in_place(stream: BinaryIO, path: Path) -> None:
    """Move a file that is held to its place, whole."""
    stream.flush()
    if os.name == "nt":
        stream.close()  # what is open cannot be moved there
    Path(stream.name).chmod(0o644)
    Path(stream.name).replace(path)


def clear_leftovers(folder: Path, outputs: Collection[str]) -> None:
    """Remove what killed builds left in a folder; `outputs` are what builds write there, for names without a mark."""
    _clear(folder, lambda name: _is_left(name, outputs))


def remove_old_folders(folders: Iterable[Path]) -> None:
    """Remove folders that nobody has touched for a day: a younger one may be in use, or still be filled."""
    oldest = time.time() - _KEPT_SECONDS
    for folder in folders:
        with suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _is_left(name: str, outputs: Collection[str]) -> bool:
    former = _FORMER_NAME.fullmatch(name)
    return _NAME.fullmatch(name) is not None or (former is not None and former[1] in outputs)


def _clear(folder: Path, is_left: Callable[[str], bool]) -> None:
    with suppress(OSError):
        # Names alone: folders of the cache have many.
        with os.scandir(folder) as entries:
            left = [Path(entry.path) for entry in entries if is_left(entry.name)]
        for path in left:
            with suppress(OSError), path.open("rb") as stream:
                _lock(stream, is_waiting=False)
                path.unlink()


def _create(folder: Path, beginning: str) -> BinaryIO:
    """Create a file and lock it; once more where another process took it for a leftover in between."""
    while True:
        made = tempfile.NamedTemporaryFile(dir=folder, prefix=beginning, delete=False)  # noqa: SIM115 - closed by the caller
        stream = cast("BinaryIO", made)
        with suppress(OSError):  # some file systems have no locks
            _lock(stream, is_waiting=True)
        if os.fstat(stream.fileno()).st_nlink:
            return stream
        stream.close()


def _lock(stream: BinaryIO, *, is_waiting: bool) -> None:
    """Lock a file, or raise `OSError` where somebody else has; what is open cannot be removed on Windows anyway."""
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - there is none on Windows

        fcntl.flock(stream, fcntl.LOCK_EX | (0 if is_waiting else fcntl.LOCK_NB))

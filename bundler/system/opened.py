"""Notice which files below a folder anybody opens, code in C and other processes too: the door to Linux's inotify."""

import ctypes
import os
import select
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPEN, _IS_FOLDER, _ONLY_FOLDERS = 0x20, 0x40000000, 0x01000000
_NONBLOCK = os.O_NONBLOCK | os.O_CLOEXEC
_HEAD = struct.Struct("iIII")
_BUFFER_BYTES = 1 << 18


@contextmanager
def noticing_opened_files(folder: Path) -> Iterator[set[Path]]:
    """Give a set that fills with what is opened below a folder; it is whole when the block has ended.

    A kernel that watches nothing, or not so many folders, is no error: then files are missing from it.
    """
    opened: set[Path] = set()
    notes = _start_notes()
    if notes < 0:
        yield opened
        return
    folders = dict(_watch(notes, folder))
    stop, stopping = os.pipe()
    reader = threading.Thread(target=_read, args=(notes, stop, folders, opened), daemon=True)
    reader.start()
    try:
        yield opened
    finally:
        os.close(stopping)
        reader.join()
        os.close(stop)
        os.close(notes)


def _start_notes() -> int:
    try:
        return int(ctypes.CDLL(None).inotify_init1(_NONBLOCK))
    except AttributeError:  # not Linux
        return -1


def _watch(notes: int, folder: Path) -> Iterator[tuple[int, Path]]:
    add = ctypes.CDLL(None).inotify_add_watch
    for place, _, _ in os.walk(folder):
        number = add(notes, os.fsencode(place), ctypes.c_uint32(_OPEN | _ONLY_FOLDERS))
        if number >= 0:
            yield number, Path(place)


def _read(notes: int, stop: int, folders: dict[int, Path], opened: set[Path]) -> None:
    """Take notes until nobody adds any and the other end of `stop` is closed."""
    while True:
        ready, _, _ = select.select([notes, stop], [], [])
        if notes in ready:
            opened.update(_files(os.read(notes, _BUFFER_BYTES), folders))
        elif stop in ready:
            return


def _files(content: bytes, folders: dict[int, Path]) -> Iterator[Path]:
    place = 0
    while place < len(content):
        number, mask, _, length = _HEAD.unpack_from(content, place)
        place += _HEAD.size + length
        name = content[place - length : place].rstrip(b"\0")
        if name and number in folders and not mask & _IS_FOLDER:
            yield folders[number] / os.fsdecode(name)

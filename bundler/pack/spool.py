"""Data that wait for their zips on the disk: a file without a name, which ends with the process however that ends."""

import tempfile
from pathlib import Path
from threading import Lock
from typing import IO
from weakref import finalize
from zlib import crc32

from bundler.errors import ZipDamagedError


class Spool:
    """Holds data by where they begin; threads may add side by side."""

    def __init__(self, folder: Path) -> None:
        """Make the file in a folder when the first data come."""
        self._folder = folder
        self._stream: IO[bytes] | None = None
        self._length = 0
        self._checks: dict[int, int] = {}
        self._lock = Lock()

    def add(self, data: bytes) -> int:
        """Keep data; return where they begin."""
        check = crc32(data)
        with self._lock:
            stream, place = self._open(), self._length
            stream.seek(place)
            stream.write(data)
            self._length += len(data)
            self._checks[place] = check
        return place

    def read(self, place: int, length: int) -> bytes:
        """Return data as they were added; raise `ZipDamagedError` where the disk gives others."""
        with self._lock:
            stream = self._open()
            stream.seek(place)
            data = stream.read(length)
        if length and crc32(data) != self._checks[place]:
            raise ZipDamagedError(str(self._folder), "other bytes came back")
        return data

    def _open(self) -> IO[bytes]:
        if self._stream is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._stream = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed with the spool
            finalize(self, self._stream.close)
        return self._stream

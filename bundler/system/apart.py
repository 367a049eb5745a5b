"""Run programs that run code of strangers: bounded in what they say, and gone with all that they started."""

import os
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from bundler.system.process import Finished

_CHUNK_BYTES = 65_536
_MOST_CHUNKS = 16
"""Of the beginning of what a program says, and as many of its end."""
_LOOK_SECONDS = 0.5
_LOOKS_BEFORE_THE_END = 2
_GRACE_SECONDS = 0.1
_MOST_ROUNDS = 5
# Fields of `/proc/…/stat` behind the name.
_USER_TICKS, _SYSTEM_TICKS = 11, 12
# In the environment of a program and of all that it starts, also of what makes a session of its own.
_MARK = "LBUNDLE_APART"


def run_apart(
    arguments: Sequence[str | Path],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str],
    folder: Path,
    timeout_seconds: float,
) -> Finished:
    """Run a program as `run` does, keep the beginning and the end of what it says, and leave nothing of it running.

    A program may wait for the output of what it left behind, as pip does with a backend's daemon: when nothing else of
    it is at work any more, that is ended. Raises `InterruptedError` where `end_all` ended it.
    """
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        program = _start(arguments, given, environment, folder)
    said = [_Listener(cast("BinaryIO", stream)) for stream in (program.process.stdout, program.process.stderr)]
    try:
        is_over = _wait(program, timeout_seconds)
    finally:
        _kill([program])
        program.process.wait()
        is_wanted = program in _running
        _running.discard(program)
    if not is_wanted:
        message = f"{arguments[0]} was interrupted"
        raise InterruptedError(message)
    if not is_over:
        message = f"{arguments[0]} did not end within {timeout_seconds} s"
        raise TimeoutError(message)
    stdout, stderr = (listener.what_was_said() for listener in said)
    return Finished(returncode=program.process.returncode, stdout=stdout, stderr=stderr)


def end_all() -> None:
    """End every program that runs apart, with all that it started: the user wants no more of it."""
    with _starting:
        programs = tuple(_running)
        _running.clear()
    _kill(programs)


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    process: subprocess.Popen[bytes]
    mark: str


_running: Final[set[_Program]] = set()
# A signal may come while the same thread starts a program.
_starting: Final = threading.RLock()


def _start(arguments: Sequence[str | Path], stdin: BinaryIO, environment: Mapping[str, str], folder: Path) -> _Program:
    mark = uuid.uuid4().hex
    with _starting:
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, _MARK: mark},
            cwd=folder,
            start_new_session=True,
        )
        program = _Program(process, mark)
        _running.add(program)
    return program


def _wait(program: _Program, timeout_seconds: float) -> bool:
    """Wait for the end of a program; `False` where it takes too long."""
    deadline, idle, worked = time.monotonic() + timeout_seconds, 0, -1
    while (left := deadline - time.monotonic()) > 0:
        try:
            program.process.wait(min(_LOOK_SECONDS, left))
        except subprocess.TimeoutExpired:
            behind, ticks = _look(program)
            idle = idle + 1 if behind and ticks == worked else 0
            worked = ticks
            if idle >= _LOOKS_BEFORE_THE_END:
                _each_kill(behind, os.kill)
        else:
            return True
    return False


def _look(program: _Program) -> tuple[list[int], int]:
    """Return the processes that a program has left behind, and the ticks that all its others have worked for."""
    found = _processes_of(program)

    def is_at_work(pid: int) -> bool:
        while pid in found and pid != program.process.pid:
            pid = found[pid].parent
        return pid == program.process.pid

    behind = [pid for pid in found if not is_at_work(pid)]
    return behind, sum(process.ticks for pid, process in found.items() if pid not in behind)


def _kill(programs: Sequence[_Program]) -> None:
    """Kill programs and all that they started, from below, so that each is asked for by what started it."""
    for _ in range(_MOST_ROUNDS):
        found = {pid: one.parent for program in programs for pid, one in _processes_of(program).items()}
        leaders = {program.process.pid for program in programs}
        lowest = found.keys() - found.values() - leaders
        if not lowest:
            break
        _each_kill(lowest, os.kill)
        time.sleep(_GRACE_SECONDS)
    if os.name == "posix":
        _each_kill([program.process.pid for program in programs], os.killpg)
    else:
        for program in programs:
            program.process.kill()


def _each_kill(pids: Iterable[int], kill: Callable[[int, int], None]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    ticks: int


def _processes_of(program: _Program) -> dict[int, _Process]:
    """Return the processes with a program's mark; none but on Linux."""
    wanted = f"{_MARK}={program.mark}".encode()
    found: dict[int, _Process] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # The name before it may hold anything.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            if fields[0] != b"Z" and wanted in (folder / "environ").read_bytes().split(b"\0"):
                ticks = int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])
                found[int(folder.name)] = _Process(parent=int(fields[1]), ticks=ticks)
    return found


class _Listener:
    """Keeps the beginning and the end of what a program says, in a thread that nobody has to wait for."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._first: list[bytes] = []
        self._last: deque[bytes] = deque(maxlen=_MOST_CHUNKS)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._stream:
            while chunk := os.read(self._stream.fileno(), _CHUNK_BYTES):
                if len(self._first) < _MOST_CHUNKS:
                    self._first.append(chunk)
                else:
                    self._last.append(chunk)

    def what_was_said(self) -> bytes:
        """Return it; where what got away goes on, that is not listened to."""
        self._thread.join(_LOOK_SECONDS)
        return b"".join((*self._first, *self._last))

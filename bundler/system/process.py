"""Run other programs: the only file that does."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(
    arguments: Sequence[str | Path],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    timeout_seconds: float | None = None,
) -> Finished:
    """Run a program to its end and return what it said; raise `OSError` when it cannot start or takes too long."""
    try:
        done = subprocess.run(
            [str(argument) for argument in arguments],
            input=stdin,
            capture_output=True,
            env=None if environment is None else dict(environment),
            cwd=folder,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"{arguments[0]} did not end within {timeout_seconds} s"
        raise TimeoutError(message) from error
    return Finished(returncode=done.returncode, stdout=done.stdout, stderr=done.stderr)


class Running:
    """A program that runs beside us; what it prints, to standard error too, is read while it does."""

    def __init__(
        self, arguments: Sequence[str | Path], *, environment: Mapping[str, str], inherited: Sequence[int]
    ) -> None:
        """Start the program; raise `OSError` when that cannot be done. `inherited` are the descriptors it keeps."""
        self._process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            pass_fds=inherited,
        )

    @property
    def output(self) -> BinaryIO:
        if self._process.stdout is None:  # pragma: no cover - it is a pipe
            raise AssertionError
        return cast("BinaryIO", self._process.stdout)

    def end(self, grace_seconds: float) -> None:
        """Wait a while for the program to end, and kill it then."""
        try:
            self._process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Read nothing more of what it prints."""
        self.output.close()

"""Run other programs: the only file that does."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


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

"""Tell whether processes of other programs have ended."""

import time
from pathlib import Path

_LONGEST_SECONDS = 10


def has_ended(pid: int) -> bool:
    """Wait a while for a process to end; one that ended and that nobody has asked for yet has (Linux)."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while _is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

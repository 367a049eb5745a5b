"""How many processors this process may use, which may be fewer than the machine has."""

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

_GROUPS_OF_PROCESS = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


def count_processors() -> int:
    """Return how many processors the process is let onto, at most those that its control groups have time for."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([here, *(math.ceil(quota) for quota in _quotas())]))


def _quotas() -> Iterator[float]:
    """Yield the processors' worth of time that each group above the process has; none where nobody set any."""
    for folder in _folders():
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (folder / "cpu.max").read_text().split()
            yield int(quota) / int(period)
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = ((folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if int(quota) > 0:
                yield int(quota) / int(period)


def _folders() -> Iterator[Path]:
    """Yield the folders of the process's groups, those above included; the first version has one tree a controller."""
    lines: list[str] = []
    with suppress(OSError):
        lines = _GROUPS_OF_PROCESS.read_text().splitlines()
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if not controllers or "cpu" in controllers.split(","):
            path = PurePosixPath(name.lstrip("/"))
            yield from (_GROUPS / controllers / group for group in (path, *path.parents))
            yield from (_GROUPS / "cpu" / group for group in (path, *path.parents) if controllers)

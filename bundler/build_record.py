"""The records of builds: what each saw and what it made, so that one with nothing to do is over at once.

They lie in the cache, one for each folder of zips and way to build it, as SAM builds each function by a call of its
own. A record counts only while everything is as it was: the zips too, so that of two builds into one folder that gave
other zips only the record of the last is believed.
"""

import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from bundler.model.summary import BuildSummary, BundleSummary, FindingSummary, PackageSummary
from bundler.system.home import cache_folder
from bundler.system.seen import Seen, digest_names, look_at, now
from bundler.version import __version__

_FORM = 2
_MOST_RECORDS = 500
_PACKAGE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - no `Path`: every build begins here
_CODE_ENDINGS = (".py", ".toml", ".json")


class Request(NamedTuple):
    """What is asked for, wherever that changes what is built."""

    project: str
    output: str
    settings: str | None
    """What another tool resolved; `None` where the project's own file is read."""
    stage: str | None
    functions: tuple[str, ...]
    runtime: str | None
    architecture: str | None
    allows_missing: bool

    @property
    def record_path(self) -> str:
        """Where the record of such builds is."""
        # What a runtime's end of support is told by is today's date.
        today = time.strftime("%Y-%m-%d", time.gmtime())
        about = json.dumps([_FORM, __version__, sys.version, sys.executable, today, *self])
        return str(cache_folder() / "records" / sha256(about.encode()).hexdigest())


def find_unchanged_build(request: Request) -> BuildSummary | None:
    """Return what a build would say that has nothing to do; `None` where only a build can tell."""
    moment = now()
    try:
        with open(request.record_path, "rb") as stream:  # noqa: PTH123 - as above
            told = json.loads(stream.read())
        seen, summary, tools = _read_seen(told["seen"]), _read_summary(told["made"]), told["tools"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if tools != _digest_tools() or not seen.holds():
        return None
    if seen.contents:
        # What was too new to be trusted was compared by content, and need not be again.
        _write(request, seen.settled(moment), summary, tools)
    return summary


def keep_record(request: Request, seen: Seen | None, summary: BuildSummary) -> None:
    """Keep what a build saw and made; a folder that cannot be written is no error."""
    if seen is not None:
        _write(request, seen, summary, _digest_tools())


def _write(request: Request, seen: Seen, summary: BuildSummary, tools: str) -> None:
    path = Path(request.record_path)
    partial = path.with_suffix(f".{os.getpid()}")
    text = json.dumps({"tools": tools, "seen": seen, "made": summary}, separators=(",", ":"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="ascii")
        partial.replace(path)
        others = sorted(path.parent.iterdir(), key=lambda other: other.stat().st_mtime, reverse=True)
        for old in others[_MOST_RECORDS:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _digest_tools() -> str:
    """Return what changes with lbundle itself, also in a checkout that someone works on, and with what it stands on."""
    found: list[object] = [digest_names(os.path.dirname(os.path.dirname(os.path.abspath(json.__file__))))]  # noqa: PTH100, PTH120 - as above
    found += [digest_names(folder) for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    waiting = [_PACKAGE]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(_CODE_ENDINGS):
                    found.append((entry.name, look_at(entry.path)))
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    waiting.append(entry.path)
    return sha256(json.dumps(sorted(found, key=str)).encode()).hexdigest()


def _read_seen(told: list[Any]) -> Seen:
    moment, output, files, *others = told
    return Seen(moment, output, {path: status and tuple(status) for path, status in files.items()}, *others)


def _read_summary(told: list[Any]) -> BuildSummary:
    functions, layers, optional, unreached, findings, notes = told
    return BuildSummary(
        functions=tuple(map(_read_bundle, functions)),
        layers=tuple(map(_read_bundle, layers)),
        optional=tuple(optional),
        unreached=tuple(unreached),
        findings=tuple(FindingSummary(*finding) for finding in findings),
        notes=tuple(notes),
    )


def _read_bundle(told: list[Any]) -> BundleSummary:
    bundle = BundleSummary(*told)
    return bundle._replace(
        packages=tuple(PackageSummary(*package) for package in bundle.packages),
        details=tuple(bundle.details),
        warnings=tuple(bundle.warnings),
        locks=tuple(bundle.locks),
    )

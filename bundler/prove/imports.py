"""Measure how long a finished zip's handler takes to import, in fresh processes of the target's own Python."""

import hashlib
import json
import platform
import re
import statistics
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bundler.model.invocation import RunSettings
from bundler.model.project import Function
from bundler.model.report import ImportTiming, ModuleTime
from bundler.prove.layers import find_layers, search_folders
from bundler.prove.machine import find_python, lambda_environment
from bundler.prove.runtime_packages import runtime_packages
from bundler.runtimes import preinstalled_modules
from bundler.system import cache
from bundler.system.archives import unzip
from bundler.system.files import scratch_folder
from bundler.system.process import run

_RUNS = 5
_TIMEOUT_SECONDS = 120
_WORKER_PATH = Path(__file__).with_name("import_worker.py")
_LINE = re.compile(r"import time:\s*(\d+) \|\s*(\d+) \| ( *)(\S+)")
_INDENT = 2


def measure_imports(function: Function, zip_path: Path, *, allowed_seconds: float, is_offline: bool) -> ImportTiming:
    """Return how long importing the handler takes: the median of several fresh, isolated processes.

    What was measured of the same zip with the same interpreter is remembered as long as it is allowed: a machine that
    was busy once must not fail an unchanged zip for ever.
    """
    interpreter, problem = find_python(function.target)
    if interpreter is None:
        return ImportTiming(function=function.name, problem=problem)
    zips = (zip_path, *find_layers(zip_path, function.layers))
    digests = " ".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in zips)
    key = f"{digests}\0{interpreter}\0{_RUNS}\0{platform.node()}"
    known = cache.load_as("imports", key, _read_timing)
    if known is not None and known.seconds <= allowed_seconds:
        return known
    timing = _measure(function, zips, interpreter, is_offline=is_offline)
    if timing.runs:
        cache.store("imports", key, json.dumps(asdict(timing)).encode())
    return timing


def _read_timing(stored: bytes) -> ImportTiming:
    told = json.loads(stored)
    return ImportTiming(**{**told, "modules": tuple(ModuleTime(**module) for module in told["modules"])})


def _measure(function: Function, zips: tuple[Path, ...], interpreter: Path, *, is_offline: bool) -> ImportTiming:
    with scratch_folder("imports") as scratch:
        task, opt = scratch / "task", scratch / "opt"
        for index, zip_path in enumerate(zips):
            unzip(zip_path, opt if index else task)
        searched = [str(task / folder) for folder in function.search_folders]
        folders = [str(task), *searched, *search_folders(opt, function.target)]
        # This run also reads the files once, so that no timed one waits for the disk.
        told, log = _import(interpreter, function, folders, with_times=True)
        if _is_of_runtime(told, function):
            packages = runtime_packages(function.target, interpreter, is_offline=is_offline)
            if packages is None:
                problem = f"it imports `{told['missing']}` of the runtime's, which could not be fetched"
                return ImportTiming(function=function.name, problem=problem)
            folders.append(str(packages))
            told, log = _import(interpreter, function, folders, with_times=True)
        seconds: list[float] = []
        while "seconds" in told and len(seconds) < _RUNS:
            told, _ = _import(interpreter, function, folders, with_times=False)
            seconds.append(told.get("seconds", 0.0))
    if "seconds" not in told:
        problem = f"importing `{function.handler.module}` failed: {told['error']}"
        return ImportTiming(function=function.name, problem=problem)
    return ImportTiming(
        function=function.name, seconds=statistics.median(seconds), runs=_RUNS, modules=tuple(_read_times(log))
    )


def _is_of_runtime(told: dict[str, Any], function: Function) -> bool:
    missing = told.get("missing")
    return isinstance(missing, str) and missing.partition(".")[0] in preinstalled_modules(function.target.runtime)


def _import(
    interpreter: Path, function: Function, folders: list[str], *, with_times: bool
) -> tuple[dict[str, Any], str]:
    """Import the handler's module once; return what the worker says, and what the interpreter does."""
    options = ["-I", "-S", "-B", *(["-X", "importtime"] if with_times else [])]
    try:
        done = run(
            [interpreter, *options, _WORKER_PATH, function.handler.module, *folders],
            environment=lambda_environment(
                function.name, str(function.handler), folders[0], str(Path(folders[0]).with_name("opt")), RunSettings()
            ),
            folder=Path(folders[0]),
            timeout_seconds=_TIMEOUT_SECONDS,
        )
    except OSError as error:
        return {"error": str(error)}, ""
    try:
        told: dict[str, Any] = json.loads(done.stdout.rpartition(b"\n")[2])
    except ValueError:
        told = {"error": f"the process ended with code {done.returncode}"}
    return told, done.stderr.decode(errors="replace")


def _read_times(log: str) -> Iterator[ModuleTime]:
    """Give the modules of an `-X importtime` log that the handler's module led to.

    The log names a module after all that it imports, deeper ones indented further; so, read from its end, each line's
    importer is the last line before it with less indentation. What the interpreter and the worker import for themselves
    stands before the handler's module, at no depth.
    """
    importers: list[str] = []
    for line in reversed(log.splitlines()):
        if match := _LINE.fullmatch(line):
            depth = len(match[3]) // _INDENT
            if depth == 0 and importers:
                return
            del importers[depth:]
            yield ModuleTime(
                module=match[4],
                importer=importers[-1] if importers else "",
                own_seconds=int(match[1]) / 1e6,
                all_seconds=int(match[2]) / 1e6,
            )
            importers.append(match[4])

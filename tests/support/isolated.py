"""Run a function's event from an unzipped folder as `lbundle invoke` does, and unpack zips as Lambda does."""

import json
import os
import re
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bundler.model.invocation import Invocation, RunSettings
from bundler.model.project import Architecture, Handler
from bundler.prove import Circumstances, Code, Runtime, Seen, invoke_code
from bundler.runtimes import make_target
from tests.support.installs import ask_version, find_python, install_full, runtime_client, runtime_packages

__all__ = ["Run", "find_python", "install_full", "run_event", "runtime_packages", "time_import", "unzip"]

_MOST_MEMORY_MB = 10240
_TIMED = re.compile(r"^the import took ([\d.e-]+) s$", re.MULTILINE)
_TIME_IMPORT = """
import importlib, os, time

def timed(*arguments, real=importlib.import_module):
    importlib.import_module = real
    began = time.perf_counter()
    real(*arguments)
    os.write(1, f"the import took {time.perf_counter() - began} s\\n".encode())
    os._exit(0)

importlib.import_module = timed
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one event."""

    answer: Any
    """The handler's return value after a trip through JSON."""
    error: str | None
    """What Lambda says of it, then the log; `None` when the handler returned."""
    touched: frozenset[str]
    """Files under the task root that were imported, opened, mapped or started; only with `record`."""
    output: str
    """What was logged."""


def run_event(  # noqa: PLR0913 - the circumstances of a run, each by name
    task_root: Path,
    handler: str,
    event: object,
    *,
    python: Path,
    runtime_packages: Path | None,
    environment: Mapping[str, str],
    prelude: Path | None = None,
    record: bool = False,
    timeout_seconds: float = 120,
) -> Run:
    """Import `handler` from `task_root` in a fresh `python` and give it the event.

    With the runtime's packages comes its client too. A `prelude` is executed before the handler's import.
    """
    seen = Seen() if record else None
    log = bytearray()
    circumstances = Circumstances(
        runtime=Runtime(
            interpreter=python,
            packages=runtime_packages and runtime_packages.resolve(),
            client=runtime_client(python) if runtime_packages else None,
        ),
        sink=log.extend,
        note=lambda text: log.extend(f"note: {text}\n".encode()),
        variables=environment,
        seen=seen,
        prelude=prelude,
    )
    with tempfile.TemporaryDirectory() as layers:
        code = _code(task_root, handler, python, Path(layers))
        settings = RunSettings(timeout_seconds=timeout_seconds, memory_mb=_MOST_MEMORY_MB)
        (invocation,) = invoke_code(code, [event], settings, circumstances)
    output = log.decode(errors="replace")
    answer = None if invocation.answer is None else json.loads(invocation.answer)
    return Run(
        answer=answer,
        error=_describe_error(invocation, output),
        touched=frozenset(seen.touched if seen else ()),
        output=output,
    )


def time_import(
    task_root: Path, handler: str, *, python: Path, runtime_packages: Path | None, environment: Mapping[str, str]
) -> float:
    """Return the seconds that importing the handler's module takes; it is not called."""
    with tempfile.TemporaryDirectory() as folder:
        prelude = Path(folder) / "time_import.py"
        prelude.write_text(_TIME_IMPORT, encoding="utf-8")
        circumstances = {"python": python, "runtime_packages": runtime_packages, "environment": environment}
        run = run_event(task_root, handler, None, prelude=prelude, **circumstances)
    found = _TIMED.search(run.output)
    if found is None:
        raise RuntimeError(run.error)
    return float(found[1])


def _code(task_root: Path, handler: str, python: Path, layers: Path) -> Code:
    module, _, attribute = handler.replace("/", ".").rpartition(".")
    return Code(
        name=module.rpartition(".")[2],
        handler=Handler(module=module, attribute=attribute),
        target=make_target(f"python{ask_version(python)}", Architecture.X86_64),
        task=task_root.resolve(),
        layers=layers.resolve(),
    )


def _describe_error(invocation: Invocation, output: str) -> str | None:
    error = invocation.error
    return f"{error['errorType']}: {error['errorMessage']}\n{output}" if error else None


def unzip(archive: Path, folder: Path) -> Path:
    """Unpack a zip with its modes and its dates, as Lambda does; return the folder."""
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            path = Path(opened.extract(member, folder))
            if mode := (member.external_attr >> 16) & 0o777:
                path.chmod(mode)
            date = datetime(*member.date_time, tzinfo=UTC).timestamp()
            os.utime(path, (date, date))
    return folder

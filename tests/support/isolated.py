"""Run a function's event from an unzipped folder as Lambda would: apart from the host, read-only, a fresh process."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bundler import prove
from tests.support.installs import find_python, install_full, runtime_packages

__all__ = ["Run", "find_python", "install_full", "run_event", "runtime_packages", "unzip"]

_BOOTSTRAP = Path(__file__).with_name("_bootstrap.py")
_LAUNCHER = Path(prove.__file__).with_name("launch_unprivileged.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one event."""

    answer: Any
    """The handler's return value after a trip through JSON."""
    error: str | None
    """The traceback, or what ended the process; `None` when the handler returned."""
    import_seconds: float
    """The time to import the handler's module."""
    touched: frozenset[str]
    """Files under the task root that were imported, opened, mapped or started; only with `record`."""
    output: str
    """What the process wrote to stdout and stderr."""


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
    only_import: bool = False,
    timeout_seconds: float = 120,
) -> Run:
    """Import `handler` from `task_root` in a fresh `python` and give it the event.

    The process sees only the task root, the runtime's packages and the standard library; its environment is Lambda's
    and `environment`; the task root is read-only, to root as well; temporary files go to a folder of the run's own. A
    `prelude` is executed before the handler's import. With `only_import` the handler is not called.
    """
    with tempfile.TemporaryDirectory(prefix="lbundle-run-") as scratch_folder, _read_only(task_root.resolve()) as root:
        scratch = Path(scratch_folder)
        temporary = scratch / "tmp"
        temporary.mkdir()
        request = scratch / "request.json"
        result = scratch / "result.json"
        function_name = handler.replace("/", ".").rsplit(".", 2)[-1]
        request.write_text(
            json.dumps(
                {
                    "task_root": str(root),
                    "packages": [str(runtime_packages.resolve())] if runtime_packages else [],
                    "handler": handler,
                    "event": event,
                    "function_name": function_name,
                    "prelude": str(prelude.resolve()) if prelude else None,
                    "record": record,
                    "only_import": only_import,
                    "result": str(result),
                }
            ),
            encoding="utf-8",
        )
        ending = _run_program(
            [python, "-I", "-S", "-B", _BOOTSTRAP, request],
            environment={**_lambda_environment(root, handler, function_name, temporary), **environment},
            folder=root,
            timeout_seconds=timeout_seconds,
        )
        return _read_result(result, *ending)


def _run_program(
    command: list[Path | str], *, environment: dict[str, str], folder: Path, timeout_seconds: float
) -> tuple[str, str]:
    """Return how the program ended and what it wrote."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", _LAUNCHER, *command],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return f"no answer within {timeout_seconds} seconds", (error.stdout or b"").decode(errors="replace")
    return f"the process ended with code {done.returncode}", done.stdout.decode(errors="replace")


def _read_result(result: Path, ending: str, output: str) -> Run:
    if not result.exists():
        error = f"{ending}\n{output}"
        return Run(answer=None, error=error, import_seconds=0.0, touched=frozenset(), output=output)
    said = json.loads(result.read_text(encoding="utf-8"))
    return Run(**{**said, "touched": frozenset(said["touched"]), "output": output})


def _lambda_environment(root: Path, handler: str, function_name: str, temporary: Path) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_FUNCTION_NAME": function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "eu-west-1",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        # Lambda's user has a home that neither exists nor can be made; below /proc that holds for every user.
        "HOME": "/proc/sbx_user1051",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(root),
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PWD": str(root),
        # Whether the runtime has time zone data is not known, so the host's must not stand in for the `tzdata` package.
        "PYTHONTZPATH": "",
        "SHLVL": "0",
        "TMPDIR": str(temporary),
        "TZ": ":UTC",
        "_HANDLER": handler,
    }


@contextmanager
def _read_only(root: Path) -> Iterator[Path]:
    """Take write permission from a folder and all below it for a while."""
    paths = [path for path in (root, *root.rglob("*")) if not path.is_symlink()]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in paths]
    # A hard-linked file of the cache may be shared with another run: only folders get their permission back.
    folders = [(path, mode) for path, mode in zip(paths, modes, strict=True) if path.is_dir()]
    for path, mode in zip(paths, modes, strict=True):
        if mode & 0o222:
            path.chmod(mode & ~0o222)
    try:
        yield root
    finally:
        for path, mode in folders:
            path.chmod(mode)


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

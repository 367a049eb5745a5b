"""Run a finished zip's handler once, as Lambda would: apart from the host, its files read-only, in a fresh process."""

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import BundleMissingError, BundleNotDescribedError, NotRunnableError
from bundler.model.project import Handler, Target
from bundler.prove.layers import find_layers, search_folders
from bundler.prove.machine import find_python, lambda_environment, make_writable, unzip_read_only
from bundler.prove.metafile import read_metafile, read_target
from bundler.prove.runtime_packages import runtime_packages
from bundler.system.process import Finished, run

_WORKER_PATH = Path(__file__).with_name("invoke_worker.py")
_LAUNCHER_PATH = Path(__file__).with_name("launch_unprivileged.py")
# The worker ends itself in time, unless native code keeps everything else from running.
_GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What came of one event."""

    answer: str | None
    """JSON, as Lambda would return it; `None` for a handler that failed."""
    error: str
    """The traceback, or what ended the process."""
    printed: str
    """What the handler wrote to its standard output and error."""
    note: str
    """What was not as in Lambda, empty when nothing is known."""


def invoke_bundle(
    zip_path: Path, event: object, *, environment: Mapping[str, str], timeout_seconds: float, is_offline: bool
) -> Invocation:
    """Give an event to the handler of a finished zip.

    Raises:
        SettingsError: There is no such zip, nothing says what it is built for, or this machine cannot run it.
    """
    if not zip_path.is_file():
        raise BundleMissingError(zip_path.stem, str(zip_path.parent))
    metafile_path = zip_path.with_suffix(".json")
    metafile = read_metafile(metafile_path)
    if not metafile:
        raise BundleNotDescribedError(str(zip_path), metafile_path.name, ("runtime", "architecture", "handler"))
    target, handler = read_target(metafile)
    interpreter, problem = find_python(target)
    if interpreter is None:
        raise NotRunnableError(zip_path.stem, problem)
    layers = find_layers(zip_path, [layer["name"] for layer in metafile.get("layers", ())])
    packages = runtime_packages(target, interpreter, is_offline=is_offline)
    with tempfile.TemporaryDirectory(prefix="lbundle-invoke-") as scratch:
        root, opt, temporary = Path(scratch, "task"), Path(scratch, "opt"), Path(scratch, "tmp")
        temporary.mkdir()
        unzip_read_only((zip_path,), root)
        unzip_read_only(layers, opt)
        task = [str(root), *(str(root / folder) for folder in metafile.get("search_folders", ()))]
        request = {
            "name": zip_path.stem,
            "module": handler.module,
            "attribute": handler.attribute,
            "folders": [*task, *search_folders(opt, target), *([str(packages)] if packages else [])],
            "timeout_seconds": timeout_seconds,
            "event": event,
        }
        variables = {
            **lambda_environment(zip_path.stem, str(handler), str(root), opt),
            "TMPDIR": str(temporary),
            **environment,
        }
        try:
            done = run(
                [sys.executable, "-I", "-S", _LAUNCHER_PATH, interpreter, "-I", "-S", "-B", _WORKER_PATH],
                stdin=json.dumps(request).encode(),
                environment=variables,
                folder=root,
                timeout_seconds=timeout_seconds + _GRACE_SECONDS,
            )
        except TimeoutError as error:
            return Invocation(answer=None, error=f"{error}\n", printed="", note="")
        finally:
            make_writable(root)
            make_writable(opt)
    return _read(done, "" if packages else _missing_packages(target, handler))


def _missing_packages(target: Target, handler: Handler) -> str:
    return f"boto3 of {target.runtime} could not be fetched, `{handler.module}` runs without it"


def _read(done: Finished, note: str) -> Invocation:
    printed = done.stderr.decode(errors="replace")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {"error": f"the process ended with code {done.returncode}\n"}
    return Invocation(answer=told.get("answer"), error=told.get("error", ""), printed=printed, note=note)

"""Run the command line on small projects, offline: packages come from a folder of wheels."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RUNTIME = f"python3.{sys.version_info.minor}"
"""The runtime of the interpreter that runs the tests: one that is surely there to compile for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the command ended; times are written as `0.00 s`."""

    code: int
    stdout: str
    stderr: str


def run_lbundle(project: Path, *arguments: str, **environment: str) -> Ended:
    """Run `lbundle` in a project's folder, with the wheels in the folder `wheels` beside it as its only index."""
    running = start_lbundle(project, *arguments, **environment)
    stdout, stderr = running.communicate(timeout=120)
    return Ended(code=running.returncode, stdout=_without_times(stdout), stderr=_without_times(stderr))


def start_lbundle(project: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start what `run_lbundle` runs, and do not wait for its end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project.parent / "wheels")}
    return subprocess.Popen(
        [sys.executable, "-m", "bundler", *arguments],
        cwd=project,
        env={**kept, **offline, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "80", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_program(command: list[str | Path], folder: Path, environment: dict[str, str]) -> Ended:
    """Run another program that says all there is to say, in an environment of its own."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return Ended(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def _without_times(text: str) -> str:
    return re.sub(r"\b\d+\.\d\d s\b", "0.00 s", text)


def service_settings(**handlers: str) -> str:
    """Return a serverless.yml with a function for each handler, by the function's name."""
    functions = "".join(f"  {name}:\n    handler: {handler}\n" for name, handler in handlers.items())
    return f"service: shop\nprovider:\n  name: aws\n  runtime: {RUNTIME}\nfunctions:\n{functions}"


def write_project(folder: Path, files: dict[str, str]) -> Path:
    """Write a project's files and return its folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return folder


def files_below(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, sorted."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

"""Build a project through the command line, as a user does, and lay out its plain install beside it."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.isolated import find_python, install_full

RUNTIME_PYTHON = "3.12"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPython:
    """The interpreter that stands for the runtime, and the runtime's name."""

    path: Path
    runtime: str


def choose_python() -> TargetPython:
    """Return the sample's own Python where the machine has it, else the one that runs the tests."""
    if own := find_python(RUNTIME_PYTHON):
        return TargetPython(path=own, runtime=f"python{RUNTIME_PYTHON}")
    return TargetPython(path=Path(sys.executable), runtime=f"python3.{sys.version_info.minor}")


def build(project: Path, output: Path, *options: str) -> dict[str, Any]:
    """Run `lbundle build`; return what it says with `--json`."""
    command = [sys.executable, "-m", "bundler", "build", project, "--output", output, "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"the build ended with code {done.returncode}:\n{done.stderr}"
        raise RuntimeError(msg)
    return json.loads(done.stdout)


def install_plainly(project: Path, folder: Path, python: Path, own_folders: tuple[str, ...]) -> Path:
    """Fill a folder with what people upload without a bundler: `pip install --target` and the project's own folders."""
    install_full(project / "requirements.txt", folder, python)
    for name in own_folders:
        shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder

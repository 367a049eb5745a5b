"""Run the real AWS SAM command line, in an environment of its own and without an account."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.support.command_line import Ended, run_program
from tests.support.installs import shared_folder
from tests.support.serverless import write_program

_REQUIREMENT = "aws-sam-cli==1.170.0"
_ROOT = Path(__file__).parents[2]
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SAM_CLI_TELEMETRY": "0",
}
_DROPPED = ("AWS_", "SAM_", "VIRTUAL_ENV", "PYTHONPATH")


@cache
def install_sam() -> Path:
    """Return the program `sam`, installed once for all runs: its pins would not agree with those of the tests."""
    digest = hashlib.sha256(f"{sys.executable} {_REQUIREMENT}".encode()).hexdigest()[:20]
    # A virtual environment names its own path, so it is made where it stays; the program's link comes last.
    finished = shared_folder() / f"sam-{digest}"
    if not finished.exists():
        environment = Path(tempfile.mkdtemp(dir=shared_folder()))
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, environment)
        _uv("pip", "install", "--quiet", "--python", environment / "bin" / "python", _REQUIREMENT)
        try:
            finished.symlink_to(environment / "bin" / "sam")
        except FileExistsError:  # another run was faster
            shutil.rmtree(environment)
    return finished


def _uv(*words: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "uv", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"uv could not install {_REQUIREMENT}:\n{done.stderr}"
        raise RuntimeError(msg)


def run_sam(project: Path, *arguments: str, **environment: str) -> Ended:
    """Run a command of SAM in a project's folder to its end, with an `lbundle` of this checkout on the PATH."""
    write_program(project.parent / "bin" / "lbundle", f'PYTHONPATH={_ROOT} exec {sys.executable} -m bundler "$@"')
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join((str(project.parent / "bin"), kept["PATH"]))
    return run_program(
        [install_sam(), *arguments], project, {**kept, **_SETTINGS, "HOME": str(home), "PATH": path, **environment}
    )

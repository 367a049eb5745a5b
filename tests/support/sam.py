"""Run the real AWS SAM command line, in an environment of its own and without an account."""

import os
import sys
from pathlib import Path

from tests.support.command_line import Ended, run_program
from tests.support.installs import install_program
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


def run_sam(project: Path, *arguments: str, **environment: str) -> Ended:
    """Run a command of SAM in a project's folder to its end, with an `lbundle` of this checkout on the PATH."""
    write_program(project.parent / "bin" / "lbundle", f'PYTHONPATH={_ROOT} exec {sys.executable} -m bundler "$@"')
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join((str(project.parent / "bin"), kept["PATH"]))
    return run_program(
        [install_program(_REQUIREMENT, "sam"), *arguments],
        project,
        {**kept, **_SETTINGS, "HOME": str(home), "PATH": path, **environment},
    )

"""Run the real AWS CDK on an app in JavaScript or Python, without an account."""

import os
import sys
from pathlib import Path

from tests.support.command_line import Ended, run_program
from tests.support.installs import install_program
from tests.support.node_packages import install_node_packages
from tests.support.serverless import write_program

_PACKAGE = Path(__file__).with_name("cdk") / "package.json"
_ROOT = Path(__file__).parents[2]
_QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true", "CDK_DISABLE_VERSION_CHECK": "true"}
_REQUIREMENT = "aws-cdk-lib==2.275.0"


def run_cdk(project: Path, *arguments: str) -> Ended:
    """Run a command of CDK in an app's folder to its end, with an `lbundle` of this checkout on the PATH."""
    write_program(project.parent / "bin" / "lbundle", f'PYTHONPATH={_ROOT} exec {sys.executable} -m bundler "$@"')
    modules = install_node_packages(_PACKAGE)
    if not (project / "node_modules").exists():
        (project / "node_modules").symlink_to(modules)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_", "VIRTUAL_ENV"))}
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    is_python = (project / "app.py").exists()
    pythons = [install_program(_REQUIREMENT, "python").readlink().parent] if is_python else []
    folders = [project.parent / "bin", *pythons, kept["PATH"]]
    path = os.pathsep.join(map(str, folders))
    return run_program(
        ["node", modules / "aws-cdk" / "bin" / "cdk", *arguments],
        project,
        {**kept, **_QUIET, "HOME": str(home), "PATH": path},
    )

"""Run real frameworks of the Serverless family with the plugin, without an account."""

import os
import subprocess
import sys
from pathlib import Path

import bundler
from tests.support.command_line import Ended
from tests.support.node_packages import install_node_packages

FRAMEWORKS = ("osls3", "osls4", "serverless3")
PLUGIN = Path(bundler.__file__).with_name("serverless_plugin")
_PACKAGE = Path(__file__).with_name("frameworks") / "package.json"
_ROOT = Path(__file__).parents[2]
_QUIET = {
    "SLS_TELEMETRY_DISABLED": "1",
    "SLS_TRACKING_DISABLED": "1",
    "SLS_NOTIFICATIONS_MODE": "off",
}
_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_DROPPED = ("AWS_", "SLS_", "SERVERLESS_", "VIRTUAL_ENV", "PYTHONPATH")


def install_frameworks() -> Path:
    """Return a `node_modules` with every framework."""
    return install_node_packages(_PACKAGE)


def prepare_service(project: Path, *, plugins: tuple[str, ...] = ()) -> Path:
    """Give a service its `node_modules` and, beside it, a `bin` with an `lbundle` of this checkout."""
    modules = project / "node_modules"
    modules.mkdir(parents=True, exist_ok=True)
    (modules / "serverless-lbundle").symlink_to(PLUGIN)
    for plugin in plugins:
        (modules / plugin).symlink_to(install_frameworks() / plugin)
    write_program(project.parent / "bin" / "lbundle", f'PYTHONPATH={_ROOT} exec {sys.executable} -m bundler "$@"')
    return project


def write_program(path: Path, script: str) -> Path:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def run_framework(framework: str, project: Path, *arguments: str, **environment: str) -> Ended:
    """Run a framework's command in a service's folder to its end."""
    running = start_framework(framework, project, *arguments, **environment)
    stdout, stderr = running.communicate(timeout=120)
    return Ended(code=running.returncode, stdout=stdout, stderr=stderr)


def start_framework(framework: str, project: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a framework; a folder `wheels` beside the service is lbundle's only index, if there is one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    wheels = project.parent / "wheels"
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    path = os.pathsep.join((str(project.parent / "bin"), kept["PATH"]))
    return subprocess.Popen(
        ["node", install_frameworks() / framework / "bin" / "serverless.js", *arguments],
        cwd=project,
        env={**kept, **_QUIET, **_ACCOUNT, **(offline if wheels.is_dir() else {}), "PATH": path, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

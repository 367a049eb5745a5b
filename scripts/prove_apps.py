"""Prove every application of `fixtures/apps` and the service `fixtures/my-api` as a user does: by `lbundle prove`.

A server of moto's stands in for AWS; the service has a database and an AWS that answer the same each time.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.aws_server import serve_aws  # noqa: E402
from tests.support.corpus import HOST_SETTINGS, find_applications  # noqa: E402
from tests.support.my_api import PROJECT, SETTINGS, same_world  # noqa: E402


def main() -> int:
    """Print a row for each project, below it what is not proved, and the sum."""
    arguments = _read_arguments()
    chosen = [name for name in arguments.project if name != PROJECT.name]
    applications = [] if arguments.project and not chosen else find_applications(chosen)
    print("| project | verdicts | seconds |\n| --- | --- | ---: |")
    with tempfile.TemporaryDirectory(prefix="lbundle-prove-") as folder, serve_aws(Path(folder)) as url:
        codes = [_prove(application.folder, url, HOST_SETTINGS) for application in applications]
    if not arguments.project or PROJECT.name in arguments.project:
        with same_world() as (postgres, aws):
            codes.append(_prove(PROJECT, aws.url, {**SETTINGS, "DATABASE_URL": postgres.url}))
    print(f"\n{codes.count(0)} of {len(codes)} projects are proved")
    return int(any(codes))


def _prove(project: Path, url: str, variables: dict[str, str]) -> int:
    words = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lbundle-prove-") as folder:
        command = [sys.executable, "-m", "bundler", "prove", "--project", project, "--folder", folder]
        done = subprocess.run([*command, "--endpoint", url, *words], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    total = lines[-1] if lines else "none"
    print(f"| {project.name} | {total} | {time.monotonic() - began:.0f} |", flush=True)
    if done.returncode or len(lines) > total.count(",") + 3:
        print(done.stdout if lines else done.stderr, file=sys.stderr, flush=True)
    return done.returncode


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("project", nargs="*", help="names of applications, or the service's (default: all)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

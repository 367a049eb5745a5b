"""Print what the Serverless plugin adds to `osls package` of fixtures/my-api when nothing has changed.

python scripts/plugin_overhead.py [ROUNDS]      default: 5 rounds, of which the medians count

Ends with code 1 when that is more than a second over what `lbundle build` takes by itself.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.aws_server import client, serve_aws  # noqa: E402
from tests.support.command_line import Ended  # noqa: E402
from tests.support.serverless import prepare_service, run_framework  # noqa: E402

MOST_SECONDS = 1.0
FRAMEWORK = "osls4"
FUNCTION_OPTIONS = "    lbundle:\n      limit: { zip: 10 MB }\n"
PLUGINS = "plugins: [serverless-lbundle]\n"


def main() -> None:
    """Package with the plugin and without, and build alone, in turns."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder, serve_aws(Path(folder)) as url:
        client("ssm", url, "eu-west-1").put_parameter(
            Name="/my-api/dev/database-url", Value="postgresql://", Type="String"
        )
        bare = shutil.copytree(ROOT / "fixtures" / "my-api", Path(folder) / "bare" / "my-api")
        plugged = prepare_service(shutil.copytree(bare, Path(folder) / "plugged" / "my-api"))
        settings = (bare / "serverless.yml").read_text()
        # Without the plugin the framework knows no `lbundle` in a function.
        (bare / "serverless.yml").write_text(settings.replace(FUNCTION_OPTIONS, ""))
        (plugged / "serverless.yml").write_text(PLUGINS + settings)
        package(plugged, url)
        ways: dict[str, Callable[[], object]] = {
            f"{FRAMEWORK} package": lambda: package(bare, url),
            f"{FRAMEWORK} package with the plugin": lambda: package(plugged, url),
            "lbundle build": lambda: build(plugged),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                seconds[name].append(measure(way))
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:32} {median:5.2f} s")
    without, together, alone = medians.values()
    added = together - without - alone
    print(f"{'the plugin adds':32} {together - without:5.2f} s, {added:.2f} s of it over lbundle build")
    sys.exit(added > MOST_SECONDS)


def measure(way: Callable[[], object]) -> float:
    """Return how long something takes, in seconds."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def package(project: Path, url: str) -> None:
    """Run the framework to its end."""
    check(run_framework(FRAMEWORK, project, "package", AWS_ENDPOINT_URL=url))


def build(project: Path) -> None:
    """Run lbundle alone, as the plugin starts it."""
    program = project.parent / "bin" / "lbundle"
    done = subprocess.run([program, "build"], cwd=project, capture_output=True, text=True, check=False)
    check(Ended(code=done.returncode, stdout=done.stdout, stderr=done.stderr))


def check(ended: Ended) -> None:
    """Stop when a command failed."""
    if ended.code:
        sys.exit(ended.stdout + ended.stderr)


if __name__ == "__main__":
    main()

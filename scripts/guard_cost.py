"""Count the instructions that the guard adds to importing a handler, while nothing is missed.

Applications of `fixtures/apps`, drawn by a seed, are built with and without it; each handler is imported under
valgrind's callgrind with a fixed hash seed, which counts the same instructions whatever else the machine does.
"""

import argparse
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.corpus import RUNTIME_PYTHON, Application, build_application, find_applications  # noqa: E402
from tests.support.isolated import find_python, runtime_packages, unzip  # noqa: E402

_SEED = 20261130
_IMPORT = "import sys; sys.path[:0] = sys.argv[2:]; __import__(sys.argv[1])"
_COLLECTED = re.compile(r"Collected : (\d+)")


def main() -> int:
    """Print the instructions of each application with and without, and the geometric mean of the ratios."""
    arguments = _read_arguments()
    python = find_python(RUNTIME_PYTHON)
    if python is None:
        print(f"there is no CPython {RUNTIME_PYTHON} on this machine", file=sys.stderr)
        return 1
    packages = runtime_packages(python)
    everything = find_applications()
    drawn = random.Random(_SEED).sample(everything, arguments.applications)  # noqa: S311 - a draw, no secret
    drawn = find_applications(arguments.application) if arguments.application else drawn
    ratios = []
    print("| application | with | without | ratio |\n| --- | ---: | ---: | ---: |")
    for application in sorted(drawn, key=lambda application: application.name):
        with tempfile.TemporaryDirectory() as folder:
            counts = [_count(application, Path(folder), python, packages, guard=guard) for guard in (True, False)]
        ratios.append(counts[0] / counts[1])
        print(f"| {application.name} | {counts[0]:,} | {counts[1]:,} | {ratios[-1]:.4f} |", flush=True)
    print(f"\nGeometric mean {math.exp(sum(map(math.log, ratios)) / len(ratios)):.4f}")
    return 0


def _count(application: Application, folder: Path, python: Path, packages: Path, *, guard: bool) -> int:
    # Names of one length, as the work on a path grows with it; a home of its own, as libraries keep things there.
    work = folder / ("with" if guard else "none")
    work.mkdir()
    bundle = build_application(application, work, options={"guard": guard})
    root = unzip(bundle.archive, work / "unzipped")
    done = subprocess.run(
        [
            *("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
            *(python, "-I", "-S", "-B", "-c", _IMPORT, application.handler.rpartition(".")[0].replace("/", ".")),
            *(root, packages),
        ],
        env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "HOME": str(work), "TMPDIR": str(work)},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    found = _COLLECTED.search(done.stderr)
    if done.returncode or found is None:
        sys.exit(f"{application.name}: {done.stderr}")
    return int(found[1])


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("application", nargs="*", help="names of applications (default: drawn by the seed)")
    parser.add_argument("--applications", type=int, default=10, metavar="N", help="how many; default: 10")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""Compare a cold build with a plain install: `lbundle build` against `uv pip install --target`, `compileall` and a zip.

Both have their wheels in a cache and nothing else, use all processors, and take turns on one machine. Applications are
drawn from `fixtures/apps` by a seed that is fixed here. Wall time, processor time and ratios are printed as Markdown.
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
APPS = ROOT / "fixtures" / "apps"
_SEED = 19
_ALWAYS = ("fastapi-mangum", "flask", "jsonschema")
# What a build fetches or finds out about machines and indexes; everything else is made anew.
_WARM = ("wheels", "pages", "offered", "pins", "contents", "interpreters")


class Spent(NamedTuple):
    """What one run took, in seconds."""

    wall: float
    processor: float


def draw(count: int) -> list[str]:
    """Return the names of as many applications, the same ones each time."""
    names = sorted(path.name for path in APPS.iterdir() if (path / "requirements.txt").is_file())
    others = [name for name in names if name not in _ALWAYS]
    return sorted([*_ALWAYS, *random.Random(_SEED).sample(others, max(0, count - len(_ALWAYS)))])  # noqa: S311 - no secret


def main() -> None:
    """Measure each application, both tools in turns, and print a table."""
    arguments = _read_arguments()
    ratios: list[Spent] = []
    print("| application | lbundle, s | processor | plain, s | processor | ratio | processor |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in arguments.app or draw(arguments.count):
        with tempfile.TemporaryDirectory(prefix="lbundle-cold-") as folder:
            ours, plain = measure(name, Path(folder), arguments.runs)
        ratios.append(Spent(ours.wall / plain.wall, ours.processor / plain.processor))
        figures = (*ours, *plain, *ratios[-1])
        print(f"| {name} | {' | '.join(f'{figure:.2f}' for figure in figures)} |", flush=True)
    means = [statistics.geometric_mean(values) for values in zip(*ratios, strict=True)]
    worst = [max(values) for values in zip(*ratios, strict=True)]
    for label, values in (("geometric mean", means), ("worst", worst)):
        print(f"| {label} | | | | | {' | '.join(f'{value:.2f}' for value in values)} |")


def measure(name: str, folder: Path, runs: int) -> tuple[Spent, Spent]:
    """Return the medians of both tools for an application, after one run of each that warms their caches."""
    shutil.copytree(APPS / name, folder / "app")
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for turn in range(runs + 1):
        for kind, run in zip(spent, (_build, _install), strict=True):
            taken = _time(run, folder)
            if turn:
                kind.append(taken)
    ours, plain = (Spent(*map(statistics.median, zip(*kind, strict=True))) for kind in spent)
    return ours, plain


def _build(folder: Path) -> list[list[str | Path]]:
    """Forget all but wheels; return how lbundle builds."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    for part in (folder / "cache").glob("*"):
        if part.name not in _WARM:
            shutil.rmtree(part)
    return [[sys.executable, "-m", "bundler", "build", folder / "app", "--output", folder / "out"]]


def _install(folder: Path) -> list[list[str | Path]]:
    """Remove the last install; return how uv, Python and this script make a zip."""
    target = folder / "target"
    shutil.rmtree(target, ignore_errors=True)
    install = ["uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", target, "-r"]
    return [
        [*install, folder / "app" / "requirements.txt"],
        [sys.executable, "-m", "compileall", "-q", "-j", "0", target],
        [sys.executable, __file__, "--zip", target],
    ]


def _time(prepare: Callable[[Path], list[list[str | Path]]], folder: Path) -> Spent:
    commands = prepare(folder)
    environment = {**os.environ, "LBUNDLE_CACHE_DIR": str(folder / "cache"), "UV_LINK_MODE": "copy"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for command in commands:
        # Some packages bring files that no Python compiles; `compileall` says so by its code.
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)
        if done.returncode and "compileall" not in command:
            raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.monotonic() - begun, processor)


def zip_folder(folder: Path) -> None:
    """Write a folder into a zip beside it, as people do."""
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="turns of each tool (default: 3)")
    parser.add_argument("--count", type=int, default=20, help="how many applications are drawn (default: 20)")
    parser.add_argument("app", nargs="*", help="applications in place of those that are drawn")
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--zip"]:
        zip_folder(Path(sys.argv[2]))
    else:
        main()

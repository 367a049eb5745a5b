"""Build services of 1 to 1,000 functions over three locks, and draw what they cost as curves into `docs/scale.svg`.

The functions are copies of those of the sample service; over the two heavy locks every twentieth is one that reaches
the heavy package. Each figure is that of one build in a process of its own, with the wheels in the cache.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_SAMPLE = ROOT / "fixtures" / "my-api"
_HANDLERS = ("audit", "payments", "public_api", "reports", "uploads", "users")
_ENTRIES = {"audit": "record", "payments": "process", "public_api": "handler", "reports": "daily", "uploads": "process"}
_HEAVY = {"my-api": "", "scikit-learn": "sklearn-predict", "langchain": "langchain-core"}
_EACH = 20
_WHEELS = ("wheels", "pages", "offered", "pins", "contents", "interpreters")
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c")
_WIDTH, _HEIGHT, _MARGIN = 300, 200, 50


class Costs(NamedTuple):
    """What a service of one size costs."""

    cold_seconds_each: float
    one_line_seconds: float
    unchanged_seconds: float
    peak_megabytes: float
    cache_megabytes: float
    output_megabytes: float


def main() -> None:
    """Measure each lock and size, print a table as it grows, and draw."""
    arguments = _read_arguments()
    print("| lock | functions | " + " | ".join(Costs._fields).replace("_", " ") + " |")
    print(f"| --- {'| ---: ' * (1 + len(Costs._fields))}|")
    curves: dict[str, dict[int, Costs]] = {lock: {} for lock in arguments.lock}
    for lock, costs in curves.items():
        for count in arguments.functions:
            with tempfile.TemporaryDirectory(prefix="lbundle-scale-") as folder:
                costs[count] = measure(make_service(Path(folder) / "service", lock, count), Path(folder))
            print(f"| {lock} | {count} | {' | '.join(f'{value:.2f}' for value in costs[count])} |", flush=True)
    if arguments.output:
        arguments.output.write_text(draw(curves), encoding="utf-8")


def make_service(folder: Path, lock: str, functions: int) -> Path:
    """Write a service of as many functions over a lock, and return its folder."""
    for name in ("my_api", "config"):
        shutil.copytree(_SAMPLE / name, folder / name)
    (folder / "handlers").mkdir()
    settings = [f"service: scale\nprovider:\n  name: aws\n  runtime: python3.{sys.version_info.minor}\nfunctions:\n"]
    heavy = ROOT / "fixtures" / "apps" / _HEAVY[lock] if _HEAVY[lock] else None
    for number in range(functions):
        name = _HANDLERS[number % len(_HANDLERS)]
        source, entry = _SAMPLE / "handlers" / f"{name}.py", _ENTRIES.get(name, "get")
        if heavy is not None and number % _EACH == 0:
            source, entry = heavy / "handler.py", "handle"
        shutil.copy(source, folder / "handlers" / f"f{number}.py")
        settings.append(f"  f{number}:\n    handler: handlers/f{number}.{entry}\n")
    (folder / "serverless.yml").write_text("".join(settings))
    pins = dict(_pins(_SAMPLE / "requirements.txt"))
    others = dict(_pins(heavy / "requirements.txt")) if heavy is not None else {}
    (folder / "requirements.txt").write_text("".join({**others, **pins}.values()))
    return folder


def _pins(lock: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of each distribution's pins with its hashes, under its name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.read_text().splitlines(keepends=True):
        if pinned := re.match(r"[\w.-]+(?===)", line):
            name = pinned[0]
        if name and not line.lstrip().startswith("#"):
            found.setdefault(name, []).append(line)
    return ((name, "".join(lines)) for name, lines in found.items())


def measure(service: Path, folder: Path) -> Costs:
    """Build a service four times: to have its wheels, cold, unchanged, and with one line changed."""
    output, cache = folder / "out", folder / "cache"
    _build(service, output, cache)
    shutil.rmtree(output)
    for part in cache.iterdir():
        if part.name not in _WHEELS:
            shutil.rmtree(part)
    cold, peak = _build(service, output, cache)
    _build(service, output, cache)
    unchanged, _ = _build(service, output, cache)
    functions = sum(1 for _ in output.glob("*.zip"))
    with (service / "handlers" / f"f{functions - 1}.py").open("a") as handler:
        handler.write("# one line more\n")
    one_line, _ = _build(service, output, cache)
    return Costs(cold / functions, one_line, unchanged, peak, _megabytes(cache), _megabytes(output))


def _build(service: Path, output: Path, cache: Path) -> tuple[float, float]:
    """Build in a process; return the seconds it took and its peak of memory, in MB, that of what it started counts."""
    command = [sys.executable, "-m", "bundler", "build", str(service), "--output", str(output)]
    environment = {**os.environ, "LBUNDLE_CACHE_DIR": str(cache)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.monotonic()
    with (output.parent / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in {0, 7}:  # one over a limit was built
        raise SystemExit((output.parent / "log").read_text())
    return time.monotonic() - begun, usage.ru_maxrss / 1000


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def draw(curves: Mapping[str, Mapping[int, Costs]]) -> str:
    """Return one chart a cost as SVG: functions to the right, evenly for each size, the cost upwards."""
    charts = []
    for place, name in enumerate(Costs._fields):
        x, y = place % 3 * (_WIDTH + _MARGIN) + _MARGIN, place // 3 * (_HEIGHT + 2 * _MARGIN) + _MARGIN
        lines = [[(size, costs[place]) for size, costs in sizes.items()] for sizes in curves.values()]
        title = escape(name.replace("_", " "))
        charts.append(f'<g transform="translate({x} {y})"><text y="-10">{title}</text>{_lines(lines)}</g>')
    keys = (
        f'<text x="{_MARGIN + 120 * place}" y="20" fill="{colour}">{escape(lock)}</text>'
        for place, (lock, colour) in enumerate(zip(curves, _COLOURS, strict=False))
    )
    width, height = 3 * (_WIDTH + _MARGIN) + _MARGIN, 2 * (_HEIGHT + 2 * _MARGIN)
    size = f'viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return f'{head}<rect width="100%" height="100%" fill="white"/>{"".join(keys)}{"".join(charts)}</svg>\n'


def _lines(lines: Sequence[Sequence[tuple[int, float]]]) -> str:
    sizes = sorted({size for line in lines for size, _ in line})
    highest = max(value for line in lines for _, value in line) or 1.0
    places = {size: place * _WIDTH / max(1, len(sizes) - 1) for place, size in enumerate(sizes)}
    parts = [f'<path d="M0 0V{_HEIGHT}H{_WIDTH}" fill="none" stroke="#888"/><text x="4" y="10">{highest:.4g}</text>']
    parts += [f'<text x="{x:.0f}" y="{_HEIGHT + 15}" text-anchor="middle">{size}</text>' for size, x in places.items()]
    for line, colour in zip(lines, _COLOURS, strict=False):
        points = [(places[size], _HEIGHT * (1 - value / highest)) for size, value in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return "".join(parts)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sizes = [1, 10, 100, 300, 1000]
    parser.add_argument("--functions", type=int, nargs="+", default=sizes, help="sizes (default: 1 10 100 300 1000)")
    parser.add_argument("--lock", nargs="+", choices=_HEAVY, default=list(_HEAVY), help="locks (default: all)")
    parser.add_argument("--output", type=Path, help="where the curves go, such as docs/scale.svg")
    return parser.parse_args()


if __name__ == "__main__":
    main()

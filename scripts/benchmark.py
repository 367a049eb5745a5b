"""Measure each function of the sample service against a plain `pip install --target` zip, and print a Markdown table.

Both zips carry pinned dates, as packers write them, and are unzipped with these dates into a folder that is then
read-only, as on Lambda: bytecode that pip compiled is out of date there. Import time is the median of fresh, isolated
processes that take turns between the two.
"""

import argparse
import statistics
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.builds import TargetPython, build, choose_python, install_plainly  # noqa: E402
from tests.support.isolated import runtime_packages, unzip  # noqa: E402
from tests.support.my_api import HANDLERS, OWN_FOLDERS, PROJECT, import_handler  # noqa: E402

_PINNED_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one zip weighs and how long its handler takes to import."""

    zip_bytes: int
    unzipped_bytes: int
    import_seconds: float


def main() -> None:
    """Build both kinds of zip, measure and print."""
    arguments = _read_arguments()
    target = choose_python()
    with tempfile.TemporaryDirectory(prefix="lbundle-benchmark-") as folder:
        work = Path(folder)
        _say(f"building {len(arguments.function)} functions for {target.runtime}")
        names = [word for name in arguments.function for word in ("--function", name)]
        build(PROJECT, work / "bundles", "--runtime", target.runtime, *names)
        _say("installing plainly")
        plain = _zip_plainly(install_plainly(PROJECT, work / "installed", target.path, OWN_FOLDERS), work / "plain.zip")
        plain_root = unzip(plain, work / "plain")
        rows = []
        for name in arguments.function:
            _say(f"measuring {name}")
            bundle = work / "bundles" / f"{name}.zip"
            archives = {bundle: unzip(bundle, work / name), plain: plain_root}
            rows.append((name, *_measure(name, archives, target, arguments.runs)))
    print(_as_markdown(rows, target))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="processes per zip (default: 7)")
    parser.add_argument("function", nargs="*", default=list(HANDLERS), help="functions to measure (default: all)")
    return parser.parse_args()


def _zip_plainly(folder: Path, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _PINNED_DATE)
                member.external_attr = 0o644 << 16
                opened.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


def _measure(name: str, archives: dict[Path, Path], target: TargetPython, runs: int) -> list[Measure]:
    packages = runtime_packages(target.path)
    seconds: dict[Path, list[float]] = {archive: [] for archive in archives}
    for attempt in range(runs + 1):
        for archive, task_root in archives.items():
            taken = import_handler(name, task_root, python=target.path, runtime_packages=packages)
            if attempt:  # the first only warms the disk cache
                seconds[archive].append(taken)
    return [
        Measure(
            zip_bytes=archive.stat().st_size,
            unzipped_bytes=_unzipped_bytes(archive),
            import_seconds=statistics.median(seconds[archive]),
        )
        for archive in archives
    ]


def _unzipped_bytes(archive: Path) -> int:
    with zipfile.ZipFile(archive) as opened:
        return sum(member.file_size for member in opened.infolist())


def _as_markdown(rows: list[tuple[str, Measure, Measure]], target: TargetPython) -> str:
    lines = [
        f"| function ({target.runtime}) | zip, MB | plain | unzipped, MB | plain | import, ms | plain |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, bundle, plain in rows:
        cells = [
            _megabytes(bundle.zip_bytes),
            _megabytes(plain.zip_bytes),
            _megabytes(bundle.unzipped_bytes),
            _megabytes(plain.unzipped_bytes),
            f"{bundle.import_seconds * 1000:.0f}",
            f"{plain.import_seconds * 1000:.0f}",
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.3g}"


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main()

"""Build every application of `fixtures/apps`, prove it against its full install, and weigh it.

For each application: the full install as `pip install --target` leaves it, the same without the bytecode that pip
adds, the bundle, and the lower bound, which is the members of the bundle that a run of its first event touches, zipped
as the bundle zips them. `LBUNDLE_TEST_CACHE` names the folder that keeps full installs between runs.
"""

import argparse
import hashlib
import json
import math
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bundler.prove.compare import find_differences  # noqa: E402
from tests.support.corpus import (  # noqa: E402
    RUNTIME_PYTHON,
    Application,
    Bundle,
    Event,
    build_application,
    find_applications,
    lay_out_in_full,
    record_answers,
    run_application,
)
from tests.support.installs import shared_folder  # noqa: E402
from tests.support.isolated import Run, find_python, runtime_packages, unzip  # noqa: E402
from tests.support.rule_weights import RuleWeight, weigh_rules  # noqa: E402

_LOCAL_HEADER, _CENTRAL_HEADER, _END_RECORD = 30, 46, 22
_MOST_EXPLAINED, _MOST_REASONS, _MOST_NAMED = 25, 8, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What files weigh."""

    zip_bytes: int
    unzipped_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one application; weights are `None` where it did not build or run."""

    name: str
    failure: str
    """The last line of what went wrong; empty when the bundle answers each event as the full install does."""
    has_packages: bool = False
    """Its requirements name any: own code alone weighs more than its source, as bytecode ships beside it."""
    full: Weight | None = None
    source: Weight | None = None
    """The full install without bytecode."""
    bundle: Weight | None = None
    bound: Weight | None = None
    build_seconds: float = 0.0
    untouched: tuple[str, ...] = ()
    """Lines about the biggest members that the run left alone."""


def main() -> int:
    """Try the chosen applications and print a table."""
    arguments = _read_arguments()
    python = find_python(RUNTIME_PYTHON)
    if python is None:
        print(f"there is no CPython {RUNTIME_PYTHON} on this machine", file=sys.stderr)
        return 1
    applications = find_applications(arguments.application)
    packages = runtime_packages(python)
    if arguments.second:
        print("| application | event | files | kB | the biggest |\n| --- | --- | ---: | ---: | --- |")
    if arguments.record or arguments.second:
        for application in applications:
            (_record if arguments.record else _print_needs)(application, python, packages)
        return 0
    if arguments.rules:
        _print_rules([weight for one in applications for weight in _weigh_rules(one, python, packages)])
        return 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda application: _try(application, python, packages), applications))
    _print_table(results)
    if arguments.explain:
        for result in results:
            print(f"\n{result.name}: untouched", *result.untouched, sep="\n")
    return int(any(result.failure for result in results))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("application", nargs="*", help="names of applications (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="applications at the same time (default: 1)")
    parser.add_argument("--explain", action="store_true", help="print the biggest members that no run touched")
    parser.add_argument("--record", action="store_true", help="only store the full installs' answers in answers/")
    parser.add_argument("--rules", action="store_true", help="only print what each rule of tracing alone brings")
    parser.add_argument(
        "--second", action="store_true", help="only print what other events touch that the first does not"
    )
    return parser.parse_args()


def _record(application: Application, python: Path, packages: Path) -> None:
    for name, error in record_answers(application, python, packages).items():
        print(f"{application.name}, {name}: {error}", file=sys.stderr)


def _print_needs(application: Application, python: Path, packages: Path) -> None:
    """Print what each other event touches of the full install that the first does not."""
    with tempfile.TemporaryDirectory(prefix="lbundle-apps-") as work:
        full = lay_out_in_full(application, Path(work) / "full", python)
        first, *others = run_application(application, full, python, packages, record=True)
        known = set(map(_source_path, first.touched))
        for event, other in zip(application.events[1:], others, strict=True):
            needed = [path for path in other.touched if _source_path(path) not in known]
            sizes = {path: (full / path).stat().st_size for path in needed}
            biggest = max(sizes, key=lambda path: (sizes[path], path), default="")
            cells = (
                application.name,
                event.kind,
                len(sizes),
                f"{sum(sizes.values()) / 1e3:.1f}",
                _source_path(biggest),
            )
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


def _weigh_rules(application: Application, python: Path, packages: Path) -> list[RuleWeight]:
    print(application.name, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="lbundle-apps-") as folder:
        work = Path(folder)
        bundle = build_application(application, work)
        unzipped = unzip(bundle.archive, work / "unzipped")
        runs = run_application(application, unzipped, python, packages, record=True)
        touched = {path for run in runs for path in run.touched}
        return weigh_rules(application.name, work / "project", bundle.metafile, touched)


def _print_rules(weights: list[RuleWeight]) -> None:
    """Print for each rule where it alone brings what an event touches, and what it brings that none does."""
    by_rule: dict[str, list[RuleWeight]] = {}
    for weight in weights:
        by_rule.setdefault(weight.rule, []).append(weight)
    print("| rule | makes edges in | needed by | alone and untouched, kB zipped | most of it in |")
    print("| --- | ---: | --- | ---: | --- |")
    for rule, found in sorted(by_rule.items()):
        needed = [weight.application for weight in found if weight.touched]
        shown = ", ".join(needed[:_MOST_NAMED]) + (
            f" and {len(needed) - _MOST_NAMED} more" if needed[_MOST_NAMED:] else ""
        )
        untouched = sum(weight.untouched_bytes for weight in found)
        heaviest = max(found, key=lambda weight: weight.untouched_bytes)
        most = f"{heaviest.application} ({heaviest.untouched_bytes / 1e3:.0f})" if untouched else ""
        print(f"| `{rule}` | {len(found)} | {shown} | {untouched / 1e3:.0f} | {most} |")


def _source_path(path: str) -> str:
    """Return what stands for a module, whose source a warning may show beside the bytecode that runs."""
    return source_from_cache(path) if path.endswith(".pyc") else path


def _try(application: Application, python: Path, packages: Path) -> Result:
    print(application.name, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="lbundle-apps-") as folder:
        work = Path(folder)
        full = lay_out_in_full(application, work / "full", python)
        weights = {"full": _weigh_full(full), "source": _weigh_full(full, but="__pycache__")}
        began = time.perf_counter()
        try:
            bundle = build_application(application, work)
        except RuntimeError as error:
            return Result(name=application.name, failure=_last_line(str(error)), **weights)
        build_seconds = time.perf_counter() - began
        unzipped = unzip(bundle.archive, work / "unzipped")
        expected = run_application(application, full, python, packages, record=False)
        found = run_application(application, unzipped, python, packages, record=True)
        touched, untouched = _split_members(bundle, found[0])
        return Result(
            name=application.name,
            failure="; ".join(filter(None, map(_failure, application.events, expected, found))),
            has_packages=bool((application.folder / "requirements.txt").read_text(encoding="utf-8").strip()),
            **weights,
            bundle=_weigh([*touched, *untouched]),
            bound=_weigh(touched) if found[0].error is None else None,
            build_seconds=build_seconds,
            untouched=_explain(untouched, bundle.metafile),
        )


def _failure(event: Event, expected: Run, found: Run) -> str:
    if expected.error:
        return f"{event.name}: the full install: {_last_line(expected.error)}"
    if found.error:
        return f"{event.name}: {_last_line(found.error)}"
    differences = find_differences(expected.answer, found.answer)
    if not differences:
        return ""
    first = differences[0]
    return f"{event.name}: another answer: {first.path} is {first.found or 'nothing'} for {first.expected or 'nothing'}"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]


def _split_members(bundle: Bundle, run: Run) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    with zipfile.ZipFile(bundle.archive) as opened:
        members = opened.infolist()
    return (
        [member for member in members if member.filename in run.touched],
        [member for member in members if member.filename not in run.touched],
    )


def _weigh(members: Iterable[zipfile.ZipInfo]) -> Weight:
    """Return what a zip of these members weighs: each is compressed by itself, so others do not matter."""
    zip_bytes, unzipped_bytes = _END_RECORD, 0
    for member in members:
        names = 2 * len(member.filename.encode()) + 2 * len(member.extra) + len(member.comment)
        zip_bytes += _LOCAL_HEADER + _CENTRAL_HEADER + names + member.compress_size
        unzipped_bytes += member.file_size
    return Weight(zip_bytes=zip_bytes, unzipped_bytes=unzipped_bytes)


def _weigh_full(folder: Path, *, but: str = "") -> Weight:
    """Zip a full install as packers commonly do; compressing takes long, so the figures are kept."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and but not in path.parts)
    listing = "\n".join(f"{path.relative_to(folder)} {path.stat().st_size}" for path in paths)
    kept = shared_folder() / f"weight-{hashlib.sha256(listing.encode()).hexdigest()[:20]}.json"
    if kept.exists():
        return Weight(**json.loads(kept.read_text(encoding="utf-8")))
    with tempfile.TemporaryFile() as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in paths:
            opened.write(path, path.relative_to(folder))
        weight = _weigh(opened.infolist())
    figures = {"zip_bytes": weight.zip_bytes, "unzipped_bytes": weight.unzipped_bytes}
    kept.write_text(json.dumps(figures), encoding="utf-8")
    return weight


def _explain(untouched: list[zipfile.ZipInfo], metafile: dict[str, Any]) -> tuple[str, ...]:
    """Return the biggest members that the run left alone, and before them what all of them weigh by their cause."""
    causes = {file["path"]: file["cause"] for file in metafile["files"]}
    reasons = {
        member.filename: "{kind} {source}:{line} {name}".format(**causes[member.filename]) for member in untouched
    }
    by_reason: Counter[str] = Counter()
    for member in untouched:
        by_reason[reasons[member.filename]] += member.compress_size
    biggest = sorted(untouched, key=lambda member: -member.compress_size)[:_MOST_EXPLAINED]
    return (
        *(f"{size / 1e3:10.1f} kB by {reason}" for reason, size in by_reason.most_common(_MOST_REASONS)),
        *(
            f"{member.compress_size / 1e3:10.1f} kB  {member.filename} ({reasons[member.filename]})"
            for member in biggest
        ),
    )


def _print_table(results: list[Result]) -> None:
    weights = ("full", "source", "bundle", "bound")
    titles = [title for name in weights for title in (f"{name} zip", name)]
    print("Megabytes; `full` with pip's bytecode, `source` without, `bound` what the run touched\n")
    print(f"| application | {' | '.join(titles)} | {' | '.join(_RATIOS)} | build s | answer |")
    print(f"| --- |{' ---: |' * (len(titles) + len(_RATIOS) + 1)} --- |")
    for result in results:
        cells = [_megabytes(getattr(result, name), part) for name in weights for part in _PARTS]
        cells += [_shown(_ratio(result, other)) for other in _RATIOS.values()]
        print(f"| {result.name} | {' | '.join(cells)} | {result.build_seconds:.1f} | {result.failure or 'same'} |")
    good = [result for result in results if not result.failure]
    print(f"\n{len(good)} of {len(results)} answer as the full install does")
    installing = [result for result in good if result.has_packages]
    for title, other in _RATIOS.items():
        mean, mean_of_installing = _mean_ratio(good, other), _mean_ratio(installing, other)
        print(f"geometric mean of {title}: {mean}, {mean_of_installing} of the {len(installing)} that have packages")


_PARTS = ("zip_bytes", "unzipped_bytes")
_RATIOS = {"zip/bound": "bound", "zip/full": "full", "zip/source": "source"}


def _megabytes(weight: Weight | None, part: str) -> str:
    return f"{getattr(weight, part) / 1e6:.2f}" if weight else "-"


def _ratio(result: Result, other: str) -> float | None:
    weight: Weight | None = getattr(result, other)
    return result.bundle.zip_bytes / weight.zip_bytes if result.bundle and weight else None


def _mean_ratio(results: list[Result], other: str) -> str:
    ratios = [ratio for result in results if (ratio := _ratio(result, other)) is not None]
    return "-" if not ratios else f"{math.exp(sum(map(math.log, ratios)) / len(ratios)):.3f}"


def _shown(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


if __name__ == "__main__":
    sys.exit(main())

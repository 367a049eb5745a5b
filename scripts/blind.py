"""Build the functions of a set of `fixtures/blind` and compare what they answer with the full installs' answers.

It builds with the `bundler` of the folder that it is run in, so that an older one can be scored over newer functions.
`LBUNDLE_TEST_CACHE` names the folder that keeps full installs between runs.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bundler.prove.compare import find_differences  # noqa: E402
from tests.support.corpus import (  # noqa: E402
    RUNTIME_PYTHON,
    Application,
    Event,
    build_application,
    find_applications,
    lay_out_in_full,
    record_answers,
    run_application,
)
from tests.support.isolated import Run, find_python, runtime_packages, unzip  # noqa: E402


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of one function; sizes in bytes, `None` where it did not build."""

    name: str
    failures: tuple[str, ...]
    """Of the build, or else of each event: empty where it answers as the full install does."""
    log: str = ""
    """All that was said about the failures."""
    is_built: bool
    is_silent: bool = False
    """A wrong answer came without an error."""
    zip_bytes: int | None = None
    unzipped_bytes: int | None = None
    full_bytes: int

    @property
    def is_alike(self) -> bool:
        return not any(self.failures)


def main() -> int:
    """Score the chosen functions of a set and print a table."""
    arguments = _read_arguments()
    python = find_python(RUNTIME_PYTHON)
    if python is None:
        print(f"there is no CPython {RUNTIME_PYTHON} on this machine", file=sys.stderr)
        return 1
    packages = runtime_packages(python)
    functions = find_applications(arguments.function, folder=ROOT / "fixtures" / "blind" / arguments.set)
    if arguments.record:
        errors = [f"{one.name}: {error}" for one in functions for error in _record(one, python, packages)]
        print(*errors, sep="\n", file=sys.stderr)
        return int(bool(errors))
    with ThreadPoolExecutor(arguments.jobs) as pool:
        scores = list(pool.map(lambda function: _score(function, python, packages), functions))
    _print_table(scores)
    _print_logs(scores)
    return int(not all(score.is_alike for score in scores))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("set", choices=["first", "second"], help="which half of what was drawn")
    parser.add_argument("function", nargs="*", help="names of functions (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="functions at the same time (default: 1)")
    parser.add_argument("--record", action="store_true", help="only store the full installs' answers in answers/")
    return parser.parse_args()


def _record(function: Application, python: Path, packages: Path) -> Iterable[str]:
    return record_answers(function, python, packages).values()


def _score(function: Application, python: Path, packages: Path) -> Score:
    print(function.name, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="lbundle-blind-") as folder:
        work = Path(folder)
        full_bytes = _size(lay_out_in_full(function, work / "full", python))
        try:
            bundle = build_application(function, work)
        except RuntimeError as error:
            text = str(error)
            return Score(
                name=function.name, failures=(_last_line(text),), log=text, is_built=False, full_bytes=full_bytes
            )
        unzipped = unzip(bundle.archive, work / "unzipped")
        unzipped_bytes = _size(unzipped)
        runs = run_application(function, unzipped, python, packages, record=False)
        failures = tuple(map(_failure, function.events, runs))
        return Score(
            name=function.name,
            failures=failures,
            log="\n".join(run.error or run.output for run, failure in zip(runs, failures, strict=True) if failure),
            is_built=True,
            is_silent=any(failure and not run.error for run, failure in zip(runs, failures, strict=True)),
            zip_bytes=bundle.archive.stat().st_size,
            unzipped_bytes=unzipped_bytes,
            full_bytes=full_bytes,
        )


def _failure(event: Event, run: Run) -> str:
    if run.error:
        return run.error.partition("\n")[0]
    return "another answer" if find_differences(event.recorded_answer, run.answer) else ""


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _print_table(scores: list[Score]) -> None:
    print("Megabytes; `full` is the full install with pip's bytecode\n")
    print("| function | builds | first event | others | wrong without an error | zip | unzipped | full |")
    print("| --- | --- | --- | --- | --- | ---: | ---: | ---: |")
    for score in scores:
        print(f"| {' | '.join(_cells(score))} |")
    built = [score for score in scores if score.is_built]
    print(f"\n{len(built)} of {len(scores)} build")
    print(f"{sum(score.is_alike for score in scores)} of {len(scores)} answer all events as the full install does")
    print(f"{sum(score.is_silent for score in scores)} answer wrongly without an error")


def _cells(score: Score) -> Iterable[str]:
    yield score.name
    if score.is_built:
        first, *others = score.failures
        yield from ("yes", first or "alike", "; ".join(filter(None, others)) or "alike")
    else:
        yield from (score.failures[0], "-", "-")
    yield "yes" if score.is_silent else "no"
    yield from map(_megabytes, (score.zip_bytes, score.unzipped_bytes, score.full_bytes))


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / 1e6:.2f}"


def _print_logs(scores: Iterable[Score]) -> None:
    for score in scores:
        if not score.is_alike:
            print(f"\n{score.name}:\n{score.log}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

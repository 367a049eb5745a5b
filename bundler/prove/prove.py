"""Run events with a full install and with the bundle, and say what that proves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from bundler.model.invocation import Invocation, RunSettings
from bundler.model.proof import Case, Lacked, Proof, Status, Verdict
from bundler.prove.code import LAYERS_PLACE, Code, Seen
from bundler.prove.compare import describe_outcome, find_differences
from bundler.prove.invoke import Circumstances, find_runtime, invoke_code

_KEPT_LOG_BYTES = 4 * 1024 * 1024
_SHOWN_PLACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    invocation: Invocation
    outcome: dict[str, Any]
    touched: frozenset[str]
    listed: frozenset[str]
    """Files in folders that were listed, none of which need have been opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullRuns:
    """What the full install does with an event, and does again."""

    first: _Run
    again: _Run


def run_in_full(full: Code, case: Case, proof: Proof, circumstances: Circumstances) -> FullRuns:
    """Give an event twice to the full install, each time in a fresh process."""
    circumstances = replace(circumstances, runtime=circumstances.runtime or find_runtime(full, circumstances))
    first, again = (_run(full, case.event, proof.run, circumstances) for _ in range(2))
    return FullRuns(first=first, again=again)


def prove_case(full: FullRuns, bundle: Code, case: Case, proof: Proof, circumstances: Circumstances) -> Verdict:
    """Give an event to the bundle too, and compare what comes of it."""
    first, again = full.first, full.again
    found = _run(bundle, case.event, proof.run, circumstances)
    masks = proof.settings.ignored
    moving = find_differences(first.outcome, again.outcome, masks)
    # What logs say may move; what is answered may not.
    answers_move = tuple(place for place in moving if not place.path.startswith("$.log"))
    expected, got = (_without_log(run.outcome) if moving else run.outcome for run in (first, found))
    differences = find_differences(expected, got, masks)
    lacked = _lacked(first.touched, bundle, str(found.outcome["error"]))
    verdict = Verdict(function=bundle.name, event=case.name, status=Status.PROVED, lacked=lacked)
    if answers_move and not _fails_alone(first, again, found):
        return replace(verdict, status=Status.UNSTEADY, differences=answers_move[:_SHOWN_PLACES])
    if differences:
        # That a file only stands in a listing explains nothing where nothing has to be explained.
        lacked += _lacked(first.listed - first.touched, bundle, "")
        return replace(verdict, status=Status.DIFFERENT, differences=differences[:_SHOWN_PLACES], lacked=lacked)
    kind = first.invocation.error["errorType"] if first.invocation.error else ""
    if kind == case.expected_error:
        return verdict
    return replace(verdict, status=Status.UNPROVEN, note=_how_far(first.invocation, case))


def _run(code: Code, event: object, settings: RunSettings, circumstances: Circumstances) -> _Run:
    log = bytearray()
    seen = Seen()

    def keep(content: bytes) -> None:
        log.extend(content[: max(_KEPT_LOG_BYTES - len(log), 0)])

    how = replace(circumstances, sink=keep, seen=seen)
    (invocation,) = invoke_code(code, [event], settings, how)
    outcome = describe_outcome(invocation, log.decode(errors="replace"))
    listed = (child for folder in seen.listed for child in code.place_of(folder).iterdir() if child.is_file())
    return _Run(
        invocation=invocation,
        outcome=outcome,
        touched=frozenset(seen.touched),
        listed=frozenset(map(code.name_of, listed)),
    )


def _without_log(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if name != "log"}


def _fails_alone(first: _Run, again: _Run, found: _Run) -> bool:
    """Tell whether only the bundle ends in an error: that the answer moves excuses nothing then."""
    return found.invocation.error is not None and not (first.invocation.error or again.invocation.error)


def _lacked(touched: Iterable[str], bundle: Code, error: str) -> tuple[Lacked, ...]:
    """Return what was used and is not there, those first that an error speaks of."""
    missing = sorted(path for path in touched if not _has(bundle, path))
    missing.sort(key=lambda path: not _is_named(path, error))
    return tuple(Lacked(path=path, reason="") for path in missing)


def _is_named(path: str, error: str) -> bool:
    module = (
        path.removeprefix(f"{LAYERS_PLACE}python/").removesuffix("/__init__.py").partition(".")[0].replace("/", ".")
    )
    return path in error or f"'{module}'" in error


def _has(bundle: Code, path: str) -> bool:
    """Tell whether a bundle has a file of the full install; bytecode stands for source."""
    return any(bundle.place_of(name).is_file() for name in _names(path))


def _names(path: str) -> Iterator[str]:
    yield path
    if path.endswith(".py"):
        yield f"{path}c"


def _how_far(invocation: Invocation, case: Case) -> str:
    """Say where both ended, or that they did not end as they were expected to."""
    error = invocation.error
    if error is None:
        return f"both answered, where `{case.expected_error}` was expected"
    trace = error.get("stackTrace") or ()
    place = str(trace[-1]).strip().splitlines()[0].removeprefix("File ") if trace else "before any code of the function"
    return f"both end in {error['errorType']}: {error['errorMessage']} ({place})"

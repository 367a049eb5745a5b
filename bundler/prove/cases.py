"""The events that a function is proved with, as files of its project."""

from collections.abc import Iterator
from pathlib import Path

from bundler.documents import parse_json
from bundler.errors import EventFormError, EventsMissingError
from bundler.model.proof import Case, ProofSettings


def find_cases(root: Path, function: str, settings: ProofSettings) -> tuple[Case, ...]:
    """Return the events of a function in order of name, none where there are none.

    Raises:
        EventFormError: One is no JSON.
        EventsMissingError: The settings name files, and there are none.
    """
    patterns = settings.events or (
        f"events/{function}.json",
        f"events/{function}.*.json",
        f"events/{function}/*.json",
    )
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    paths = sorted(found, key=Path.as_posix)
    if settings.events and not paths:
        raise EventsMissingError(function, settings.events)
    return tuple(_read(path, root, dict(settings.expected)) for path in paths)


def _read(path: Path, root: Path, expected: dict[str, str]) -> Case:
    name = path.relative_to(root).as_posix()
    try:
        event = parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise EventFormError(name, str(error)) from error
    return Case(name=name, event=event, expected_error=next(_expected(name, path.name, expected), ""))


def _expected(name: str, short: str, expected: dict[str, str]) -> Iterator[str]:
    return (expected[key] for key in (name, short) if key in expected)

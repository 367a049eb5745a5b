"""Compare what two runs of a function gave: answer, error and log, without what is never the same twice.

Both are brought to one plain value first, in which JSON paths name places: `$.answer.body.id`, `$.log[2]`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from bundler import json_paths
from bundler.model.invocation import Invocation
from bundler.model.proof import Difference

_PLATFORM = re.compile(r"(?:START|END|REPORT|INIT_REPORT) RequestId: ")
_FRAMES = re.compile(r"(Traceback \(most recent call last\):)(?:\n[ \t][^\n]*)*")
_MOVES = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    re.compile(r"/tmp/[\w./-]+"),  # noqa: S108 - what is made there has another name each time
)
_WARNING = re.compile(r"\S+:\d+: \w+: ")
# As `warnings` shows it: two blanks, and the line without its own.
_SOURCE = re.compile(r"  \S")
_JSON_TEXT = re.compile(r"\s*[\[{]")
_NOTHING = object()
_SHOWN_CHARACTERS = 160


def describe_outcome(invocation: Invocation, log: str) -> dict[str, Any]:
    """Return what a run gave as one plain value; a text that is JSON stands for what it holds."""
    error = invocation.error
    return {
        # Where an error comes from is told by other lines in bytecode alone: kind and message are what callers see.
        "error": {name: _steady(str(error[name])) for name in ("errorType", "errorMessage")} if error else None,
        "answer": _open(json.loads(invocation.answer)) if invocation.answer is not None else None,
        "log": list(_log_lines(log)),
    }


def find_differences(expected: object, found: object, masks: Sequence[json_paths.Path] = ()) -> tuple[Difference, ...]:
    """Return the places where two values differ, those that masks name left out."""
    sides = (json_paths.replace_places(side, masks, "(ignored)") for side in (expected, found))
    return tuple(_differ("$", *sides))


def _differ(path: str, expected: object, found: object) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in dict.fromkeys((*expected, *found)):
            yield from _differ(path + json_paths.spell_key(key), expected.get(key, _NOTHING), found.get(key, _NOTHING))
    elif isinstance(expected, list) and isinstance(found, list):
        for index in range(max(len(expected), len(found))):
            pair = (side[index] if index < len(side) else _NOTHING for side in (expected, found))
            yield from _differ(f"{path}[{index}]", *pair)
    elif _encode(expected) != _encode(found):
        # Compared as JSON: `1` is not `1.0`, nor `true`, and NaN is NaN.
        yield Difference(path=path, expected=_shorten(expected), found=_shorten(found))


def _encode(value: object) -> str:
    return "" if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def _shorten(value: object) -> str:
    text = _encode(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}… ({len(text):,} characters)"


def _open(value: object) -> object:
    """Return JSON inside texts as what it holds, such as the body of an HTTP answer."""
    if isinstance(value, dict):
        return {key: _open(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_open(child) for child in value]
    if isinstance(value, str) and _JSON_TEXT.match(value):
        try:
            return _open(json.loads(value))
        except (ValueError, RecursionError):
            return value
    return value


def _log_lines(log: str) -> Iterator[object]:
    """Give what the function itself wrote, line by line, without Lambda's lines and the frames of tracebacks."""
    is_in_frames = is_after_warning = False
    for line in log.splitlines():
        if is_in_frames and (line.startswith(" ") or not line):
            continue
        if is_after_warning and _SOURCE.match(line):
            continue
        is_in_frames = line.startswith("Traceback (most recent call last)")
        # A line of source stands below a warning, whose text may have many lines, where there is source.
        is_after_warning = _WARNING.match(line) is not None or (is_after_warning and not line.startswith(("[", "{")))
        if line and not _PLATFORM.match(line):
            yield from _log_line(line)


def _log_line(line: str) -> Iterator[object]:
    record = _open(line) if line.startswith("{") else None
    if not isinstance(record, dict):
        yield _steady(line)
    elif not str(record.get("type")).startswith("platform."):
        moving = ("timestamp", "time", "requestId", "stackTrace")
        yield {key: _steady(value) for key, value in record.items() if key not in moving}


def _steady(value: object) -> object:
    """Return a text without frames, times, ids, addresses and names of temporary files, wherever it stands."""
    if isinstance(value, dict):
        return {key: _steady(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_steady(child) for child in value]
    if not isinstance(value, str):
        return value
    # Frames show lines of source, which bytecode has not, and files of the runtime's, which a full install may bring.
    value = _FRAMES.sub(r"\1", value)
    for pattern in _MOVES:
        value = pattern.sub("…", value)
    return value

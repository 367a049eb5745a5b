"""Events of EventBridge: schedules, and whatever a pattern lets through."""

from collections.abc import Mapping
from typing import Any

from bundler.model.trigger import Trigger
from bundler.prove.events.common import ACCOUNT, ISO_SECONDS, REGION, arn

_ID = "cdc73f9d-aea9-11e3-9d5a-835b769c0d9c"


def schedule_event(trigger: Trigger) -> object:
    """Return what a schedule hands over: its input, or an event of its own."""
    if trigger.given is not None:
        return trigger.given
    return _event("aws.events", "Scheduled Event", [arn("events", trigger.resource, "schedule", prefix="rule/")], {})


def eventbridge_event(trigger: Trigger) -> object:
    """Return an event that a pattern lets through: of everything it asks for, the first that would do."""
    if trigger.given is not None:
        return trigger.given
    pattern = trigger.pattern
    source, kind = (_first(pattern.get(name), default) for name, default in _DEFAULTS.items())
    detail = pattern.get("detail")
    made = _fit(detail) if isinstance(detail, Mapping) else {}
    resources = pattern.get("resources")
    return _event(str(source), str(kind), [str(_first(resources, ""))] if resources else [], made)


_DEFAULTS = {"source": "lbundle", "detail-type": "lbundle"}


def _event(source: str, kind: str, resources: list[str], detail: object) -> object:
    return {
        "version": "0",
        "id": _ID,
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": ISO_SECONDS,
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


def _fit(pattern: Mapping[str, Any]) -> dict[str, object]:
    """Return the least that fits a pattern; what must not be there is left out."""
    fitting = {
        name: _fit(wanted) if isinstance(wanted, Mapping) else _first(wanted, None) for name, wanted in pattern.items()
    }
    return {name: value for name, value in fitting.items() if pattern[name] != [{"exists": False}]}


def _first(wanted: object, default: object) -> object:
    """Return a value that the first alternative of a pattern lets through."""
    first = wanted[0] if isinstance(wanted, list) and wanted else wanted
    if not isinstance(first, Mapping):
        return default if first is None else first
    operator, value = next(iter(first.items()), ("", None))
    match operator:
        case "prefix" | "suffix" | "equals-ignore-case":
            return value
        case "wildcard":
            return str(value).replace("*", "")
        case "numeric":
            return _number(value)
        case "anything-but":
            return "something"
        case _:
            return default


def _number(comparison: object) -> object:
    """Return a number for `[">", 5, "<=", 10]`."""
    if not isinstance(comparison, list) or len(comparison) < 2:  # noqa: PLR2004 - an operator and a number
        return 0
    operator, number = comparison[:2]
    return {">": number + 1, "<": number - 1}.get(str(operator), number)

"""Make facts again of what JSON kept of them, where every tuple has become a list."""

from collections.abc import Callable
from typing import Any, get_args

from bundler.trace.facts.flows import Flow, Hand
from bundler.trace.facts.source_facts import ImportFact, SourceFacts


def restore_facts(raw: list[Any]) -> SourceFacts:
    """Make facts of what JSON kept of them, where every tuple has become a list."""
    return SourceFacts(*(restore(value) for restore, value in zip(_RESTORERS, raw, strict=True)))


def restore_flow(raw: list[Any]) -> Flow:
    """Make what a function hands on again."""
    name, first, last, parameters, hands, returns = raw
    made = (Hand(to, place, tuple(given), line) for to, place, given, line in hands)
    return Flow(name, first, last, tuple(parameters), tuple(made), tuple(returns))


def _imports(values: list[list[Any]]) -> tuple[ImportFact, ...]:
    return tuple(
        ImportFact(name, level, tuple(names), kind, line, tuple(behind))
        for name, level, names, kind, line, behind in values
    )


def _restorer(kind: object) -> Callable[[Any], Any]:
    """Return what makes a field's value again, by its type."""
    if kind in {bool, int, str}:
        return lambda value: value
    if kind == tuple[str, ...]:
        return tuple
    if kind == tuple[ImportFact, ...]:
        return _imports
    make = getattr(get_args(kind)[0], "_make", None)
    if make is not None:
        return lambda values: tuple(map(make, values))
    return lambda values: tuple(map(tuple, values))


_RESTORERS = tuple(map(_restorer, SourceFacts.__annotations__.values()))

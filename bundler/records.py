"""JSON → frozen records, as their types say, and back: what does not fit is an error that says where.

For files that a build writes and others may damage: no value of another type, and no number that cannot be worked with,
gets past this door.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
_Reader = Callable[[Any], Any]

_LARGEST = 2**63


class MisfitError(ValueError):
    """A value is not of the type that a record has there; `place` is its path in the JSON."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"`{place}` {problem}" if place else problem)
        self.problem = problem
        self.place = place

    def below(self, name: str) -> "MisfitError":
        """Return the same, seen from the value that holds it under a name."""
        dot = "." if self.place and not self.place.startswith("[") else ""
        return MisfitError(self.problem, f"{name}{dot}{self.place}")


def to_record(kind: type[Record], value: object) -> Record:
    """Make a record of JSON; keys that it does not know are of later releases. Raise `MisfitError` where it differs."""
    found = _reader(cast("Hashable", kind))(value)
    return cast("Record", found)


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return what JSON has for a record: named tuples are rows, and fields that are `None` are left out."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [to_json(member) for member in value]
    if isinstance(value, Mapping):
        return dict(value)
    kind: Any = type(value)
    found = ((key, getattr(value, name)) for key, name in _keys(kind))
    return {key: to_json(member) for key, member in found if member is not None}


@cache
def _keys(kind: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401 - any record
    """Return what each field is called in JSON and here: one whose name Python keeps to itself has a dash behind it."""
    return tuple((field.name.removesuffix("_"), field.name) for field in fields(kind))


@cache
def _reader(kind: Hashable) -> _Reader:
    if read := _SIMPLE.get(kind):
        return read
    if is_dataclass(kind):
        return _record_reader(kind)
    if hasattr(kind, "_make"):
        return _row_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _list_reader(_reader(arguments[0]))
    if origin is Mapping:
        return _table_reader(_reader(arguments[1]))
    return _reader(next(argument for argument in arguments if argument is not type(None)))


def _read_text(value: object) -> str:
    if type(value) is str:
        return value
    problem = "is no text"
    raise MisfitError(problem)


def _read_number(value: object) -> int:
    # `bool` is an `int` too, and JSON has numbers without end.
    if type(value) is int and 0 <= value < _LARGEST:
        return value
    problem = "is no number of bytes, files or lines"
    raise MisfitError(problem)


def _read_texts(value: object) -> frozenset[str]:
    """Return texts, of which one alone may stand there without a list."""
    return frozenset(map(_read_text, value if isinstance(value, list) else [value]))


_SIMPLE: dict[Hashable, _Reader] = {str: _read_text, int: _read_number, frozenset[str]: _read_texts}


def _list_reader(read: _Reader) -> _Reader:
    def read_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            problem = "is no list"
            raise MisfitError(problem)
        found = []
        for index, member in enumerate(value):
            try:
                found.append(read(member))
            except MisfitError as error:
                place = f"[{index}]"
                raise error.below(place) from error
        return tuple(found)

    return read_list


def _row_reader(kind: Any) -> _Reader:  # noqa: ANN401
    readers = [_reader(hint) for hint in get_type_hints(kind).values()]

    def read_row(value: object) -> object:
        if not isinstance(value, list) or len(value) != len(readers):
            problem = f"is no list of {len(readers)}"
            raise MisfitError(problem)
        # There are tens of thousands of rows: a list is made faster than it is given one by one.
        return kind(*[read(member) for read, member in zip(readers, value, strict=True)])

    return read_row


def _table_reader(read: _Reader) -> _Reader:
    def read_table(value: object) -> dict[str, Any]:
        found = {}
        for name, member in _as_table(value).items():
            try:
                found[name] = read(member)
            except MisfitError as error:
                raise error.below(name) from error
        return found

    return read_table


def _record_reader(kind: Any) -> _Reader:  # noqa: ANN401
    hints = get_type_hints(kind)
    optional = {
        field.name for field in fields(kind) if field.default is not MISSING or field.default_factory is not MISSING
    }
    members = [(key, name, _reader(hints[name]), name in optional) for key, name in _keys(kind)]

    def read_record(value: object) -> object:
        table = _as_table(value)
        found = {}
        for key, name, read, is_optional in members:
            try:
                found[name] = read(table[key])
            except MisfitError as error:
                raise error.below(key) from error
            except KeyError:
                if not is_optional:
                    problem = "is not there"
                    raise MisfitError(problem, key) from None
        return kind(**found)

    return read_record


def _as_table(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    problem = "is no object"
    raise MisfitError(problem)

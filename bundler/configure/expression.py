"""The grammar of `${…}`: where variables stand in a text, and the alternatives inside one. Nothing is resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTES = "'\""
_MARK = re.compile(r"""\$\{|[(){},'"]""")
# `${AWS::Region}` and `${Name}` belong to CloudFormation's Fn::Sub: a variable of the framework names a source first.
_MOST_FRUITLESS = 50
_BEGINS_VARIABLE = re.compile(r"\s*(?:[A-Za-z]\w*(?:\(|:(?!:))|\$\{|['\"])")
_SOURCE = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<argument>.*)\))?\s*(?::(?P<address>.*))?", re.DOTALL)


class UnclosedError(ValueError):
    """A text has so many variables that never end that nobody would read it to the end."""

    def __init__(self) -> None:
        super().__init__(f"more than {_MOST_FRUITLESS} variables in it never end")


@dataclass(frozen=True, slots=True)
class Variable:
    """One `${…}` in a text, without its braces."""

    inside: str

    def __str__(self) -> str:
        return f"${{{' '.join(self.inside.split())}}}"


@dataclass(frozen=True, slots=True)
class Source:
    """A question to one source: `name(argument):address`."""

    name: str
    argument: str
    address: str


def split_text(text: str) -> Iterator[str | Variable]:
    r"""Yield the plain parts of a text and its variables, in order; `\${` is plain text."""
    closings: dict[int, int] = {}
    plain_start = position = fruitless = 0
    while (position := text.find("${", position)) >= 0:
        if position > 0 and text[position - 1] == "\\":
            yield text[plain_start : position - 1]
            plain_start = position
            position += 2
            continue
        if position not in closings:
            closings |= _closing_braces(text, position)
            fruitless += closings[position] < 0
        if fruitless > _MOST_FRUITLESS:
            raise UnclosedError
        end = closings[position]
        if end < 0 or not _BEGINS_VARIABLE.match(text, position + 2):
            position += 2
            continue
        yield text[plain_start:position]
        yield Variable(text[position + 2 : end])
        plain_start = position = end + 1
    yield text[plain_start:]


def split_alternatives(inside: str) -> tuple[str, ...]:
    """Return the alternatives of a variable: `opt:stage, 'dev'` gives `opt:stage` and `'dev'`."""
    commas, depth = [], 0
    for index, mark in _marks(inside, 0):
        if mark in {"${", "("}:
            depth += 1
        elif mark == "}" or (mark == ")" and depth > 0):
            depth -= 1
        elif mark == "," and depth == 0:
            commas.append(index)
    starts = [0, *(index + 1 for index in commas)]
    return tuple(inside[start:end].strip() for start, end in zip(starts, [*commas, len(inside)], strict=True))


def read_source(text: str) -> Source | None:
    """Return the source an alternative asks, or `None` when it has not the form of one."""
    match = _SOURCE.fullmatch(text)
    if match is None or (match["argument"] is None and match["address"] is None):
        return None
    return Source(match["name"], (match["argument"] or "").strip(), (match["address"] or "").strip())


def read_literal(text: str) -> tuple[str | int | float | bool | None] | None:
    """Return the value of a literal (`'dev'`, `5`, `true`, `null`) in a tuple, or `None` when it is no literal."""
    words: dict[str, bool | None] = {"true": True, "false": False, "null": None}
    if text in words:
        return (words[text],)
    if len(text) > 1 and text[0] in _QUOTES and text.find(text[0], 1) == len(text) - 1:
        return (text[1:-1],)
    if re.fullmatch(r"-?\d+", text):
        return (int(text),)
    return (float(text),) if re.fullmatch(r"-?\d+\.\d+", text) else None


def _closing_braces(text: str, start: int) -> dict[int, int]:
    """Return where the variable that begins at `start` ends, and those that are met on the way; -1 for never.

    What was met need not be looked at again, so that a text of many that never end is read once.
    """
    closings = {start: -1}
    open_at = [start]
    for index, mark in _marks(text, start + 2):
        if mark == "${":
            closings[index] = -1
        if mark in {"${", "("}:
            open_at.append(index)
        elif mark == "}" or (mark == ")" and len(open_at) > 1):
            begin = open_at.pop()
            if mark == "}" and begin in closings:
                closings[begin] = index
            if not open_at:
                break
    return closings


def _marks(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield each comma, bracket and brace outside quotes, `${` as one."""
    position = start
    while found := _MARK.search(text, position):
        index, position = found.start(), found.end()
        if found[0] not in _QUOTES:
            yield index, found[0]
        elif _may_begin_value(text, start, index):
            closing = text.find(found[0], position)
            position = closing + 1 if closing > 0 else position


def _may_begin_value(text: str, start: int, index: int) -> bool:
    """Tell whether a quote opens a string: `${file(it's.yml)}` has none."""
    before = index - 1
    while before >= start and text[before].isspace():
        before -= 1
    return before < start or text[before] in ",({"

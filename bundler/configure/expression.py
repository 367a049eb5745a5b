"""The grammar of `${…}`: where variables stand in a text, and the alternatives inside one. Nothing is resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTES = "'\""
# `${AWS::Region}` and `${Name}` belong to CloudFormation's Fn::Sub: a variable of the framework names a source first.
_BEGINS_VARIABLE = re.compile(r"\s*(?:[A-Za-z]\w*(?:\(|:(?!:))|\$\{|['\"])")
_SOURCE = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<argument>.*)\))?\s*(?::(?P<address>.*))?", re.DOTALL)


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
    plain_start = position = 0
    while (position := text.find("${", position)) >= 0:
        if position > 0 and text[position - 1] == "\\":
            yield text[plain_start : position - 1]
            plain_start = position
            position += 2
            continue
        end = _closing_brace(text, position + 2)
        if end < 0 or not _BEGINS_VARIABLE.match(text, position + 2):
            position += 2
            continue
        yield text[plain_start:position]
        yield Variable(text[position + 2 : end])
        plain_start = position = end + 1
    yield text[plain_start:]


def split_alternatives(inside: str) -> tuple[str, ...]:
    """Return the alternatives of a variable: `opt:stage, 'dev'` gives `opt:stage` and `'dev'`."""
    commas = [index for index, depth in _marks(inside, 0) if depth == 0 and inside[index] == ","]
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


def _closing_brace(text: str, start: int) -> int:
    for index, depth in _marks(text, start):
        if depth < 0:
            return index
    return -1


def _marks(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield each comma and closing brace outside quotes with the depth of brackets it leaves or stands at."""
    depth, index, previous = 0, start, ","
    while index < len(text):
        character = text[index]
        if character in _QUOTES and previous in ",({":
            # A quote opens a string only where a value may begin: `${file(it's.yml)}` has none.
            index = closing if (closing := text.find(character, index + 1)) > 0 else index
        elif character == "(" or text.startswith("${", index):
            depth += 1
            index += character == "$"
        elif character == "}" or (character == ")" and depth > 0):
            depth -= 1
        if character in ",}":
            yield index, depth
        previous = text[index] if not text[index].isspace() else previous
        index += 1

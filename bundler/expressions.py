"""Hold texts against regular expressions in bounded time, where Python's own matcher would take for ever.

That one tries every way to share a text out among the parts of an expression, which for `(?:a[^/]*)*b` are twice as
many with each letter. Here each part is asked once for each place in the text: where may end what it matches? Sets of
places are integers with a bit for each.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import Any

# Python's own parser of expressions has had no public name since 3.11.
_parse: Callable[[str], Any] = cache(import_module("re._parser").parse)
_Part = tuple[Any, Any]


def matches_whole(expression: str, text: str) -> bool:
    """Tell whether an expression matches a text from its first character; it is one of those that globs become.

    Raises:
        ValueError: The expression has a part that no glob becomes.
    """
    return _Search(text).ends(_parse(expression), 0) != 0


class _Search:
    """Where the parts of one expression may end in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[tuple[int, int], int] = {}

    def ends(self, parts: Sequence[_Part], start: int) -> int:
        """Return the places where parts in a row may end that begin at `start`."""
        key = (id(parts), start)
        if key not in self._known:
            places = 1 << start
            for part in parts:
                places = reduce(or_, (self._part_ends(part, place) for place in _each(places)), 0)
            self._known[key] = places
        return self._known[key]

    def _part_ends(self, part: _Part, start: int) -> int:
        key = (id(part), start)
        if key not in self._known:
            self._known[key] = self._find_ends(part, start)
        return self._known[key]

    def _ends_of_all(self, parts: Sequence[_Part], places: int) -> int:
        return reduce(or_, (self.ends(parts, place) for place in _each(places)), 0)

    def _find_ends(self, part: _Part, start: int) -> int:  # noqa: PLR0911 - one for each kind of part
        kind, argument = part
        match kind.name:
            case "SUBPATTERN":
                return self.ends(argument[3], start)
            case "ATOMIC_GROUP":
                return self.ends(argument, start)
            case "BRANCH":
                return reduce(or_, (self.ends(branch, start) for branch in argument[1]))
            case "MAX_REPEAT" | "MIN_REPEAT":
                fewest, most, parts = argument
                is_one = len(parts) == 1 and parts[0][0].name in _OF_ONE_CHARACTER
                return (self._run if is_one else self._repeated)(fewest, most, parts, start)
            case "ASSERT" | "ASSERT_NOT":
                direction, parts = argument
                begin = start if direction > 0 else start - parts.getwidth()[0]
                holds = begin >= 0 and self.ends(parts, begin) != 0
                return 1 << start if holds is (kind.name == "ASSERT") else 0
            case "AT":
                edge = 0 if argument.name.startswith("AT_BEGINNING") else len(self._text)
                return 1 << start if start == edge else 0
            case _:
                return 1 << (start + 1) if self._is_one(part, start) else 0

    def _run(self, fewest: int, most: int, parts: Any, start: int) -> int:  # noqa: ANN401 - parts as the parser has them
        """Repeat what matches one character."""
        end = start
        while end - start < most and self._is_one(parts[0], end):
            end += 1
        count = end - start - fewest + 1
        return ((1 << count) - 1) << (start + fewest) if count > 0 else 0

    def _repeated(self, fewest: int, most: int, parts: Any, start: int) -> int:  # noqa: ANN401 - as above
        new = 1 << start
        for _ in range(fewest):
            new = self._ends_of_all(parts, new)
        found, rounds = new, fewest
        while new and rounds < most:
            new = self._ends_of_all(parts, new) & ~found
            found |= new
            rounds += 1
        return found

    def _is_one(self, part: _Part, place: int) -> bool:
        return place < len(self._text) and _fits(part, ord(self._text[place]))


_OF_ONE_CHARACTER = frozenset({"ANY", "LITERAL", "NOT_LITERAL", "IN"})


def _each(places: int) -> Iterator[int]:
    while places:
        lowest = places & -places
        yield lowest.bit_length() - 1
        places ^= lowest


def _fits(part: _Part, character: int) -> bool:
    kind, argument = part
    match kind.name:
        case "ANY":
            return True
        case "LITERAL":
            return bool(character == argument)
        case "NOT_LITERAL":
            return bool(character != argument)
        case "RANGE":
            return bool(argument[0] <= character <= argument[1])
        case "IN":
            is_negated = argument[0][0].name == "NEGATE"
            return any(_fits(one, character) for one in argument[is_negated:]) is not is_negated
        case _:
            message = f"no glob becomes `{kind}`"
            raise ValueError(message)

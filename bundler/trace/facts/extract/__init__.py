"""Extractors: a file of this folder finds one shape of fact, and nothing else has to know of it.

Each has `is_worth_a_look(text, is_own=…)`, a cheap test of the text, and `extract(source)`.
"""

from importlib import import_module
from pkgutil import iter_modules

from bundler.trace.facts.source_facts import FoundFact
from bundler.trace.facts.source_file import Source
from bundler.trace.facts.text import SourceText

_EXTRACTORS = tuple(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))


def may_extract(text: SourceText, *, is_own: bool) -> bool:
    """Tell whether any extractor may find something in a file."""
    return any(extractor.is_worth_a_look(text, is_own=is_own) for extractor in _EXTRACTORS)


def extract_facts(source: Source) -> tuple[FoundFact, ...]:
    """Return what all extractors find in a file."""
    wanted = [each for each in _EXTRACTORS if each.is_worth_a_look(source.text, is_own=source.is_own)]
    return tuple(dict.fromkeys(fact for extractor in wanted for fact in extractor.extract(source)))

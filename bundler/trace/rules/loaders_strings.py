"""Dotted strings count in distributions that import by name, or list packages, somewhere: the two meet at run time.

Evidence: Sphinx 9.1 application.py (its list of built-in extensions), websockets 17.4 sync/connection.py.
Not caught: strings of distributions that do neither, strings that count for an exported name alone, and first-party
modules in the words of packages.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.templates import UNKNOWN
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import dotted_words, of_template


def _signs(view: View, read: ReadModule) -> tuple[bool, bool]:
    habits = view.knowledge.habits
    return read.file.owner in habits.load_by_name, read.file.owner in habits.list_packages


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    loads, lists = _signs(view, read)
    if not (loads or lists):
        return
    for fact in dotted_words(read):
        for name in _modules(view, read, fact.pattern, lists=lists):
            yield ModuleDemand(name, fact.line, fact.pattern)


def _modules(view: View, read: ReadModule, text: str, *, lists: bool) -> list[str]:
    if UNKNOWN in text:
        return of_template(view, read, text)
    name = view.index.longest_module(text)
    if name is None or not view.may_mean(read.module, name):
        return []
    return [name, *(view.index.below(name) if lists and name == text else ())]


RULE = Rule("loaders.strings", lambda read: not read.file.is_own, _visit, _signs)

"""A package names to one that loads by name, which it requires, what to load of that one's own.

Classes by their full names may be its own as well, or those of anything that it requires.

Evidence: plugins of Celery 5.7 name pools of it (concurrency/__init__.py), sqlfluff 4.5 `jinja2.ext.do`
(templaters/jinja.py).
Not caught: strings of packages that require no such loader, or that name modules of others.
"""

import re
from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import dotted_words

_CLASS_BELOW = re.compile(r"[.:][A-Z]\w*")


def _loaders(view: View, read: ReadModule) -> frozenset[str]:
    return frozenset(view.knowledge.habits.load_by_name.intersection(view.requires(read.file.owner)))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    loaders = _loaders(view, read)
    for fact in dotted_words(read) if loaders else ():
        name = view.index.longest_module(fact.pattern)
        if name is not None:
            is_class = _CLASS_BELOW.fullmatch(fact.pattern.removeprefix(name)) is not None
            owners = {read.file.owner, *view.requires(read.file.owner)} if is_class else loaders
            if view.owner_of(name) in owners:
                yield ModuleDemand(name, fact.line, fact.pattern)


RULE = Rule("loaders.dependants", lambda read: not read.file.is_own, _visit, _loaders)

"""A module that loads others by names that strings in it hold: a `__getattr__`, a table of names, lazy loaders.

Evidence: websockets 17.4 __init__.py:161 (`.asyncio.router`), Celery 5.7 __init__.py:156.
Not caught: modules whose exports hang on the name that is asked for and on nothing else: `lazy.exports`.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import meant_by_words


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    yield from meant_by_words(view, read, read.facts.strings)


RULE = Rule("lazy.strings", lambda read: read.facts.is_lazy and not read.facts.is_closed, _visit)

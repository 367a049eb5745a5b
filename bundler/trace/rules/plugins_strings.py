"""What strings in a plugin name, and in a package that uses who lists all that can be imported.

Evidence: pyexcel 0.7 plugins/parsers/__init__.py (`excel.ExcelParser`), pyexcel-xls 0.7 __init__.py
(`xlsr.XLSInFile`).
Not caught: strings of the package that lists, which are its own words.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.rules import plugins_prefixes
from bundler.trace.view import View
from bundler.trace.words import meant_by_words


def _is_plugin(view: View, read: ReadModule) -> bool:
    listers = view.knowledge.habits.list_everything
    uses_lister = read.file.owner not in listers and view.uses_any(read.file.owner, listers)
    mentions = view.knowledge.mentions.get(read.module.name, ())
    return uses_lister or any(mention.rule == plugins_prefixes.RULE.id for mention in mentions)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if _is_plugin(view, read):
        yield from meant_by_words(view, read, read.facts.strings)


RULE = Rule("plugins.strings", lambda read: read.facts.strings, _visit, _is_plugin)

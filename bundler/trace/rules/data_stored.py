"""Modules that a file of stored objects names, which a package opens: pickles, alone or compressed.

Evidence: Babel 2.18 keeps its locales as pickles that name `babel.dates`, `babel.numbers`, `babel.plural`
(locale-data/de.dat).
Not caught: text, shared objects, and files too large to be read.
"""

from collections.abc import Iterator

from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, FileRule, ModuleDemand
from bundler.trace.facts.scan import TEXT_ENDINGS
from bundler.trace.rules.native_link import may_link
from bundler.trace.view import View


def _wants(file: SiteFile) -> bool:
    return not (file.is_own or file.path.endswith(TEXT_ENDINGS) or may_link(file.path))


def _visit(view: View, file: SiteFile) -> Iterator[Demand]:
    for name in sorted(view.store.stored_names(file)):
        yield ModuleDemand(name, 0, name)


RULE = FileRule("data.stored", _wants, _visit)

"""Settings list packages to install, of which a framework then loads any part: such a package is used whole.

Templates, translations and static files too are looked for in every package that is listed. A word counts where it
comes to settings, to a list of plugins or to a call that says that it loads: `spacy.load(MODEL)`. Any word in a list or
under a name may come there in a module of settings, and where first-party code loads what other parts of it say.

Evidence: Django 6.1 (`INSTALLED_APPS`), spaCy 3.8 (`spacy.load("en_core_web_sm")`).
Not caught: words that are no module of the site, `SOURCE = "pandas"`, `TAGS = ["requests"]`.
"""

import re
from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_SETTINGS = re.compile(r"(?:.*[._])?(?:settings|config|configuration|conf)(?:_\w+)?", re.IGNORECASE)


def _asks_for_words(view: View, _read: ReadModule) -> bool:
    return view.knowledge.habits.first_party_asks_for_words


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    is_open = _asks_for_words(view, read) or _SETTINGS.fullmatch(read.module.name) is not None
    idle = read.facts.idle_words if is_open else ()
    for fact in (*read.facts.listed, *idle):
        module = view.index.find(fact.pattern)
        if module is None or module.name == read.module.name:
            continue
        for name in (module.name, *view.index.below(module.name)):
            yield ModuleDemand(name, fact.line, fact.pattern)
        if module.is_package:
            yield FilesDemand(view.assets.data_of_package(module.name, view.index), fact.line, fact.pattern)


RULE = Rule(
    "first-party.lists",
    lambda read: read.file.is_own and (read.facts.listed or read.facts.idle_words),
    _visit,
    _asks_for_words,
)

"""The data of a module that is handed to a distribution which takes folders, and the modules of a package that is.

Evidence: Flask 3.1 takes the folder of the module whose `__name__` it is handed (sansio/scaffold.py:96),
detect-secrets 1.5 walks a package that it is handed (util/importlib.py:110).
Not caught: modules that are handed to who takes no folder.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.test_paths import is_test_path
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.facts.templates import OWN_NAME
from bundler.trace.openable import openable_beside
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    found, file, facts = read
    takers = view.knowledge.folder_takers.owners
    for fact in facts.handed if takers and (file.is_own or view.uses_any(file.owner, takers)) else ():
        module = view.index.find(read.absolute(fact.pattern.replace(OWN_NAME, found.name)) or "")
        if module is not None and module.file is not None and view.ships_in_doubt(module.file):
            modules = _modules_below(view, module.name) if fact.pattern != OWN_NAME else []
            files = view.unsure(file, [*openable_beside(view, module, module.file), *modules])
            yield FilesDemand(files, fact.line, f"{module.name} is handed on", EdgeKind.DOUBT)


def _modules_below(view: View, package: str) -> list[SiteFile]:
    """Return the modules of a package that was handed on as such: who takes it may look for them."""
    below = (view.index.find(name) for name in view.index.below(package))
    files = (found.file for found in below if found is not None and found.file is not None)
    return [file for file in files if not is_test_path(file.path)]


RULE = Rule("doubt.handed-folder", lambda read: read.facts.handed, _visit)

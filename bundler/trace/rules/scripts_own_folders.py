"""A module that lists its own folder imports or runs what it finds there.

Evidence: Numba 0.68 tests/support.py:1365, srsly 2.5 ruamel_yaml/main.py:652.
Not caught: a module outside any package, and files that a glob leaves out.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.facts.templates import OWN_FILE, OWN_FOLDER
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _loads_what_it_finds(read: ReadModule) -> bool:
    return bool(read.package) and (read.facts.runs_scripts or bool(read.facts.imports_unknown))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    facts, package, index = read.facts, read.package, view.index
    line = next((fact.line for fact in facts.data if is_own_folder(fact.pattern)), None)
    if line is None:
        return
    # A glob says which of them it looks for.
    finds_any = facts.runs_scripts and not any(fact.pattern.endswith(".py") for fact in facts.data)
    for name in index.below(package) if facts.walks_folders else index.children(package):
        yield ModuleDemand(name, line, f"{package}.*")
        module = index.find(name) if finds_any else None
        if module is not None and module.file is not None and module.file.owner == read.file.owner:
            yield FilesDemand((module.file,), line, f"{package}.*")


def is_own_folder(pattern: str) -> bool:
    """Tell whether a path is the folder of the file that names it, or a glob in it."""
    return pattern in {OWN_FILE, OWN_FOLDER} or pattern.startswith(f"{OWN_FOLDER}/*")


RULE = Rule("scripts.own-folder", _loads_what_it_finds, _visit)

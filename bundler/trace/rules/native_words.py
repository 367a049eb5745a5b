"""Modules that an extension names by whole words in its text: Cython and C code name what they import.

Evidence: mypyc's libraries (tomli 2.5 `c787…__mypyc`), Pillow 13 _imagingtk (`PIL._tkinter_finder`).
Not caught: `__main__`, which every extension names, and single words that are modules of what it does not require.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.packed_strings import ALWAYS_NAMED
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    parent = read.module.name.rpartition(".")[0]
    for word in view.store.binary(read.file).words:
        for name in (word, f"{parent}.{word}") if parent else (word,):
            if word != ALWAYS_NAMED and name in view.index and _is_plausible(view, read, name):
                yield ModuleDemand(name, 0, word, EdgeKind.NATIVE)


def _is_plausible(view: View, read: ReadModule, name: str) -> bool:
    """Tell whether a word that is a module's name means it: of its own distribution, of one it requires, or dotted."""
    owner = view.owner_of(name)
    if not view.may_mean(read.module, name):
        return False
    if owner is None or owner == read.file.owner:
        return owner is not None
    distribution = view.distributions.get(read.file.owner)
    if distribution is None or "." in name:
        return True
    return owner in distribution.requires or owner in distribution.optional


RULE = Rule("native.words", lambda read: read.module.is_extension, _visit)

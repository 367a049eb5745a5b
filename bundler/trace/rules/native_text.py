"""Modules named inside longer text of an extension: Rust, and Cython from 3.1 on, store strings without ends.

Dotted names of its own and of required distributions are looked for. In text that held Python identifiers only, so are
single words: modules beside it, and top-level ones.

Evidence: cryptography 50.0 _rust.abi3.so (`cryptography.cobblestone`), grpcio 1.85 cygrpc
(`grpc.experimental.gevent`).
Not caught: words of fewer than four letters, which stand in any longer text by chance.
"""

import re
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.packed_strings import ALWAYS_NAMED, SHORTEST_WORD
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for name in sorted({*_top_names(view, read), *_names_beside(view, read)}):
        yield ModuleDemand(name, 0, name, EdgeKind.NATIVE)


def _top_names(view: View, read: ReadModule) -> Iterator[str]:
    facts = view.store.binary(read.file)
    text = "\n".join([*(word for word in facts.words if "." in word), facts.packed])
    owners = {read.file.owner, *view.requires(read.file.owner)}
    # A library that only serves another distribution names the modules of that one.
    owners.update(other.name for other in view.distributions.values() if read.file.owner in other.requires)
    for top in view.index.children(""):
        if top not in text or view.owner_of(top) not in owners:
            continue
        yield from _named_below(view, top, text)
        # Followed by a dot it is the start of a longer name, such as those of the module's own functions.
        if len(top) >= SHORTEST_WORD and re.search(rf"{re.escape(top)}(?!\.)", facts.packed):
            yield top


def _named_below(view: View, package: str, text: str) -> Iterator[str]:
    """Yield the modules below a package that a text names; what it does not name, it names nothing below of."""
    for name in view.index.children(package):
        if name in text:
            yield name
            yield from _named_below(view, name, text)


def _names_beside(view: View, read: ReadModule) -> Iterator[str]:
    facts = view.store.binary(read.file)
    words = frozenset(facts.words)
    parent = read.module.name.rpartition(".")[0]
    while parent:
        yield from _mentioned(view, parent, words, facts.packed)
        parent = parent.rpartition(".")[0]


def _mentioned(view: View, package: str, words: frozenset[str], packed: str) -> Iterator[str]:
    """Yield the modules of a package that single words name, and those of its parts that are named themselves.

    `from .part import module` leaves `part` and `module` in the text, apart from each other.
    """
    for name in view.index.children(package):
        word = name.rpartition(".")[2]
        if word != ALWAYS_NAMED and (word in words or (len(word) >= SHORTEST_WORD and word in packed)):
            yield name
            yield from _mentioned(view, name, words, packed)


RULE = Rule("native.text", lambda read: read.module.is_extension, _visit)

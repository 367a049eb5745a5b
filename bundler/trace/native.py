"""Follow what extension modules need: libraries they link, and modules they import by names in their text."""

import re
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.facts.binary import BinaryFacts
from bundler.trace.facts.packed_strings import ALWAYS_NAMED
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason

SHORTEST_WORD = 4
"""Shorter words stand in any longer text by chance."""


def follow_extension(walk: Follower, found: FoundModule, file: SiteFile) -> None:
    """Follow an extension module's libraries and the modules its text names."""
    walk.follow_links(file)
    facts = walk.store.binary(file)
    parent = found.name.rpartition(".")[0]
    for word in facts.words:
        if word == ALWAYS_NAMED:
            continue
        for name in (word, f"{parent}.{word}") if parent else (word,):
            if name in walk.index and _is_plausible(walk, found, name, file):
                walk.follow(found, name, Reason(EdgeKind.NATIVE, 0, word, "native.words"))
    for name in sorted(_names_inside(walk, file, parent, facts)):
        walk.follow(found, name, Reason(EdgeKind.NATIVE, 0, name, "native.text"))
    _follow_data(walk, file, facts)
    if facts.is_opaque:
        _follow_anything(walk, found, file, parent)


def _follow_data(walk: Follower, file: SiteFile, facts: BinaryFacts) -> None:
    """Follow data beside the module whose file or folder its text names: it is opened from there."""
    words = frozenset(facts.words)
    for name, files in walk.assets.beside(file):
        if name in words or (len(name) >= SHORTEST_WORD and name in facts.packed):
            walk.add_files(file, files, Reason(EdgeKind.DATA, 0, name, "native.data"))


def _follow_anything(walk: Follower, found: FoundModule, file: SiteFile, parent: str) -> None:
    """Where nothing can be read, everything beside the module may be meant, and what its distribution requires."""
    for name in walk.index.children(parent) if parent else ():
        walk.follow(found, name, Reason(EdgeKind.NATIVE, 0, f"{parent}.*", "native.opaque"))
    distribution = walk.distributions.get(file.owner)
    required = distribution.requires if distribution is not None else ()
    for top in walk.index.children("") if required else ():
        if walk.owner_of(top) in required:
            walk.follow(found, top, Reason(EdgeKind.NATIVE, 0, top, "native.opaque"))


def _is_plausible(walk: Follower, found: FoundModule, name: str, file: SiteFile) -> bool:
    """Tell whether a word that is a module's name means it: of its own distribution, of one it requires, or dotted."""
    owner = walk.owner_of(name)
    if not walk.may_mean(found, name):
        return False
    if owner is None or owner == file.owner:
        return owner is not None
    distribution = walk.distributions.get(file.owner)
    if distribution is None or "." in name:
        return True
    return owner in distribution.requires or owner in distribution.optional


def _names_inside(walk: Follower, file: SiteFile, parent: str, facts: BinaryFacts) -> Iterator[str]:
    """Yield modules named inside longer text: Rust, and Cython from 3.1 on, store strings without ends between them.

    Dotted names of its own and of required distributions are looked for in both. In text that held Python identifiers
    only, so are single words: modules beside it, and top-level ones.
    """
    text = "\n".join([*(word for word in facts.words if "." in word), facts.packed])
    distribution = walk.distributions.get(file.owner)
    owners = {file.owner, *(distribution.requires if distribution is not None else ())}
    # A library that only serves another distribution names the modules of that one.
    owners.update(other.name for other in walk.distributions.values() if file.owner in other.requires)
    for top in walk.index.children(""):
        if top not in text or walk.owner_of(top) not in owners:
            continue
        yield from _named_below(walk, top, text)
        # Followed by a dot it is the start of a longer name, such as those of the module's own functions.
        if len(top) >= SHORTEST_WORD and re.search(rf"{re.escape(top)}(?!\.)", facts.packed):
            yield top
    words = frozenset(facts.words)
    while parent:
        yield from _mentioned(walk, parent, words, facts.packed)
        parent = parent.rpartition(".")[0]


def _named_below(walk: Follower, package: str, text: str) -> Iterator[str]:
    """Yield the modules below a package that a text names; what it does not name, it names nothing below of."""
    for name in walk.index.children(package):
        if name in text:
            yield name
            yield from _named_below(walk, name, text)


def _mentioned(walk: Follower, package: str, words: frozenset[str], packed: str) -> Iterator[str]:
    """Yield the modules of a package that single words name, and those of its parts that are named themselves.

    `from .part import module` leaves `part` and `module` in the text, apart from each other.
    """
    for name in walk.index.children(package):
        word = name.rpartition(".")[2]
        if word == ALWAYS_NAMED:
            continue
        if word in words or (len(word) >= SHORTEST_WORD and word in packed):
            yield name
            yield from _mentioned(walk, name, words, packed)

"""Follow what extension modules need: libraries they link, and modules they import by names in their text."""

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.walk import Walk


def follow_extension(walk: Walk, found: FoundModule, file: SiteFile) -> None:
    """Follow an extension module's libraries and the modules its text names."""
    walk.follow_links(file)
    words = walk.store.binary(file).words
    parent = found.name.rpartition(".")[0]
    for word in words:
        for name in (word, f"{parent}.{word}") if parent else (word,):
            if name in walk.index and _is_plausible(walk, name, file):
                walk.follow(found, name, Reason(EdgeKind.NATIVE, 0, word))
    _follow_runs(walk, found, file, words)


def _is_plausible(walk: Walk, name: str, file: SiteFile) -> bool:
    """Tell whether a word that is a module's name means it: of its own distribution, of one it requires, or dotted."""
    owner = walk.owner_of(name)
    if owner is None or owner == file.owner:
        return owner is not None
    distribution = walk.distributions.get(file.owner)
    return distribution is None or owner in distribution.requires or "." in name


def _follow_runs(walk: Walk, found: FoundModule, file: SiteFile, words: tuple[str, ...]) -> None:
    """Find dotted names inside longer text: Rust, for one, stores strings without an end between them."""
    runs = "\n".join(word for word in words if "." in word)
    for top in walk.index.children(""):
        if f"{top}." in runs and walk.owner_of(top) == file.owner:
            for name in walk.index.below(top):
                if name in runs:
                    walk.follow(found, name, Reason(EdgeKind.NATIVE, 0, name))

"""Follow all that a module may ask for whose code nobody here can read: its whole distribution ships."""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason


def follow_whole(walk: Follower, found: FoundModule, file: SiteFile) -> None:
    """Follow every module of the distribution, or of the first-party package, that a module lies in, and its data.

    Of the distributions that it requires every module may be the one that is imported; their data is then found by
    their own code.
    """
    for name in _first_party_around(walk, found) if file.owner == OWN_CODE else _modules_of(walk, file.owner):
        walk.follow(found, name, Reason(EdgeKind.DYNAMIC, 0, f"what cannot be read in {found.name}", "unread"))
    if file.owner != OWN_CODE:
        walk.add_files(file, walk.assets.all_of(file.owner), Reason(EdgeKind.DATA, 0, file.owner, "unread"))


def _modules_of(walk: Follower, owner: str) -> Iterator[str]:
    """Yield the modules of a distribution, and the top-level ones of those it requires."""
    yield from walk.index.owned_matching("*", frozenset({owner}))
    distribution = walk.distributions.get(owner)
    required = frozenset(distribution.requires) if distribution is not None else frozenset[str]()
    yield from (name for name in walk.index.owned_matching("*", required) if "." not in name)


def _first_party_around(walk: Follower, found: FoundModule) -> Iterator[str]:
    """Yield the modules of the top-level package a first-party module lies in; outside of any, all but the handlers."""
    head = found.name.partition(".")[0]
    names = walk.index.below(head) if head != found.name else walk.index.owned_matching("*", frozenset({OWN_CODE}))
    modules = ((name, walk.index.find(name)) for name in names)
    handlers = walk.handler_paths
    yield from (name for name, module in modules if not (module and module.file and module.file.path in handlers))

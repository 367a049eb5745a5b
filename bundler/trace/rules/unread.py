"""All that a module may ask for whose code nobody here can read: its whole distribution ships, or first-party package.

Of the distributions that it requires every module may be the one that is imported; their data is then found by their
own code.

Evidence: wheels of bytecode alone for another Python, and generated files of hundreds of megabytes.
Not caught: a text with an ending of Python that is none, to which a path led: it is told, and ships alone.
"""

from collections.abc import Iterator

from bundler.model.bounds import MOST_SOURCE_BYTES
from bundler.model.imports import TraceWarning
from bundler.model.wheels import OWN_CODE
from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    file, message = read.file, f"cannot be read: {read.facts.error}"
    if file.path.endswith(".pyc") or file.size_bytes > MOST_SOURCE_BYTES:
        message = f"{message}, so all that it may ask for ships"
        names = _first_party_around(view, read) if file.owner == OWN_CODE else _modules_of(view, file.owner)
        for name in names:
            yield ModuleDemand(name, 0, f"what cannot be read in {read.module.name}")
        if file.owner != OWN_CODE:
            yield FilesDemand(view.assets.all_of(file.owner), 0, file.owner)
    if not read.module.is_script:
        yield TraceWarning(source=file.path, line=0, message=message)


def _modules_of(view: View, owner: str) -> Iterator[str]:
    """Yield the modules of a distribution, and the top-level ones of those it requires."""
    yield from view.index.owned_matching("*", frozenset({owner}))
    required = frozenset(view.requires(owner))
    yield from (name for name in view.index.owned_matching("*", required) if "." not in name)


def _first_party_around(view: View, read: ReadModule) -> Iterator[str]:
    """Yield the modules of the top-level package a first-party module lies in; outside of any, all but the handlers."""
    head = read.module.name.partition(".")[0]
    is_inside = head != read.module.name
    names = view.index.below(head) if is_inside else view.index.owned_matching("*", frozenset({OWN_CODE}))
    for name in names:
        module = view.index.find(name)
        if module is None or module.file is None or module.file.path not in view.handler_paths:
            yield name


RULE = Rule("unread", lambda read: read.facts.error, _visit)

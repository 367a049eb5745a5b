"""Which distributions of a site code may mean."""

from collections.abc import Iterator

from bundler.model.wheels import Distribution
from bundler.standards import normalise_name
from bundler.trace.facts.templates import OWN_NAME, OWN_PACKAGE
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def distributions_named(view: View, read: ReadModule, pattern: str) -> Iterator[Distribution]:
    """Yield the distribution of a name, and that of the module of that name."""
    named = pattern.replace(OWN_NAME, read.module.name).replace(OWN_PACKAGE, read.package)
    owner = view.owner_of(named.partition(".")[0])
    for name in dict.fromkeys((normalise_name(named), owner)):
        distribution = view.distributions.get(name or "")
        if distribution is not None:
            yield distribution

"""A package and a path inside it, given to one call: `PackageLoader("shop", "templates")`; the package is loaded.

Evidence: certifi 2026.10 core.py:76 (`"certifi", "cacert.pem"`), connexion 3.3 spec.py:248.
Not caught: two strings of which no package and no path in it is there.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.facts.templates import OWN_NAME
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for package, path, line in read.facts.resources:
        name = read.package if package == OWN_NAME else package
        if name in view.index and view.may_mean(read.module, name):
            files = view.assets.below_package(name, path, view.index)
            yield FilesDemand(files, line, f"{name}:{path}")
            if files:
                yield ModuleDemand(name, line, name, is_used=False)


RULE = Rule("data.resource", lambda read: read.facts.resources, _visit)

"""Packages whose files others are told to open: `StaticFiles(packages=["shop"])`.

Evidence: Django 6.1 contrib/admin/sites.py names its own package to the catalogue of translations.
Not caught: words of packages that name first-party packages.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for package in (name for name in read.facts.served if view.may_mean(read.module, name)):
        files = view.assets.data_of_package(package, view.index)
        yield FilesDemand(files, 0, package)
        if files:
            yield ModuleDemand(package, 0, package, is_used=False)


RULE = Rule("data.served", lambda read: read.facts.served, _visit)

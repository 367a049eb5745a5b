"""A package whose modules are listed is used whole; one nobody can tell may be any that a string in the file names.

Evidence: scikit-learn 1.9 utils/discovery.py:95, Django 6.1 template/backends/django.py:172.
Not caught: a listing of all that can be imported, of which names are then chosen: `plugins.prefix`.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.templates import TOP_LEVEL, has_base
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.listed_packages:
        for package in _packages(view, read, fact.pattern) if fact.pattern != TOP_LEVEL else ():
            for name in view.index.below(package):
                yield ModuleDemand(name, fact.line, f"every module of {package}")


def _packages(view: View, read: ReadModule, pattern: str) -> list[str]:
    if has_base(pattern):
        folder = view.assets.folder_named_by(pattern, read.file, view.index)
        words = [folder.replace("/", ".")] if folder else []
    else:
        words = [fact.pattern for fact in read.facts.strings if "." in fact.pattern and fact.pattern in view.index]
    return [word for word in words if view.may_mean(read.module, word)]


RULE = Rule("calls.list-modules", lambda read: read.facts.listed_packages, _visit)

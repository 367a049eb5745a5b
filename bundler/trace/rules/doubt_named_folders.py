"""The data of a folder that a module of a package gives a name, which others import or take as its attribute.

Evidence: dbt-postgres 1.11 hands on `include_path=postgres.PACKAGE_PATH`, below which its macros lie
(adapters/postgres/__init__.py:13).
Not caught: names that nobody takes, and those of first-party code, whose data ships anyway.
"""

import re
from collections.abc import Collection, Iterator

from bundler.model.imports import EdgeKind
from bundler.system.files import read_site_file
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.openable import openable_below
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_ATTRIBUTE = re.compile(r"\.([A-Za-z_]\w*)")


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    attributes: frozenset[str] | None = None
    for imported in dict.fromkeys(read.imported_names()):
        module, _, name = imported.rpartition(".")
        yield from _taken_of(view, module, read, (name,))
        if imported in view.knowledge.path_names:
            attributes = _attributes_in(read) if attributes is None else attributes
            yield from _taken_of(view, imported, read, attributes)


def _taken_of(view: View, module: str, read: ReadModule, names: Collection[str]) -> Iterator[Demand]:
    holder = view.knowledge.path_names.get(module)
    if holder is None or holder is read or not view.ships_in_doubt(holder.file):
        return
    for name, template in holder.facts.path_names:
        if name in names:
            files = view.unsure(read.file, openable_below(view, template, holder.file))
            yield FilesDemand(files, 0, f"{module}.{name}", EdgeKind.DOUBT)


def _attributes_in(read: ReadModule) -> frozenset[str]:
    is_source = read.file.path.endswith(".py")
    text = read_site_file(read.file).decode(errors="replace") if is_source else ""
    return frozenset(_ATTRIBUTE.findall(text))


RULE = Rule("doubt.named-folder", lambda read: read.facts.imports, _visit)

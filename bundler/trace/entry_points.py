"""Which entry points a group that code reads may mean."""

import re
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, MetadataDemand, ModuleDemand
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

SCRIPT_GROUPS = frozenset({"console_scripts", "gui_scripts"})


def demand_group(view: View, read: ReadModule, fact: PatternFact) -> Iterator[Demand]:
    """Yield every entry point of a group, with the metadata that lists it."""
    for distribution in view.site.distributions:
        for group, name, value in distribution.entry_points if distribution.name not in view.external else ():
            module = re.split(r"[:\[]", value, maxsplit=1)[0].strip()
            # What nobody can load is better not listed either.
            if _is_meant(group, fact.pattern, read.file) and module in view.index:
                yield ModuleDemand(module, fact.line, f"{group}: {name}", EdgeKind.ENTRY_POINT)
                yield MetadataDemand(distribution, fact.line)


def _is_meant(group: str, pattern: str, reader: SiteFile) -> bool:
    """Tell whether a group is meant; one that only a run can tell may be any that bears the reader's name."""
    if pattern.strip("*"):
        return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), group) is not None
    if group in SCRIPT_GROUPS:
        return False
    plain = re.sub(r"[-_.]", "", group).lower()
    names = (reader.owner, reader.path.partition("/")[0])
    return reader.is_own or any(re.sub(r"[-_.]", "", name).lower() in plain for name in names)

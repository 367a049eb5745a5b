"""First-party packages that are given to whoever looks through them for modules: `scan(shop.views)`, `config.scan()`.

Many functions are called so: `table.scan()` reads a table. A call counts where something that ships defines a function
of its name and either lists packages that only a run can tell, or imports modules by names that only a run can tell.

Evidence: Pyramid 2.1 (`config.scan()`), which looks through the package that calls it.
Not caught: `table.scan()` of boto3, and a package that is given with a folder of data in it.
"""

from collections.abc import Hashable, Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.source_facts import ScanFact
from bundler.trace.facts.templates import OWN_NAME, OWN_PACKAGE
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _lookers(view: View, _read: ReadModule) -> Hashable:
    habits = view.knowledge.habits
    return view.knowledge.definitions.count, len(habits.list_folders_of_packages), len(habits.import_by_name)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.scanned:
        name = read.absolute(fact.pattern.replace(OWN_PACKAGE, read.package)) or ""
        module = view.index.find(name)
        is_meant = module is not None and module.is_package and (module.file is None or module.file.is_own)
        if is_meant and not _is_for_data(view, read, name, fact.line) and _is_looked_through(view, read, fact):
            for below in view.index.below(name):
                yield ModuleDemand(below, fact.line, f"every module of {name}")


def _is_looked_through(view: View, read: ReadModule, fact: ScanFact) -> bool:
    """Tell whether what a call may mean looks through packages; own code may hand on what it is given."""
    if view.has_unseen_listers:
        return True
    name = read.absolute(fact.function) if "." in fact.function else None
    owner = view.owner_of(name.partition(".")[0]) if name is not None else None
    if name is not None and owner not in view.own_owners:
        return owner is not None and _may_look(view, owner, fact)
    definitions = view.knowledge.definitions
    lookers = [owner for owner in definitions.owners if _may_look(view, owner, fact)]
    own = view.own_owners if lookers else ()
    return any(definitions.defines(owner, fact.function.rpartition(".")[2]) for owner in (*own, *lookers))


def _may_look(view: View, owner: str, fact: ScanFact) -> bool:
    habits = view.knowledge.habits
    return view.uses_any(owner, habits.list_folders_of_packages) or (fact.is_given and owner in habits.import_by_name)


def _is_for_data(view: View, read: ReadModule, package: str, line: int) -> bool:
    """Tell whether a call names a folder of data in the package as well: `PackageLoader("shop", "templates")`."""
    return any(
        (read.package if name == OWN_NAME else name, where) == (package, line)
        and f"{package}.{path}" not in view.index
        and view.assets.below_package(package, path, view.index)
        for name, path, where in read.facts.resources
    )


RULE = Rule("plugins.scan", lambda read: read.facts.scanned, _visit, _lookers)

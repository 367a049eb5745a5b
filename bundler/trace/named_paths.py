"""Find the path that another module gives a name: `sys.path.append(os.path.join(settings.PLUGINS, "common"))`."""

from bundler.model.wheels import SiteFile
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.source_facts import SourceFacts
from bundler.trace.facts.templates import FOLDER_END, PATH_NAMED
from bundler.trace.view import View

_DEEPEST = 4


def find_named_path(walk: View, package: str, template: str) -> tuple[str, SiteFile] | None:
    """Return the template that a module of the site gives the name in `template`, and that module's file.

    A name that the module itself imports, by a star too, is looked for where it comes from. `package` is what relative
    names start at. `None` where no module of the site gives the name a path.
    """
    dotted, _, tail = template.removeprefix(PATH_NAMED).partition(FOLDER_END)
    dotted = (absolute_name(dotted, package) or "") if dotted.startswith(".") else dotted
    module, _, name = dotted.rpartition(".")
    found = _find(walk, module, name, 0)
    return (f"{found[0]}{tail}", found[1]) if found is not None else None


def _find(walk: View, module: str, name: str, depth: int) -> tuple[str, SiteFile] | None:
    found = walk.index.find(module)
    if found is None or found.file is None or not found.file.path.endswith(".py") or depth > _DEEPEST:
        return None
    facts = walk.store.source(found.file)
    own = next((template for other, template in facts.path_names if other == name), None)
    if own is not None:
        return own, found.file
    package = found.name if found.is_package else found.name.rpartition(".")[0]
    origins = (_find(walk, origin, name, depth + 1) for origin in _origins(facts, package, name))
    return next(filter(None, origins), None)


def _origins(facts: SourceFacts, package: str, name: str) -> list[str]:
    """Return the modules that a file may import a name from."""
    return [
        (absolute_name("." * fact.level + fact.name, package) or "") if fact.level else fact.name
        for fact in facts.imports
        if not {name, "*"}.isdisjoint(fact.names)
    ]

"""Which modules a name, a glob or a mere string in a module may mean."""

import re
from collections.abc import Collection, Iterator

from bundler.trace.demand import ModuleDemand
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import OWN_NAME, OWN_PACKAGE, UNKNOWN
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_SHORTEST_TAIL = 3


def full_pattern(read: ReadModule, pattern: str) -> str:
    """Return a name or glob in full: the module's own name put in, and its dots resolved; empty for none."""
    name = pattern.replace(OWN_NAME, read.module.name).replace(OWN_PACKAGE, read.package)
    return read.absolute(name) or ""


def modules_matching(view: View, read: ReadModule, pattern: str) -> list[str]:
    """Return the modules that a full name or glob stands for; for a name, what of it is a module."""
    names = list(view.index.matching(pattern))
    if pattern.startswith("*") and "." in pattern and len(pattern.strip("*.")) >= _SHORTEST_TAIL:
        # `import_module(f"{app}.management.commands.{name}")`: the own code's, or the package's that asks.
        owners = view.own_owners | ({read.module.file.owner} if read.module.file is not None else set())
        names = sorted(view.index.owned_matching(pattern, owners))
    if not names and "*" not in pattern:
        module = view.index.longest_module(pattern)
        names = [module] if module is not None else []
    return names


def meant_by_words(view: View, read: ReadModule, words: Collection[PatternFact]) -> Iterator[ModuleDemand]:
    """Yield each module that one of some strings names: in full, from the package, or with an end put to it."""
    ends = [fact.pattern for fact in words if fact.pattern.startswith(".")]
    for fact in words:
        for name in _meant(view, read, fact.pattern):
            yield ModuleDemand(name, fact.line, fact.pattern)
        for name in (f"{fact.pattern}{end}" for end in ends):
            if name in view.index and view.may_mean(read.module, name):
                yield ModuleDemand(name, fact.line, name)


def _meant(view: View, read: ReadModule, text: str) -> Iterator[str]:
    package = read.package
    inside = f"{package}.{text}" if package else text
    for candidate in (read.absolute(text),) if text.startswith(".") else (inside, text):
        name = view.index.longest_module(candidate) if candidate and "." in candidate else candidate
        is_meant = name and name in view.index and name != package and _is_declared(view, read, name)
        if name and is_meant and view.may_mean(read.module, name):
            yield name


def _is_declared(view: View, read: ReadModule, name: str) -> bool:
    """Tell whether a package may mean a top-level module by a single word: its own, or one of what it declares."""
    file = read.module.file
    distribution = view.distributions.get(file.owner) if file is not None else None
    if "." in name or distribution is None:
        return True
    declared = {distribution.name, *distribution.requires, *distribution.optional}
    return len(declared) == 1 or view.owner_of(name) in declared


def of_template(view: View, read: ReadModule, template: str) -> list[str]:
    """Return the modules of the same distribution that a name which is put together may be; its end may be more."""
    package = template.partition(UNKNOWN)[0].rpartition(".")[0]
    if read.module.file is None or view.owner_of(package) != read.module.file.owner:
        return []
    # The last part may be an attribute.
    return list(view.index.matching(template)) or list(view.index.matching(template.rpartition(".")[0]))


def dotted_words(read: ReadModule) -> list[PatternFact]:
    """Return the dotted strings of a module that count for more than one exported name, and names put together."""
    deferred = frozenset(read.facts.deferred)
    strings = (fact for fact in read.facts.strings if fact.pattern not in deferred)
    words = [fact for fact in strings if "." in fact.pattern.strip(".")]
    return [*words, *(PatternFact(template, 0) for template in read.facts.templates)]


def name_after(module: str, text: str) -> str | None:
    """Return the attribute of a module that a dotted name goes on with: `c` of `a.b` in `a.b.c.d` and `a.b:c`."""
    rest = text.removeprefix(module)
    return re.split(r"[.:]", rest[1:], maxsplit=1)[0] if rest != text and rest[:1] in {".", ":"} else None


def name_in_string(module: str, text: str) -> str | None:
    """Return the same for a string, which may leave out what it is relative to: `b.c` or `.b.c` of `a.b`."""
    text = text.lstrip(".")
    if f".{module}".endswith(f".{text}"):
        return None
    parts = re.split(r"[.:]", text)
    for end in range(len(parts) - 1, 0, -1):
        if f".{module}".endswith(f".{'.'.join(parts[:end])}"):
            return parts[end]
    return None

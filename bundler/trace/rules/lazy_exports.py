"""What lazy modules export, only where something that ships asks for it by its name.

A name is asked for by `from module import name`, by an attribute of what an import binds to the module, or by a dotted
string. A module that is handed on whole, or is named where nobody can say what for, is followed whole.

Evidence: pydantic 2.14 __init__.py:76, langchain-core 1.7 documents/__init__.py:41, imageio 2.38 plugins/__init__.py.
Not caught: exports that nobody asks for, which is the point of it.
"""

from collections.abc import Collection, Iterator

from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.packed_strings import SHORTEST_WORD
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.knowledge import Mention
from bundler.trace.read_module import ReadModule
from bundler.trace.rules.calls_says_import import demand_named
from bundler.trace.view import View
from bundler.trace.words import full_pattern, meant_by_words, modules_matching, name_after, name_in_string

_ASKS_FOR_ANY = "__getattr__"


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    facts, asked = read.facts, _names_asked(view, read)
    if asked is None:
        yield from meant_by_words(view, read, facts.strings)
        for template in facts.export_templates:
            pattern = full_pattern(read, template.pattern)
            yield from (ModuleDemand(name, template.line, pattern) for name in modules_matching(view, read, pattern))
        return
    always = [PatternFact(fact.text, fact.line) for fact in facts.exports if not fact.name]
    for name in sorted(asked):
        texts = [PatternFact(fact.text, fact.line) for fact in facts.exports if fact.name == name]
        yield from _named_by(view, read, [PatternFact(name, 0), *texts, *always])


def _named_by(view: View, read: ReadModule, texts: Collection[PatternFact]) -> Iterator[Demand]:
    yield from meant_by_words(view, read, texts)
    for template in read.facts.export_templates:
        filled = (template._replace(pattern=template.pattern.replace("*", text.pattern)) for text in texts)
        yield from demand_named(view, read, filled)


# ---- who asks for what


def _names_asked(view: View, read: ReadModule) -> frozenset[str] | None:
    """Return the names that anything asks of a module, `None` when it may be any."""
    module = read.module.name
    if view.function is None or view.is_handler(module):
        # Who uses a layer is not seen here.
        return None
    below = f"{module}."
    bound = (name for name in view.knowledge.bindings.names if name.startswith(below))
    imported = {name.removeprefix(below).partition(".")[0] for name in bound}
    named = _names_in_strings(view, read)
    used = _names_used(view, module) if named is not None and "*" not in imported | named else None
    if named is None or used is None:
        return None
    asked = imported | named | used
    return None if _ASKS_FOR_ANY in asked else frozenset(asked)


def _names_in_strings(view: View, read: ReadModule) -> set[str] | None:
    asked: set[str] = set()
    for mention in view.knowledge.mentions.get(read.module.name, ()):
        names = _names_in_mention(view, read, mention)
        if names is None:
            return None
        asked |= names
    return asked


def _names_in_mention(view: View, read: ReadModule, mention: Mention) -> set[str] | None:
    module = read.module.name
    name = name_in_string(module, mention.text)
    if name is not None:
        return {name}
    origin = view.index.find(mention.source)
    if origin is not None and origin.is_extension and origin.file is not None:
        return _names_in_extension(view, read, origin.file)
    return set() if _is_attribute_of(view, mention, module) else None


def _names_in_extension(view: View, read: ReadModule, extension: SiteFile) -> set[str] | None:
    """Return the names of a module that an extension's text holds: it asks for attributes by strings."""
    facts = view.store.binary(extension)
    if facts.is_opaque:
        return None
    exported = {fact.name for fact in read.facts.exports if fact.name}
    exported.update(name.rpartition(".")[2] for name in view.index.children(read.module.name))
    whole = exported.intersection(part for word in facts.words for part in word.split("."))
    text = "\n".join((*facts.words, facts.packed)) if facts.runs_together else ""
    return whole | {name for name in exported if len(name) >= SHORTEST_WORD and name in text}


def _is_attribute_of(view: View, mention: Mention, module: str) -> bool:
    """Tell whether a module is named as an attribute of a lazy one above it: what uses that is seen as its own."""
    lazy = view.knowledge.lazy.get(mention.source)
    if lazy is None:
        return False
    below = f"{mention.source}."
    names = {fact.name for fact in lazy.facts.exports if fact.text == mention.text}
    return (names or {mention.text.removeprefix(below)}) == {module.removeprefix(below)}


def _names_used(view: View, module: str) -> set[str] | None:
    """Return the attributes that files use of a module, by whatever names they have it; `None` for any."""
    bindings = view.knowledge.bindings
    asked: set[str] = set()
    paths = [module]
    for path in paths:
        is_shared = path != module
        for user in bindings.users_of(path, is_shared=is_shared):
            uses = bindings.uses_of(user)
            if uses is None:
                return None
            chains, binds = uses
            if path in chains or (not is_shared and any(module.startswith(f"{chain}.") for chain in chains)):
                return None
            asked.update(name for chain in chains if (name := name_after(path, chain)) is not None)
            shared = [alias for alias, imported in binds if imported == path]
            if any(bindings.is_star_shared(user, alias) for alias in shared):
                return None
            # What an import binds may be imported from where that stands: `from .compat import numpy`.
            paths.extend(new for alias in shared if (new := f"{user.module.name}.{alias}") not in paths)
    return asked


RULE = Rule("lazy.exports", lambda read: read.facts.is_closed, _visit, _names_asked)

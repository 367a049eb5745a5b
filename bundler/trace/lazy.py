"""Follow what lazy modules export only where something that ships asks for it by its name."""

import re

from bundler.model.wheels import SiteFile
from bundler.trace.dynamic import NamedModules
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.knowledge.bindings import Bindings
from bundler.trace.native import SHORTEST_WORD
from bundler.trace.read_module import ReadModule

_ASKS_FOR_ANY = "__getattr__"


class LazyExports:
    """Lazy modules whose exports are known by name, and all that may ask them for one.

    A name is asked for by `from module import name`, by an attribute of what an import binds to the module, or by a
    dotted string. A module that is handed on whole, or is named where nobody can say what for, is followed whole.
    """

    def __init__(self, walk: Follower, named: NamedModules, bindings: Bindings) -> None:
        self._walk = walk
        self._named = named
        self._bindings = bindings
        self._lazy: dict[str, ReadModule] = {}
        self._is_all_asked = False
        self._whole: set[str] = set()
        self._followed: dict[str, set[str]] = {}

    def note(self, read: ReadModule) -> None:
        """Remember a module that is lazy."""
        if read.facts.is_closed:
            self._lazy[read.module.name] = read

    def ask_for_all(self) -> None:
        """Follow everything from now on: who uses it is out of sight."""
        self._is_all_asked = True

    def settle(self) -> None:
        """Follow what is asked for by now."""
        if not self._lazy:
            return
        for name in [name for name in self._lazy if name not in self._whole]:
            found, _, facts = self._lazy[name]
            asked = None if self._is_all_asked else self._names_asked(name)
            if asked is None:
                self._whole.add(name)
                self._follow_whole(found, facts)
            else:
                followed = self._followed.setdefault(name, set())
                self._follow_names(found, facts, asked - followed)
                followed |= asked

    # ---- who asks for what

    def _names_asked(self, module: str) -> set[str] | None:
        """Return the names that anything asks of a module, `None` when it may be any."""
        below = f"{module}."
        bound = (name for name in self._bindings.names if name.startswith(below))
        imported = {name.removeprefix(below).partition(".")[0] for name in bound}
        named = self._names_in_strings(module)
        used = self._names_used(module) if named is not None and "*" not in imported | named else None
        if named is None or used is None:
            return None
        asked = imported | named | used
        return None if _ASKS_FOR_ANY in asked else asked

    def _names_in_strings(self, module: str) -> set[str] | None:
        if self._walk.is_handler(module):
            return None
        asked: set[str] = set()
        for source, text, _ in self._walk.knowledge.mentions.get(module, ()):
            name = name_in_string(module, text)
            origin = self._walk.index.find(source)
            if name is not None:
                asked.add(name)
            elif origin is not None and origin.is_extension and origin.file is not None:
                held = self._names_in_extension(origin.file, module)
                if held is None:
                    return None
                asked |= held
            elif not self._is_attribute_of(source, module, text):
                return None
        return asked

    def _names_in_extension(self, extension: SiteFile, module: str) -> set[str] | None:
        """Return the names of a module that an extension's text holds: it asks for attributes by strings."""
        facts = self._walk.store.binary(extension)
        if facts.is_opaque:
            return None
        exported = {fact.name for fact in self._lazy[module][2].exports if fact.name}
        exported.update(name.rpartition(".")[2] for name in self._walk.index.children(module))
        whole = exported.intersection(part for word in facts.words for part in word.split("."))
        text = "\n".join((*facts.words, facts.packed)) if facts.runs_together else ""
        return whole | {name for name in exported if len(name) >= SHORTEST_WORD and name in text}

    def _is_attribute_of(self, source: str, module: str, text: str) -> bool:
        """Tell whether a module is named as an attribute of a lazy one above it: what uses that is seen as its own."""
        if source not in self._lazy:
            return False
        below = f"{source}."
        names = {fact.name for fact in self._lazy[source][2].exports if fact.text == text}
        return (names or {text.removeprefix(below)}) == {module.removeprefix(below)}

    def _names_used(self, module: str) -> set[str] | None:
        """Return the attributes that files use of a module, by whatever names they have it; `None` for any."""
        asked: set[str] = set()
        paths = [module]
        for path in paths:
            is_shared = path != module
            for user in self._bindings.users_of(path, is_shared=is_shared):
                uses = self._bindings.uses_of(user)
                if uses is None:
                    return None
                chains, binds = uses
                if path in chains or (not is_shared and any(module.startswith(f"{chain}.") for chain in chains)):
                    return None
                asked.update(name for chain in chains if (name := name_after(path, chain)) is not None)
                shared = [alias for alias, imported in binds if imported == path]
                if any(self._bindings.is_star_shared(user, alias) for alias in shared):
                    return None
                # What an import binds may be imported from where that stands: `from .compat import numpy`.
                paths.extend(new for alias in shared if (new := f"{user[0].name}.{alias}") not in paths)
        return asked

    # ---- following

    def _follow_names(self, found: FoundModule, facts: SourceFacts, names: set[str]) -> None:
        always = [PatternFact(fact.text, fact.line) for fact in facts.exports if not fact.name]
        for name in sorted(names):
            texts = [PatternFact(fact.text, fact.line) for fact in facts.exports if fact.name == name]
            self._follow_texts(found, facts, [PatternFact(name, 0), *texts, *always])

    def _follow_texts(self, found: FoundModule, facts: SourceFacts, texts: list[PatternFact]) -> None:
        self._named.follow_words(found, texts, "lazy.exports")
        for template in facts.export_templates:
            for text in texts:
                fact = template._replace(pattern=template.pattern.replace("*", text.pattern))
                self._named.follow_said(found, fact, "lazy.exports")

    def _follow_whole(self, found: FoundModule, facts: SourceFacts) -> None:
        self._named.follow_strings(found, facts, "lazy.exports")
        for template in facts.export_templates:
            self._named.follow_pattern(found, template, "lazy.exports")


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

"""Follow modules that code names in strings: arguments of `import_module`, lazy exports, variables."""

import re
from collections.abc import Collection
from functools import cached_property

from bundler.model.imports import EdgeKind, TraceWarning
from bundler.model.project import NamedCode
from bundler.model.wheels import SiteFile
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.evaluate import OWN_NAME, OWN_PACKAGE, TOP_LEVEL, UNKNOWN, has_base
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason

_SHORTEST_TAIL = 3
_PROJECT_FILES = ("/pyproject.toml", "/setup.py")
_ENDING = re.compile(r"\*(\w{2,})")
_CLASS_BELOW = re.compile(r"[.:][A-Z]\w*")


class NamedModules:
    """Modules named in strings."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._loaders: set[str] = set()
        """Distributions that import modules by names only a run can tell: dotted strings in them count."""
        self._listers: set[str] = set()
        """Distributions that list packages only a run can tell: packages that strings in them name count whole."""
        self._words: dict[str, list[tuple[FoundModule, PatternFact]]] = {}
        """Dotted strings of each distribution, for when it turns out to be one of these."""
        self._endings: dict[str, set[str]] = {}
        """What each distribution puts to names before it imports them: `import_module(name + "_py")`."""

    def follow(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """Follow every string of a module that may name another."""
        for fact in facts.dynamic:
            self.follow_pattern(found, fact, "calls.import-module")
        for fact in facts.said:
            self.follow_said(found, fact, "calls.says-import")
        for fact in facts.announced:
            self.follow_said(found, fact, "calls.says-import", is_announced=True)
        for fact in facts.walks:
            self._follow_listing(found, file, fact, facts)
        if facts.is_lazy and not facts.is_closed:
            self.follow_strings(found, facts, "lazy.strings")
        if file.is_own and facts.imports_unknown:
            message = (
                "imports a module that only a run can tell: the modules that strings in it name ship, "
                "`include-modules` adds others"
            )
            self._walk.warnings.append(TraceWarning(source=file.path, line=facts.imports_unknown, message=message))
        if file.is_own:
            self._follow_strings_of_own(found, facts)
        else:
            for folder in facts.folders:
                self.follow_folder(file, folder, 0, "scripts.folder-parameter")
            self._follow_dotted(found, file.owner, facts)

    def _follow_strings_of_own(self, found: FoundModule, facts: SourceFacts) -> None:
        for fact in facts.strings:
            self._follow_own(found, fact)
        for fact in facts.listed:
            self._follow_listed(found, fact)
        for template in facts.templates:
            # One dot may as well be in the name of a logger or of an event.
            if "." in template.partition(UNKNOWN)[0].rstrip("."):
                self._follow_template(found, PatternFact(template, 0), "first-party.templates")

    def follow_strings(self, found: FoundModule, facts: SourceFacts, rule: str) -> None:
        """Follow every string of a module that names another."""
        self.follow_words(found, facts.strings, rule)

    def follow_words(self, found: FoundModule, words: Collection[PatternFact], rule: str) -> None:
        """Follow each of some strings that names a module: in full, from the package, or with an end put to it."""
        ends = [fact.pattern for fact in words if fact.pattern.startswith(".")]
        for fact in words:
            self._follow_lazy(found, fact, rule)
            for name in (f"{fact.pattern}{end}" for end in ends):
                if name in self._walk.index and self._walk.may_mean(found, name):
                    self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, name, rule))

    def follow_variable(self, found: FoundModule, named: NamedCode) -> None:
        """Follow what a function's variable names: its real handler, settings, plugins or a folder of scripts."""
        name = self._walk.index.longest_module(named.name)
        if name is not None and name != found.name:
            self._walk.follow(
                found, name, Reason(EdgeKind.DYNAMIC, 0, f"{named.variable}: {named.name}", "settings.variable")
            )
        module = self._walk.index.find(named.name)
        if module is not None and module.is_package and (module.file is None or module.file.is_own):
            # What of a package is wanted, the event may say.
            for below in self._walk.index.below(named.name):
                reason = Reason(EdgeKind.DYNAMIC, 0, f"{named.variable}: every module of it", "settings.variable")
                self._walk.follow(found, below, reason)
        if found.file is not None:
            self.follow_folder(found.file, named.name.replace(".", "/"), 0, "settings.variable")

    def follow_folder(self, file: SiteFile, path: str, line: int, rule: str) -> None:
        """A folder of Python files that is no package, named as a path, holds scripts: migrations, for one."""
        parts = path.strip("./").split("/")
        # A prefix may stand for the project's own folder: `%(here)s/migrations`.
        names = ("/".join(parts[start:]) for start in range(len(parts)))
        scripts = next((files for name in names if (files := self._script_folders.get(name))), None)
        if scripts:
            self._walk.add_files(file, scripts, Reason(EdgeKind.DATA, line, path, rule))

    @cached_property
    def _script_folders(self) -> dict[str, list[SiteFile]]:
        """Own folders that are no packages and hold no handler, with the Python files below them."""
        files = self._walk.site.files
        # A folder with a project of its own is a member of the workspace, and comes as a package where it is wanted.
        projects = tuple(f"{path.rpartition('/')[0]}/" for path in files if path.endswith(_PROJECT_FILES))
        folders: dict[str, list[SiteFile]] = {}
        for path, file in files.items():
            if file.is_own and path.endswith(".py") and not path.startswith(projects):
                parts = path.split("/")[:-1]
                for depth in range(1, len(parts) + 1):
                    folders.setdefault("/".join(parts[:depth]), []).append(file)
        handlers = self._walk.handler_paths
        return {
            folder: found
            for folder, found in folders.items()
            if f"{folder}/__init__.py" not in files and not any(path.startswith(f"{folder}/") for path in handlers)
        }

    def follow_pattern(self, found: FoundModule, fact: PatternFact, rule: str) -> None:
        """Follow every module that a name or glob, which is imported, stands for."""
        pattern = self._absolute(found, fact)
        for name in self._matching(found, pattern):
            self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, pattern, rule))

    def follow_said(self, found: FoundModule, fact: PatternFact, rule: str, *, is_announced: bool = False) -> None:
        """Follow every module that a name or glob may stand for.

        A module that announces a package which it lies in asks nothing of it.
        """
        pattern = self._absolute(found, fact)
        for name in self._matching(found, pattern):
            if self._walk.may_mean(found, name):
                is_used = not (is_announced and found.name.startswith(f"{name}."))
                self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, pattern, rule), is_used=is_used)

    @staticmethod
    def _absolute(found: FoundModule, fact: PatternFact) -> str:
        package = found.package
        pattern = fact.pattern.replace(OWN_NAME, found.name).replace(OWN_PACKAGE, package)
        return (absolute_name(pattern, package) or "") if pattern.startswith(".") else pattern

    def _matching(self, found: FoundModule, pattern: str) -> list[str]:
        names = list(self._walk.index.matching(pattern))
        if pattern.startswith("*") and "." in pattern and len(pattern.strip("*.")) >= _SHORTEST_TAIL:
            # `import_module(f"{app}.management.commands.{name}")`: the own code's, or the package's that asks.
            owners = self._walk.own_owners | ({found.file.owner} if found.file is not None else set())
            names = sorted(self._walk.index.owned_matching(pattern, owners))
        if not names and "*" not in pattern:
            module = self._walk.index.longest_module(pattern)
            names = [module] if module is not None else []
        return names

    def _follow_listing(self, found: FoundModule, file: SiteFile, fact: PatternFact, facts: SourceFacts) -> None:
        """A package whose modules are listed is used whole; one nobody can tell may be any that a string here names."""
        index = self._walk.index
        if fact.pattern == TOP_LEVEL:
            return
        if has_base(fact.pattern):
            folder = self._walk.assets.folder_named_by(fact.pattern, file, index)
            packages = [folder.replace("/", ".")] if folder else []
        else:
            words = (word.pattern for word in facts.strings if "." in word.pattern and word.pattern in index)
            packages = [word for word in words if self._walk.may_mean(found, word)]
        for package in packages:
            for name in index.below(package):
                self._walk.follow(
                    found, name, Reason(EdgeKind.DYNAMIC, fact.line, f"every module of {package}", "calls.list-modules")
                )

    def _follow_lazy(self, found: FoundModule, fact: PatternFact, rule: str) -> None:
        package = found.package
        text = fact.pattern
        if text.startswith("."):
            candidates = [absolute_name(text, package)]
        else:
            candidates = [f"{package}.{text}" if package else text, text]
        for candidate in candidates:
            name = self._walk.index.longest_module(candidate) if candidate and "." in candidate else candidate
            is_meant = name and name in self._walk.index and name != package and self._is_declared(found, name)
            if name and is_meant and self._walk.may_mean(found, name):
                self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, text, rule))

    def _is_declared(self, found: FoundModule, name: str) -> bool:
        """Tell whether a package may mean a top-level module by a single word: its own, or one of what it declares."""
        distribution = self._walk.distributions.get(found.file.owner) if found.file is not None else None
        if "." in name or distribution is None:
            return True
        declared = {distribution.name, *distribution.requires, *distribution.optional}
        return len(declared) == 1 or self._walk.owner_of(name) in declared

    def _follow_own(self, found: FoundModule, fact: PatternFact) -> None:
        """Settings name modules, and things inside them, by dotted strings, and folders of scripts by paths."""
        text = fact.pattern
        if found.file is not None:
            self.follow_folder(found.file, text, fact.line, "first-party.strings")
        is_name = not text.startswith(".") and ("." in text or ":" in text)
        name = self._walk.index.longest_module(text) if is_name else None
        if name is not None and name != found.name:
            self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, text, "first-party.strings"))

    def _follow_listed(self, found: FoundModule, fact: PatternFact) -> None:
        """Settings list packages to install, of which a framework then loads any part: such a package is used whole."""
        module = self._walk.index.find(fact.pattern)
        if module is not None and module.name != found.name:
            for name in (module.name, *self._walk.index.below(module.name)):
                self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, fact.pattern, "first-party.lists"))
            if module.is_package and found.file is not None:
                # Templates, translations and static files too are looked for in every package that is listed.
                data = self._walk.assets.data_of_package(module.name, self._walk.index)
                self._walk.add_files(
                    found.file, data, Reason(EdgeKind.DATA, fact.line, fact.pattern, "first-party.lists")
                )

    def _follow_dotted(self, found: FoundModule, owner: str, facts: SourceFacts) -> None:
        """Dotted strings count in distributions that import by name somewhere: the two meet at run time."""
        deferred = frozenset(facts.deferred)
        strings = (fact for fact in facts.strings if fact.pattern not in deferred)
        new = [(found, fact) for fact in strings if "." in fact.pattern.strip(".")]
        new.extend((found, PatternFact(template, 0)) for template in facts.templates)
        known = self._words.setdefault(owner, [])
        known.extend(new)
        self._follow_endings(owner, facts, new)
        sets = (self._loaders, self._listers)
        loads = bool(facts.imports_unknown) or facts.sets_up_logging
        signs = (loads, any(fact.pattern == UNKNOWN for fact in facts.walks))
        is_changed = any(sign and owner not in owners for sign, owners in zip(signs, sets, strict=True))
        for sign, owners in zip(signs, sets, strict=True):
            if sign:
                owners.add(owner)
        if owner in self._loaders | self._listers:
            for module, fact in known if is_changed else new:
                self._follow_dotted_word(module, fact, is_lister=owner in self._listers)
        self._follow_told(owner, new, self._loaders)
        if loads and is_changed:
            for user, words in self._words.items():
                self._follow_told(user, words, {owner})

    def _follow_told(self, owner: str, words: list[tuple[FoundModule, PatternFact]], loaders: set[str]) -> None:
        """A package tells one that loads by name, which it requires, what to load of that one's own.

        Classes by their full names may be its own as well, or those of anything that it requires.
        """
        distribution = self._walk.distributions.get(owner)
        requires = distribution.requires if distribution is not None else ()
        told = loaders.intersection(requires)
        for module, fact in words if told else ():
            name = self._walk.index.longest_module(fact.pattern)
            if name is None:
                continue
            is_class = _CLASS_BELOW.fullmatch(fact.pattern.removeprefix(name)) is not None
            owners = {owner, *requires} if is_class else told
            if self._walk.owner_of(name) in owners:
                self._walk.follow(module, name, Reason(EdgeKind.DYNAMIC, fact.line, fact.pattern, "loaders.told"))

    def _follow_endings(self, owner: str, facts: SourceFacts, new: list[tuple[FoundModule, PatternFact]]) -> None:
        """A dotted string may be a module's name but for an ending that the same distribution puts to it elsewhere."""
        known = self._endings.setdefault(owner, set())
        added = {match[1] for fact in facts.dynamic if (match := _ENDING.fullmatch(fact.pattern))} - known
        known |= added
        pairs = [(word, ending) for word in self._words[owner] for ending in added]
        pairs += [(word, ending) for word in new for ending in known - added]
        for (module, fact), ending in pairs:
            name = f"{fact.pattern}{ending}"
            if name in self._walk.index and self._walk.may_mean(module, name):
                self._walk.follow(module, name, Reason(EdgeKind.DYNAMIC, fact.line, name, "loaders.endings"))

    def _follow_dotted_word(self, found: FoundModule, fact: PatternFact, *, is_lister: bool) -> None:
        if UNKNOWN in fact.pattern:
            self._follow_template(found, fact, "loaders.strings")
            return
        name = self._walk.index.longest_module(fact.pattern)
        if name is not None and self._walk.may_mean(found, name):
            reason = Reason(EdgeKind.DYNAMIC, fact.line, fact.pattern, "loaders.strings")
            self._walk.follow(found, name, reason)
            for below in self._walk.index.below(name) if is_lister and name == fact.pattern else ():
                self._walk.follow(found, below, reason)

    def _follow_template(self, found: FoundModule, fact: PatternFact, rule: str) -> None:
        """A name of the same distribution that is put together in one place may be imported in another."""
        index = self._walk.index
        package = fact.pattern.partition(UNKNOWN)[0].rpartition(".")[0]
        if found.file is None or self._walk.owner_of(package) != found.file.owner:
            return
        # The last part may be an attribute.
        names = list(index.matching(fact.pattern)) or list(index.matching(fact.pattern.rpartition(".")[0]))
        for name in names:
            self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, fact.line, fact.pattern, rule))

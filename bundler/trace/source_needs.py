"""Find the modules whose source ships beside their bytecode: code that ships reads it, or looks for `.py` files."""

from collections.abc import Iterable

from bundler.model.imports import SourceNeed
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.handed import Handed
from bundler.trace.facts.sources import CALLERS
from bundler.trace.facts.templates import OWN_NAME, UNKNOWN
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_READS = "reads source"
_MOST_STEPS = 8


class SourceNeeds:
    """Who reads the source of what, among the files that were reached."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._users: dict[str, ReadModule] = {}
        self._handed: dict[str, tuple[Handed, ...]] = {}
        self._needs: dict[str, dict[str, SourceNeed]] = {}

    def note(self, user: ReadModule) -> None:
        """Remember a module."""
        self._users[user[1].path] = user

    def add(self, path: str, reader: str, line: int, why: str) -> None:
        """Note that one file is to keep its source where another one ships; the first reason stays."""
        self._needs.setdefault(path, {}).setdefault(reader, SourceNeed(reader=reader, line=line, why=why))

    def found(self) -> dict[str, tuple[SourceNeed, ...]]:
        """Return the needs of each file, once all files are noted."""
        for user in self._users.values():
            _, file, facts = user
            if facts.finds_itself:
                self.add(file.path, file.path, 0, "finds its own file")
            for fact in facts.sources_read:
                for path in self._named(user, fact.pattern):
                    self.add(path, file.path, fact.line, _READS)
            if facts.reads_source:
                self._add_handed_to(user)
        return {path: tuple(needs.values()) for path, needs in self._needs.items()}

    # ---- what is named

    def _named(self, user: ReadModule, pattern: str) -> Iterable[str]:
        """Return the files of a thing that is read by its name: all of its distribution, but of its own this one."""
        found, file, _ = user
        if pattern == OWN_NAME:
            return [file.path]
        if pattern == CALLERS:
            return [
                path
                for path, other in self._users.items()
                if other is not user and self._uses_module(other, found.name)
            ]
        name = self._absolute(user, pattern)
        module = self._module_of(name)
        owner = self._view.owner_of(module) if module else None
        if owner is None or owner == file.owner:
            return self._defining(name)
        return [path for path, (_, other, _) in self._users.items() if other.owner == owner]

    def _uses_module(self, user: ReadModule, module: str) -> bool:
        return any(name == module or name.startswith(f"{module}.") for name in user.imported_names())

    def _absolute(self, user: ReadModule, dotted: str) -> str:
        found = user[0]
        if dotted.startswith(OWN_NAME):
            return dotted.replace(OWN_NAME, found.name, 1)
        return (absolute_name(dotted, found.package) or "") if dotted.startswith(".") else dotted

    def _module_of(self, dotted: str) -> str:
        """Return the module that a dotted name starts with."""
        while dotted and dotted not in self._view.index:
            dotted = dotted.rpartition(".")[0]
        return dotted

    def _owner_of(self, dotted: str) -> str | None:
        module = self._module_of(dotted)
        return self._view.owner_of(module) if module else None

    def _defining(self, dotted: str) -> list[str]:
        """Return the file that a thing is defined in, its name followed through the modules that import it."""
        for _ in range(_MOST_STEPS):
            module = self._view.index.find(self._module_of(dotted))
            if module is None or module.file is None or module.file.path not in self._users:
                return []
            user = self._users[module.file.path]
            name = dotted.removeprefix(f"{module.name}.").partition(".")[0]
            origin = next(
                (other for other in user.imported_names() if other.endswith(f".{name}") and other != dotted), None
            )
            if dotted == module.name or origin is None:
                return [module.file.path]
            dotted = origin
        return []

    # ---- what is handed to a reader

    def _add_handed_to(self, reader: ReadModule) -> None:
        """What is handed to a reader of things nobody can tell, or is derived from or decorated by it, may be read.

        Own code keeps its source in any case. Inside of the reader's distribution only what is handed to the very
        functions and classes that read counts, outside whatever is handed to it.
        """
        found, file, facts = reader
        inside = {f"{found.name}.{name}" for name in facts.source_readers}
        heirs: set[tuple[str, str]] = set()
        for user in self._users.values():
            other = user[1]
            if other.owner == file.owner:
                takes_part = other is file or bool(self._readers_in(user, reader))
            else:
                takes_part = any(self._owner_of(name) == file.owner for name in user.imported_names())
            if takes_part:
                for handed in self._handed_by(user):
                    if any(self._is_taken(user, reader, to, inside) for to in handed.to):
                        self._take(user, reader, handed, heirs)
        self._add_heirs(reader, heirs)

    def _readers_in(self, user: ReadModule, reader: ReadModule) -> list[str]:
        """Return the names of a reader, or of its module, that another module of its distribution imports."""
        found, _, facts = reader
        ends = {*facts.source_readers, found.name.rpartition(".")[2]}
        return [name for name in user.imported_names() if name.rpartition(".")[2] in ends]

    def _is_taken(self, user: ReadModule, reader: ReadModule, to: str, inside: set[str]) -> bool:
        if to == UNKNOWN:
            return True
        name = self._absolute(user, to)
        _, file, facts = reader
        if user[1].owner != file.owner:
            return self._owner_of(name) == file.owner
        is_named = name.rpartition(".")[2] in facts.source_readers or name in inside
        return is_named and self._owner_of(name) == file.owner

    def _take(self, user: ReadModule, reader: ReadModule, handed: Handed, heirs: set[tuple[str, str]]) -> None:
        _, file, facts = reader
        for given in handed.given:
            name = self._absolute(user, given)
            # A package's own things are meant; own code may give those of any package but the reader's.
            owner = self._owner_of(name)
            is_meant = owner != file.owner if user[1].is_own else owner == user[1].owner
            for path in self._defining(name) if is_meant else ():
                self.add(path, file.path, facts.reads_source, _READS)
        if handed.name and not user[1].is_own:
            heirs.add((user[1].owner, handed.name))

    def _add_heirs(self, reader: ReadModule, heirs: set[tuple[str, str]]) -> None:
        """Follow classes that are derived from derived ones, by their names."""
        known: set[tuple[str, str]] = set()
        while new := heirs - known:
            known |= new
            names = {name for _, name in new}
            for user in self._users.values():
                imported = list(user.imported_names())
                if not any(self._is_heir(name, new) for name in imported) and user[1].owner not in {o for o, _ in new}:
                    continue
                for handed in self._handed_by(user) if self._may_derive(user, imported, names) else ():
                    if handed.name and any(self._is_heir(self._absolute(user, to), new) for to in handed.to):
                        self._take(user, reader, handed, heirs)

    def _may_derive(self, user: ReadModule, imported: list[str], names: set[str]) -> bool:
        return user[1].path in self._handed or any(name.rpartition(".")[2] in names for name in imported)

    def _is_heir(self, dotted: str, heirs: set[tuple[str, str]]) -> bool:
        return (self._owner_of(dotted) or "", dotted.rpartition(".")[2]) in heirs

    def _handed_by(self, user: ReadModule) -> tuple[Handed, ...]:
        file = user[1]
        if file.path not in self._handed:
            self._handed[file.path] = self._view.store.handed(file) if file.path.endswith(".py") else ()
        return self._handed[file.path]

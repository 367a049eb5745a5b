"""Know which files bind a module or something in it to a name, and what each of them uses of it."""

from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.store import FactsStore
from bundler.trace.facts.uses import FileUses
from bundler.trace.read_module import ReadModule

Uses = tuple[set[str], list[tuple[str, str]]]
"""The dotted names that a file uses, and the names that other modules can take from it with what each stands for."""


class Bindings:
    """What the import statements of all files that were reached bind."""

    def __init__(self, store: FactsStore) -> None:
        self._store = store
        self._new: list[ReadModule] = []
        self._uses: dict[str, Uses | None] = {}
        self._binders: dict[str, list[ReadModule]] = {}

    def learn(self, user: ReadModule) -> None:
        """Remember a file."""
        self._new.append(user)

    @property
    def names(self) -> dict[str, list[ReadModule]]:
        """What import statements may bind, by its dotted name → the files that they stand in."""
        new, self._new = self._new, []
        for user in new:
            self._add(user)
        return self._binders

    def _add(self, user: ReadModule) -> None:
        for fact in user.facts.imports:
            base = user.imported_module(fact)
            if base is None:
                continue
            if fact.names:
                names = {f"{base}.{name}" for name in fact.names}
            else:
                parts = base.split(".")
                names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
            for name in names:
                self._binders.setdefault(name, []).append(user)

    def users_of(self, path: str, *, is_shared: bool) -> list[ReadModule]:
        """Return the files that may bind a dotted name, or what it is an attribute of.

        `is_shared` when the name was bound by an import itself: then only the module that did so has it.
        """
        parts = path.split(".")
        first = len(parts) - 1 if is_shared else 1
        names = (".".join(parts[:end]) for end in range(max(first, 1), len(parts) + 1))
        return list({user.file.path: user for name in names for user in self.names.get(name, ())}.values())

    def uses_of(self, user: ReadModule) -> Uses | None:
        """Return what a file uses of what it imports, relative names resolved; `None` where that cannot be read."""
        file = user.file
        if file.path not in self._uses:
            uses = self._store.uses(file) if file.path.endswith(".py") else None
            self._uses[file.path] = None if uses is None else _resolve(uses, user.package)
        return self._uses[file.path]

    def is_star_shared(self, user: ReadModule, alias: str) -> bool:
        """Tell whether a star brings a name of a file to others, which may then have it under any name."""
        exported = user.facts.exported
        return f"{user.module.name}.*" in self.names and (not exported or alias in exported)


def _resolve(uses: FileUses, package: str) -> Uses:
    chains = {f"{_absolute(imported, package)}.{names}".rstrip(".") for imported, names in uses.chains}
    return chains, [(alias, _absolute(imported, package)) for alias, imported in uses.shared]


def _absolute(imported: str, package: str) -> str:
    return (absolute_name(imported, package) or imported) if imported.startswith(".") else imported

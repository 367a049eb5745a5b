"""Know which functions of each distribution list a folder that only their callers can tell."""

from bundler.trace.facts.store import FactsStore
from bundler.trace.read_module import ReadModule


class FolderListers:
    """Such functions by distribution, and the modules that they stand in."""

    def __init__(self, store: FactsStore) -> None:
        self._store = store
        self._listing: dict[str, list[ReadModule]] = {}
        self._known: dict[str, tuple[int, frozenset[str]]] = {}

    def learn(self, read: ReadModule) -> None:
        """Add a module."""
        if read.facts.folder_listers and not read.file.is_own:
            self._listing.setdefault(read.file.owner, []).append(read)

    def modules(self, owner: str) -> set[str]:
        """Return the modules with such functions."""
        return {read.module.name for read in self._listing.get(owner, ())}

    def looks_below(self, owner: str) -> bool:
        """Tell whether one looks into folders below folders."""
        return any(read.facts.walks_folders for read in self._listing.get(owner, ()))

    def asks_callers(self, owner: str) -> bool:
        """Tell whether one looks at the frames of who calls it."""
        return any(read.facts.lists_callers for read in self._listing.get(owner, ()))

    def names(self, owner: str) -> frozenset[str]:
        """Return the names of such functions, also of those which hand on to one what they are given."""
        listing = self._listing.get(owner, [])
        count, known = self._known.get(owner, (0, frozenset()))
        if count != len(listing):
            known = self._close({name for read in listing for name in read.facts.folder_listers}, listing)
            self._known[owner] = len(listing), known
        return known

    def _close(self, names: set[str], listing: list[ReadModule]) -> frozenset[str]:
        while True:
            known = frozenset(names - {""})
            for read in listing if known else ():
                if read.file.path.endswith(".py"):
                    names.update(self._store.given_folders(read.file, known).listers)
            if known == names - {""}:
                return known

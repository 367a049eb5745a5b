"""What rules share and what only grows while tracing: the engine feeds it from facts before it asks the rules."""

from typing import NamedTuple

from bundler.trace.facts.store import FactsStore
from bundler.trace.facts.templates import OWN_PACKAGE, UNKNOWN
from bundler.trace.knowledge.bindings import Bindings
from bundler.trace.knowledge.definitions import Definitions
from bundler.trace.knowledge.folder_listers import FolderListers
from bundler.trace.knowledge.folder_takers import FolderTakers
from bundler.trace.knowledge.habits import Habits
from bundler.trace.knowledge.sinks import Sinks
from bundler.trace.read_module import ReadModule


class Mention(NamedTuple):
    """Something else than an import statement that names a module."""

    source: str
    """The module, or the path of the file, that does so."""
    text: str
    rule: str


class Knowledge:
    """All that was learned from the modules which were read by now."""

    def __init__(self, store: FactsStore) -> None:
        self.modules: dict[str, ReadModule] = {}
        """By the paths of their files."""
        self.reads: list[ReadModule] = []
        """All that was read, in its order."""
        self.first: dict[str, ReadModule] = {}
        """By the distribution: what was read first of it."""
        self.imported: dict[str, set[str]] = {}
        """The modules that each file imports by statements."""
        self.bindings = Bindings(store)
        self.habits = Habits()
        self.definitions = Definitions()
        self.folder_listers = FolderListers(store)
        self.folder_takers = FolderTakers()
        self.sinks = Sinks(store)
        self.asks_metadata: dict[str, tuple[tuple[str, int], ...]] = {}
        """Files that ask for the metadata of distributions nobody can tell: their names with `*`, and the lines."""
        self.mentions: dict[str, set[Mention]] = {}
        """By the module that is named."""
        self.path_names: dict[str, ReadModule] = {}
        """Modules of packages that give names to paths, by their own."""
        self.lazy: dict[str, ReadModule] = {}
        """Modules that load what they export by its name, and nothing else."""

    def learn(self, read: ReadModule) -> None:
        """Add what a module says."""
        self.modules[read.file.path] = read
        self.reads.append(read)
        self.first.setdefault(read.file.owner, read)
        modules = map(read.imported_module, read.facts.imports)
        self.imported.setdefault(read.file.path, set()).update(filter(None, modules))
        self.bindings.learn(read)
        self.habits.learn(read)
        self.definitions.learn(read)
        self.folder_listers.learn(read)
        self.folder_takers.learn(read)
        self.sinks.learn(read)
        asked = [fact for fact in (*read.facts.metadata, *read.facts.asks_any) if UNKNOWN in fact.pattern]
        if asked:
            self.asks_metadata[read.file.path] = tuple((fact.pattern, fact.line) for fact in asked)
        if read.facts.path_names and not read.file.is_own:
            self.path_names[read.module.name] = read
        if read.facts.is_closed:
            self.lazy[read.module.name] = read
        for taken in read.facts.modules_taken:
            text = taken.replace(OWN_PACKAGE, read.package)
            self.mention(text.partition(":")[0], Mention(read.module.name, text, ""))

    def mention(self, name: str, mention: Mention) -> None:
        """Add that something names a module."""
        self.mentions.setdefault(name, set()).add(mention)

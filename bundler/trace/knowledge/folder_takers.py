"""Who takes the folders of modules that it is handed, of whoever calls it, or opens stubs."""

from bundler.trace.read_module import ReadModule

_LISTING = ("iter_modules", "walk_packages")


class FolderTakers:
    """What packages do with folders that are not their own."""

    def __init__(self) -> None:
        self.owners: set[str] = set()
        """Distributions that take the folder of a module which nobody can tell."""
        self.askers: dict[str, set[str]] = {}
        """The functions that look at frames for a folder → their distributions."""
        self.asking_modules: set[str] = set()
        """The modules that such functions are in."""
        self.stub_readers: set[str] = set()
        """Distributions that name files of stubs."""

    def learn(self, read: ReadModule) -> None:
        """Add what a module does."""
        _, file, facts = read
        lists = any(fact.sink.endswith(_LISTING) for fact in facts.sinks)
        if not file.is_own and (facts.takes_folder or facts.opens_resources or lists):
            self.owners.add(file.owner)
        if facts.asks_callers:
            self.asking_modules.add(read.module.name)
        for name in facts.asks_callers:
            self.askers.setdefault(name, set()).add(file.owner)
        if facts.reads_stubs:
            self.stub_readers.add(file.owner)

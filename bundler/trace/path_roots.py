"""Follow folders that code puts on `sys.path`: what lies in them is imported from the top."""

from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import PATH_NAMED
from bundler.trace.follow import Follower
from bundler.trace.named_paths import find_named_path
from bundler.trace.read_module import ReadModule


class PathRoots:
    """The folders on the path, with the lines of each file that put them there."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self.placed: dict[str, set[int]] = {}

    def add(self, read: ReadModule) -> bool:
        """Put the folders that a module names on the path; tell whether modules came with one."""
        added = [self._add(read, fact) for fact in read.facts.path_roots]
        return any(added)

    def _add(self, read: ReadModule, fact: PatternFact) -> bool:
        view = self._follower
        named = find_named_path(view, read.package, fact.pattern) if PATH_NAMED in fact.pattern else None
        template, source = named or (fact.pattern, read.file)
        folder = view.assets.folder_named_by(template, source, view.index)
        if folder is not None and view.assets.has_folder(folder):
            self.placed.setdefault(read.file.path, set()).add(fact.line)
        return bool(folder) and view.index.add_root(folder or "")

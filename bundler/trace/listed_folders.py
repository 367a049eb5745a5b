"""Follow Python files that a package finds by listing a folder: they ship as source, as it looks for `.py`."""

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.facts.dotted import absolute_name, module_name
from bundler.trace.facts.evaluate import FOLDER_END, FOLDER_OF, OWN_FILE, OWN_FOLDER, PATH_NAMED
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.follow import Follower
from bundler.trace.index import is_test_path
from bundler.trace.modules import Reason
from bundler.trace.named_paths import find_named_path
from bundler.trace.read_module import ReadModule
from bundler.trace.source_needs import SourceNeeds


class ListedFolders:
    """Folders that packages list themselves, or give to a function of theirs that lists what it is given."""

    def __init__(self, walk: Follower, sources: SourceNeeds) -> None:
        self._walk = walk
        self._sources = sources
        self._users: dict[str, list[ReadModule]] = {}
        self._listers: dict[str, set[str]] = {}
        """The names of such functions by distribution."""
        self._modules: dict[str, set[str]] = {}
        """The modules that they stand in."""
        self._read: set[tuple[str, frozenset[str]]] = set()
        self._is_deep: set[str] = set()
        """Distributions with one that looks into folders below."""
        self._asks_callers: set[str] = set()
        """Distributions with one that looks at the frames of who calls it."""

    def note(self, user: ReadModule) -> None:
        """Follow what a module lists, and remember what it may give to others."""
        found, file, facts = user
        for fact in facts.listed_folders:
            self._list(user, fact, is_deep=facts.walks_folders)
        for fact in facts.data:
            is_glob = fact.pattern.endswith(".py") and "*" in fact.pattern
            if is_glob and file in self._walk.assets.scripts_named_by(fact.pattern, file, self._walk.index):
                # What else a glob finds is followed as scripts are.
                self._sources.add(file.path, file.path, fact.line, "finds itself")
        if facts.folder_listers and not file.is_own:
            self._listers.setdefault(file.owner, set()).update(facts.folder_listers)
            self._modules.setdefault(file.owner, set()).add(found.name)
            self._is_deep.update({file.owner} if facts.walks_folders else ())
            self._asks_callers.update({file.owner} if facts.lists_callers else ())
            # Where a folder goes in its own file may be out of sight.
            for fact in filter(_is_own_folder, facts.data):
                self._list(user, fact, is_deep=facts.walks_folders)
        self._users.setdefault(file.owner, []).append(user)

    def settle(self) -> None:
        """Follow what the modules that are reached by now give to functions that list it."""
        for owner, listers in self._listers.items():
            while True:
                known = frozenset(listers - {""})
                for user in self._users[owner] if known else ():
                    self._follow_given(user, known, listers)
                if known == listers - {""}:
                    break

    def _follow_given(self, user: ReadModule, known: frozenset[str], listers: set[str]) -> None:
        _, file, facts = user
        if (file.path, known) in self._read or not file.path.endswith(".py"):
            return
        self._read.add((file.path, known))
        if not (facts.folder_listers or self._may_call(user, known)):
            return
        given = self._walk.store.given_folders(file, known)
        if facts.folder_listers:
            # Others may have functions of the same names, which hand on other things.
            listers.update(given.listers)
        for fact in given.folders:
            if self._is_folder(user, fact.pattern):
                known_fact = PatternFact(fact.pattern or OWN_FOLDER, fact.line)
                self._list(user, known_fact, is_deep=file.owner in self._is_deep)

    def _may_call(self, user: ReadModule, listers: frozenset[str]) -> bool:
        """Tell whether a module imports one that lists, or may have an object with a method that does."""
        modules = self._modules[user[1].owner]
        for name in user.imported_names():
            if name in modules or name.rpartition(".")[2] in listers:
                return True
        methods = [lister for lister in listers if lister.startswith(".")]
        return bool(methods) and any(_is_own_folder(fact) for fact in user[2].data)

    def _is_folder(self, user: ReadModule, template: str) -> bool:
        """Tell whether a folder is given: a path, a package, or nothing to what looks at the frames of its callers."""
        if not template:
            return user[1].owner in self._asks_callers
        if not template.startswith(FOLDER_OF) or not template.endswith(FOLDER_END):
            return True
        name = absolute_name(template.removeprefix(FOLDER_OF).removesuffix(FOLDER_END), user[0].package)
        module = self._walk.index.find(name or "")
        return module is not None and module.is_package

    def _list(self, user: ReadModule, fact: PatternFact, *, is_deep: bool) -> None:
        """Follow every Python file of a folder, to ship with its source."""
        _, file, facts = user
        folder = self._folder(user, fact.pattern)
        finds_packages = any(name.pattern == "__init__.py" for name in facts.file_names)
        scripts = self._walk.assets.python_files(folder, is_deep=is_deep, finds_packages=finds_packages)
        for script in scripts if folder else ():
            if not script.is_own and not (is_test_path(script.path) and not is_test_path(file.path)):
                self._sources.add(script.path, file.path, fact.line, f"lists {folder}")
                self._follow(
                    user, script, Reason(EdgeKind.DYNAMIC, fact.line, f"{folder}/*.py", "scripts.listed-folder")
                )

    def _folder(self, user: ReadModule, template: str) -> str:
        """Return the folder that a template of a module stands for; nothing for one that is not in the site."""
        found, file, _ = user
        named = find_named_path(self._walk, found.package, template) if PATH_NAMED in template else (template, file)
        folder = self._walk.assets.folder_named_by(*named, self._walk.index) if named is not None else None
        return folder if folder and folder != "." else ""

    def _follow(self, user: ReadModule, script: SiteFile, reason: Reason) -> None:
        name = module_name(script.path)
        module = self._walk.index.find(name)
        if module is not None and module.file is script:
            self._walk.follow(user[0], name, reason)
        else:
            self._walk.add_files(user[1], [script], reason._replace(kind=EdgeKind.DATA))


def _is_own_folder(fact: PatternFact) -> bool:
    return fact.pattern in {OWN_FILE, OWN_FOLDER} or fact.pattern.startswith(f"{OWN_FOLDER}/*")

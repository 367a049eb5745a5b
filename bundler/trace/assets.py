"""Find the files that paths in code stand for: data, and shared objects loaded by path."""

import posixpath
import re
from collections.abc import Callable, Iterator

from bundler.model.wheels import OWN_CODE, Site, SiteFile
from bundler.own_files import rule_by_name
from bundler.test_paths import is_in_test_folder, is_test_path
from bundler.trace.facts.templates import OWN_STUB, has_base
from bundler.trace.index import ModuleIndex
from bundler.trace.places import folder_of, place_of

_MODULE_ENDINGS = (".py", ".pyc")
_EXTENSION_MODULE = re.compile(r"\.(?:cpython-\d+[^/]*|abi3)\.so\Z")
# Files that a run of a package never opens, whatever folder it looks into; an exact path still ships them.
_NEVER_BY_GLOB = re.compile(
    r"\.(?:pyi|pyx|pxd|pxi|h|hh|hpp|c|cc|cpp|cu|cuh|f|f90|a|lib|pdb|rst|md|ipynb|map)\Z|(?:^|/)py\.typed\Z"
    r"|(?:^|/)(?:docs?|examples|__pycache__)/|\.dist-info/",
    re.IGNORECASE,
)


# Sources and stubs that tools for developers name: there is no compiler where functions run.
_NEVER_OPENED = re.compile(r"\.(?:pyi|pyx|pxd|h|hh|hpp|c|cc|cpp|f|f90)\Z")
_WILD = re.compile(r"\*+|\[[^\]/]*\]|\?")
_TEXTS = (".md", ".rst")
_NEVER_CALLED = re.compile(r"\.(?:pyi|pyx|pxd|h|hpp|c|cpp)\Z|\.dist-info/")


class Assets:
    """The files of a site by folder, to answer paths and globs quickly."""

    def __init__(self, site: Site) -> None:
        self._files = site.files
        self._held_back = frozenset(
            path
            for path, file in site.files.items()
            if file.owner == OWN_CODE
            and not path.endswith(".py")
            and (path in site.held_back or rule_by_name(path) in {"junk", "secret"})
        )
        self._folders: dict[str, list[str]] = {}
        self._by_name: dict[tuple[str, str], list[SiteFile]] = {}
        for path, file in site.files.items():
            folder, _, base = path.rpartition("/")
            self._folders.setdefault(folder, []).append(path)
            if not path.endswith(_MODULE_ENDINGS) and not (_NEVER_CALLED.search(path) or is_in_test_folder(path)):
                self._by_name.setdefault((file.owner, base), []).append(file)
        self._subfolders: dict[str, set[str]] = {}
        for folder in list(self._folders):
            while folder:
                parent = folder.rpartition("/")[0]
                siblings = self._subfolders.setdefault(parent, set())
                if folder in siblings:
                    break
                siblings.add(folder)
                folder = parent  # noqa: PLW2901 - climbs to the root

    def named_by(self, template: str, source: SiteFile, index: ModuleIndex) -> tuple[SiteFile, ...]:
        """Return the files that a path template of `source` stands for.

        A path that is a folder gives all data below it. Modules and files that never matter at run time come only by
        their exact path.
        """
        path, owner = place_of(template, source, index)
        if path is None:
            return ()
        exact = self._files.get(path)
        if exact is not None:
            is_wanted = template == OWN_STUB or not _NEVER_OPENED.search(path)
            return (exact,) if is_wanted else ()
        library = self._files.get(f"{path}.so")
        if library is not None:
            # Who loads it puts the ending to its name: SQLite, `ctypes.util`.
            return (library,)
        is_meant = self._is_meant_in(path, source, index)
        files = (file for file in self._matching(path) if file.owner == owner and is_meant(file.path))
        held_back = frozenset() if self._is_named(path, source) else self._held_back
        reads_sources = path.endswith(".po")
        return tuple(
            file for file in files if file.path not in held_back and (reads_sources or not self._is_compiled(file.path))
        )

    def everything_at(self, template: str, source: SiteFile, index: ModuleIndex) -> Iterator[SiteFile]:
        """Yield all files of its distribution in a folder, or that a glob finds, which a template of `source` means."""
        path, owner = place_of(template, source, index)
        if path is not None and path not in self._files:
            yield from (file for file in self._matching(path) if file.owner == owner)

    def _is_named(self, path: str, source: SiteFile) -> bool:
        """Tell whether a path or glob means files that do not ship by themselves too.

        It does in a folder of its own, or where it reads like their names: `*.tf`.
        """
        folder = path.partition("*")[0].rpartition("/")[0] if "*" in path else path
        return not _holds(folder, source.path) or rule_by_name(path) is not None

    def _is_meant_in(self, path: str, source: SiteFile, index: ModuleIndex) -> Callable[[str], bool]:
        """Return what tells which files of a folder, or of a glob, are meant.

        A folder that is no package, of Python files and data together, is a tree to be copied or searched: all of it
        counts. So does all of a folder that first-party code names, be it in a path whose end nobody can tell, but for
        the modules of a package: what files and folders in it are called says little against that. Documentation
        counts where a folder of its own is named, or a glob asks for that ending: texts and templates look the same.
        """
        folder = path.partition("*")[0].rpartition("/")[0] if "*" in path else path.rstrip("/")
        named = len(folder)
        is_apart = bool(folder) and not _holds(folder, source.path) and not index.is_root(folder)
        if is_apart and source.is_own:
            has_modules = f"{folder}/__init__.py" not in self._files
            return lambda name: _is_file(name, has_modules=has_modules)
        ending = posixpath.splitext(path)[1] if "*" in path else ""
        # What the path says itself is meant, be it called `tests` or `docs`.
        if ending and _NEVER_BY_GLOB.search(f"x{ending}"):
            return lambda name: _is_data(name[named:]) or name.endswith(ending)
        if "*" in path or not is_apart:
            return lambda name: _is_data(name[named:])
        if self._is_tree(folder):
            return lambda name: _is_file(name, has_modules=True)
        return lambda name: _is_data(name[named:]) or name.endswith(_TEXTS)

    def _is_tree(self, folder: str) -> bool:
        if f"{folder}/__init__.py" in self._files:
            return False
        paths = [file.path for file in self._below(folder)]
        return any(path.endswith(".py") for path in paths) and any(map(_is_data, paths))

    def scripts_named_by(self, template: str, source: SiteFile, index: ModuleIndex) -> tuple[SiteFile, ...]:
        """Return the Python files of a folder that a path template of `source` stands for, or that its glob finds.

        A folder that `source` itself lies in is named for much else: it counts only in a glob for Python files.
        """
        path, owner = place_of(template, source, index)
        is_glob = path is not None and "*" in path and path.endswith(".py")
        if path is None or path in self._files or (not is_glob and _holds(path.rstrip("*"), source.path)):
            return ()
        return tuple(
            file
            for file in self._matching(path)
            if file.owner == owner and file.path.endswith(".py") and (file.is_own or not is_test_path(file.path))
        )

    def scripts_in(self, package: str, index: ModuleIndex) -> tuple[SiteFile, ...]:
        """Return the Python files that lie in a package's own folder; none for a plain module."""
        found = index.find(package)
        paths = self._folders.get(package.replace(".", "/"), ()) if found is not None and found.is_package else ()
        return tuple(self._files[path] for path in paths if path.endswith(".py"))

    def python_files(self, folder: str, *, is_deep: bool, finds_packages: bool) -> tuple[SiteFile, ...]:
        """Return the Python files in a folder or, where `is_deep`, below it; `finds_packages` counts those inside."""
        if is_deep:
            files = list(self._below(folder))
        else:
            files = [self._files[path] for path in self._folders.get(folder, ())]
            inner = (f"{below}/__init__.py" for below in sorted(self._subfolders.get(folder, ())) if finds_packages)
            files.extend(self._files[path] for path in inner if path in self._files)
        return tuple(file for file in files if file.path.endswith(".py"))

    def in_test_folders(self, path: str) -> tuple[SiteFile, ...]:
        """Return the own data in folders called `tests` that a path there means, or a glob, or that lies below it."""
        parts = map(re.escape, _WILD.split(path.rstrip("/")))
        fits = re.compile(rf"(?:.*/)?{'.*'.join(parts)}(?:/.*)?").fullmatch
        data = (file for file in self._files.values() if file.is_own and not file.path.endswith(_MODULE_ENDINGS))
        return tuple(file for file in data if rule_by_name(file.path) == "tests" and fits(file.path))

    def beside(self, source: SiteFile) -> Iterator[tuple[str, tuple[SiteFile, ...]]]:
        """Yield each data file and each folder of nothing but data in the folder of `source`: its name and files."""
        folder = source.path.rpartition("/")[0]
        for path in self._folders.get(folder, ()):
            if _is_data(path):
                yield path.rpartition("/")[2], (self._files[path],)
        for below in sorted(self._subfolders.get(folder, ())):
            files = tuple(self._below(below))
            if not any(file.path.endswith((*_MODULE_ENDINGS, ".so")) for file in files):
                yield below.rpartition("/")[2], tuple(file for file in files if _is_data(file.path))

    def called(self, name: str, source: SiteFile) -> tuple[SiteFile, ...]:
        """Return the data of the same distribution that a bare file name in its code means, wherever it lies.

        A Python file is meant only beside the code that names it: it is executed from its source.
        """
        fits = _matcher(name)
        if name.endswith(".py"):
            beside = self._folders[source.path.rpartition("/")[0]]
            return tuple(self._files[path] for path in beside if path != source.path and fits(path))
        base = name.rpartition("/")[2]
        named = self._by_name.get((source.owner, base), ()) if "*" not in base else self._data_of(source.owner)
        return tuple(file for file in named if fits(file.path))

    def all_of(self, owner: str) -> tuple[SiteFile, ...]:
        """Return all data of a distribution."""
        return tuple(file for file in self._data_of(owner) if _is_data(file.path) and not self._is_compiled(file.path))

    def modules_of(self, owner: str) -> tuple[SiteFile, ...]:
        """Return all Python files of a distribution."""
        return tuple(file for file in self._files.values() if file.owner == owner and file.path.endswith(".py"))

    def _data_of(self, owner: str) -> Iterator[SiteFile]:
        for (other, _), files in self._by_name.items():
            if other == owner:
                yield from files

    def has_folder(self, folder: str) -> bool:
        """Tell whether a folder is there."""
        return not folder or folder in self._folders or folder in self._subfolders

    def folder_named_by(self, template: str, source: SiteFile, index: ModuleIndex) -> str | None:
        """Return the folder a path template stands for, up to its first unknown part."""
        if not has_base(template):
            # A relative path starts at the function's working folder, which is the root of the zip.
            return None if template.startswith("/") or "*" in template else posixpath.normpath(template)
        path, _ = place_of(template, source, index)
        return path.partition("/*")[0] if path is not None else None

    def below_package(self, package: str, path: str, index: ModuleIndex) -> tuple[SiteFile, ...]:
        """Return the data at a path inside a package, when both are there: `("package", "templates")`."""
        found = index.find(package)
        folder = folder_of(package, index)
        if found is None or folder is None or path in {"", "."}:
            return ()
        whole = posixpath.normpath(posixpath.join(folder, path))
        if whole in self._files:
            return () if whole.endswith(_MODULE_ENDINGS) else (self._files[whole],)
        return tuple(file for file in self._below(whole) if _is_data(file.path)) if whole != folder else ()

    def data_of_package(self, package: str, index: ModuleIndex) -> tuple[SiteFile, ...]:
        """Return all data below a package's folder, without the texts that translations were compiled from."""
        folder = folder_of(package, index)
        files = self._below(folder) if folder else iter(())
        return tuple(
            file
            for file in files
            if _is_data(file.path) and not self._is_compiled(file.path) and file.path not in self._held_back
        )

    def _is_compiled(self, path: str) -> bool:
        return path.endswith(".po") and f"{path.removesuffix('.po')}.mo" in self._files

    def _matching(self, path: str) -> Iterator[SiteFile]:
        if "*" not in path:
            yield from self._below(path)
            return
        # Two stars may stand for no folder at all: `data/**/*.txt`.
        path = path.replace("**/", "*")
        head = path.partition("*")[0]
        folder = head.rpartition("/")[0]
        # An unknown part may hold slashes, and may be a folder that is then listed.
        fits = re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", path)) + r"(?:/.*)?\Z")
        yield from (file for file in self._below(folder) if fits.match(file.path))

    def _below(self, folder: str) -> Iterator[SiteFile]:
        for path in self._folders.get(folder, ()):
            yield self._files[path]
        for below in sorted(self._subfolders.get(folder, ())):
            yield from self._below(below)


def _matcher(name: str) -> Callable[[str], object]:
    """Return what tells whether a path ends with a name, in which `*` stands for anything."""
    if "*" in name:
        return re.compile(rf"(?:.*/)?{'.*'.join(map(re.escape, name.split('*')))}\Z").match
    return lambda path: f"/{path}".endswith(f"/{name}")


def _holds(folder: str, path: str) -> bool:
    return not folder.strip("/") or path.startswith(f"{folder.rstrip('/')}/")


def _is_file(path: str, *, has_modules: bool) -> bool:
    """Tell whether a file may be copied or read as text: modules only where they lie in no package."""
    return not (path.endswith(".pyc" if has_modules else _MODULE_ENDINGS) or _EXTENSION_MODULE.search(path))


def _is_data(path: str) -> bool:
    is_module = path.endswith(_MODULE_ENDINGS) or _EXTENSION_MODULE.search(path)
    return not (is_module or _NEVER_BY_GLOB.search(path) or is_in_test_folder(path))

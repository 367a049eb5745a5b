"""Python files that a package finds by listing a folder: they ship as source, as it looks for `.py`.

It lists the folder itself, or gives it to a function of its own that lists what it is given.

Evidence: sqlfluff 4.5 core/rules/loader.py:24, Bokeh 3.10 command/subcommands/__init__.py:54.
Not caught: first-party folders, whose files ship by statements and strings, and tests of packages.
"""

from collections.abc import Hashable, Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.test_paths import is_test_path
from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule, SourceDemand
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF, OWN_FOLDER, PATH_NAMED
from bundler.trace.named_paths import find_named_path
from bundler.trace.read_module import ReadModule
from bundler.trace.rules.scripts_own_folders import is_own_folder
from bundler.trace.view import View


def _listers(view: View, read: ReadModule) -> Hashable:
    listers = view.knowledge.folder_listers
    owner = read.file.owner
    names = listers.names(owner)
    return names and (names, len(listers.modules(owner)), listers.looks_below(owner), listers.asks_callers(owner))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    facts = read.facts
    for fact in facts.listed_folders:
        yield from _list(view, read, fact.pattern, fact.line, is_deep=facts.walks_folders)
    if facts.folder_listers and not read.file.is_own:
        # Where a folder goes in its own file may be out of sight.
        for fact in facts.data:
            if is_own_folder(fact.pattern):
                yield from _list(view, read, fact.pattern, fact.line, is_deep=facts.walks_folders)
    yield from _list_given(view, read)


def _list_given(view: View, read: ReadModule) -> Iterator[Demand]:
    """Follow the folders that a module gives to functions of its distribution which list them."""
    listers = view.knowledge.folder_listers
    names = listers.names(read.file.owner)
    if names and read.file.path.endswith(".py") and _may_call(view, read, names):
        is_deep = listers.looks_below(read.file.owner)
        for fact in view.store.given_folders(read.file, names).folders:
            if _is_folder(view, read, fact.pattern):
                yield from _list(view, read, fact.pattern or OWN_FOLDER, fact.line, is_deep=is_deep)


def _may_call(view: View, read: ReadModule, names: frozenset[str]) -> bool:
    """Tell whether a module has a lister, imports one, or may have an object with a method that is one."""
    modules = view.knowledge.folder_listers.modules(read.file.owner)
    if read.facts.folder_listers:
        return True
    if any(name in modules or name.rpartition(".")[2] in names for name in read.imported_names()):
        return True
    has_methods = any(name.startswith(".") for name in names)
    return has_methods and any(is_own_folder(fact.pattern) for fact in read.facts.data)


def _is_folder(view: View, read: ReadModule, template: str) -> bool:
    """Tell whether a folder is given: a path, a package, or nothing to what looks at the frames of its callers."""
    if not template:
        return view.knowledge.folder_listers.asks_callers(read.file.owner)
    if not template.startswith(FOLDER_OF) or not template.endswith(FOLDER_END):
        return True
    name = read.absolute(template.removeprefix(FOLDER_OF).removesuffix(FOLDER_END))
    module = view.index.find(name or "")
    return module is not None and module.is_package


def _list(view: View, read: ReadModule, template: str, line: int, *, is_deep: bool) -> Iterator[Demand]:
    """Follow every Python file of a folder, to ship with its source."""
    named = find_named_path(view, read.package, template) if PATH_NAMED in template else (template, read.file)
    folder = view.assets.folder_named_by(*named, view.index) if named is not None else None
    if not folder or folder == ".":
        return
    finds_packages = any(name.pattern == "__init__.py" for name in read.facts.file_names)
    for script in view.assets.python_files(folder, is_deep=is_deep, finds_packages=finds_packages):
        if not script.is_own and not (is_test_path(script.path) and not is_test_path(read.file.path)):
            yield SourceDemand(script.path, line, f"lists {folder}")
            yield _follow(view, script, line, f"{folder}/*.py")


def _follow(view: View, script: SiteFile, line: int, text: str) -> Demand:
    module = view.index.find(module_name(script.path))
    if module is not None and module.file is script:
        return ModuleDemand(module.name, line, text)
    return FilesDemand((script,), line, text, EdgeKind.DATA)


RULE = Rule("scripts.listed-folder", lambda _: True, _visit, _listers)

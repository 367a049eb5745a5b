"""Read which folders a file lists to find Python files in them: it tests what it finds for `.py`."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeGuard

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import children, nodes_of, walk
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import (
    FOLDER_END,
    FOLDER_OF,
    OWN_FOLDER,
    OWN_NAME,
    OWN_PACKAGE,
    PATH_NAMED,
    UNKNOWN,
    Value,
    has_base,
)
from bundler.trace.facts.text import SourceText

_LISTING = frozenset(
    {"os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob", "glob.iglob", "importlib.resources.contents"}
)
_LISTING_METHODS = frozenset({"iterdir", "glob", "rglob", "walk"})
_OF_PACKAGES = frozenset({"importlib.resources.contents", "pkg_resources.resource_listdir"})
_WORDS = ("listdir", "scandir", "walk(", "iterdir(", "glob(", "contents(")
_SIGNS = re.compile(r"""\.py\b|\[\.\]py|["']py["']|getmodulename|SOURCE_SUFFIXES|all_suffixes|:\s*-3\s*\]""")
_SOURCE_NAME = re.compile(r"(?:\.|\[\.\])py(?![A-Za-z])|\Apy\Z")
_SUFFIX_NAMES = frozenset({"getmodulename", "SOURCE_SUFFIXES", "all_suffixes"})
_GLOB = re.compile(r"[^/]*[*?\[][^/]*\Z")
_ENDING_LENGTH = 3
_FRAMES = frozenset({"_getframe", "f_back", "f_globals", "stack"})
_OWN_PLACES = frozenset({"__file__", "__path__", "__spec__"})
_OWN_NAMES = frozenset({"__name__", "__package__"})
_IN_CLASS = ""
"""Before the name of a function that is a method."""
_SIGNING_NODES = frozenset({ast.Constant, ast.Attribute, ast.Name, ast.Slice})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Listings(NamedTuple):
    """What a file lists."""

    folders: tuple[PatternFact, ...] = ()
    """Templates of paths."""
    listers: tuple[str, ...] = ()
    """Functions, methods and classes that list folders which only their callers can tell; one may have no name."""
    asks_callers: bool = False
    """Whether it looks at the frames of who calls it."""


def may_list(text: SourceText) -> bool:
    """Tell whether a text has the words that it takes to look for Python files in a folder."""
    return text.has(*_WORDS) and _SIGNS.search(text) is not None


def read_listings(tree: ast.Module, names: Names) -> Listings:
    """Return which folders a file lists where it tests something for `.py`."""
    looking = list(_looking(tree))
    reader = _ListingReader((statement for statement, _ in looking), _evaluator_of(tree, names), names)
    nodes = [node for _, below in looking for node in below]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    if reader.listers and not reader.folders and _takes_itself(nodes, names):
        # Where its own folder goes in a file may be out of sight.
        reader.folders.append(PatternFact(OWN_FOLDER, reader.line))
    listers = tuple(dict.fromkeys(reader.listers))
    return Listings(tuple(dict.fromkeys(reader.folders)), listers, not _FRAMES.isdisjoint(attributes))


def _looking(tree: ast.Module) -> Iterator[tuple[ast.stmt, list[ast.AST]]]:
    """Yield the statements at module level that test for `.py`, or have to do with one that does by its name.

    Each comes with all of its nodes.
    """
    statements = [(statement, walk(statement)) for statement in tree.body]
    uses = [{node.id for node in below if isinstance(node, ast.Name)} for _, below in statements]
    signs = [any(map(_asks_for_source, _without_documentation(below))) for _, below in statements]
    signing = {_name_of(statement) for (statement, _), sign in zip(statements, signs, strict=True) if sign} - {""}
    # What has no name runs when the module loads, and may use any.
    used = {"", *(name for names, sign in zip(uses, signs, strict=True) if sign for name in names)}
    for (statement, below), names, sign in zip(statements, uses, signs, strict=True):
        if sign or not names.isdisjoint(signing) or (any(signs) and _name_of(statement) in used):
            yield statement, below


def _name_of(statement: ast.stmt) -> str:
    if isinstance(statement, _SCOPES):
        return statement.name
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _without_documentation(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    texts = {id(node.value) for node in nodes if node.__class__ is ast.Expr}
    return (node for node in nodes if node.__class__ in _SIGNING_NODES and id(node) not in texts)


def _takes_itself(nodes: Iterable[ast.AST], names: Names) -> bool:
    """Tell whether code asks where its own file is."""
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in _OWN_PLACES:
            return True
        is_search = isinstance(node, ast.Call) and names.resolve(node.func) == "importlib.util.find_spec"
        if is_search and any(isinstance(part, ast.Name) and part.id in _OWN_NAMES for part in walk(node)):
            return True
    return False


def _asks_for_source(node: ast.AST) -> bool:
    """Tell whether a node tests for, or cuts off, the ending of Python source."""
    match node:
        case ast.Constant(value=str(text)):
            return _SOURCE_NAME.search(text.replace("\\", "")) is not None
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _SUFFIX_NAMES
        case ast.Slice(upper=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=cut))):
            return cut == _ENDING_LENGTH
        case _:
            return False


class _ListingReader:
    """Collects the folders that calls in a file list."""

    def __init__(self, statements: Iterable[ast.stmt], evaluator: Evaluator, names: Names) -> None:
        self._names = names
        self._evaluator = evaluator
        self.folders: list[PatternFact] = []
        self.listers: list[str] = []
        self.line = 0
        """Where a folder is listed that nobody can tell."""
        for statement in statements:
            for call, scopes in _calls_in(statement, ()):
                self._visit(call, scopes)

    def _visit(self, node: ast.Call, scopes: tuple[str, ...]) -> None:
        listed = [_GLOB.sub(UNKNOWN, template) for template in self._listed_by(node) if _is_listing(template)]
        known = [template for template in listed if has_base(template) or PATH_NAMED in template]
        self.folders.extend(PatternFact(template, node.lineno) for template in sorted(known))
        if len(known) < len(listed):
            self.listers.extend(scopes or ("",))
            self.line = self.line or node.lineno

    def _listed_by(self, node: ast.Call) -> Iterator[str]:
        """Yield the folders that a call lists."""
        dotted = self._names.resolve(node.func) or ""
        given = [*node.args, *(word.value for word in node.keywords)]
        if dotted in _OF_PACKAGES and given:
            for folder in self._evaluator.package_named_by(given[0]):
                below = self._evaluator.evaluate(given[1]) if len(given) > 1 else {""}
                yield from (f"{folder}/{name}" for name in below)
        elif dotted in _LISTING:
            yield from self._evaluator.evaluate(given[0]) if given else ()
        elif isinstance(node.func, ast.Attribute) and node.func.attr in _LISTING_METHODS:
            # Of a path; other things have methods of these names, but none whose folder is known.
            templates = self._evaluator.evaluate(node.func.value)
            is_path = node.func.attr != "walk" or any(map(has_base, templates))
            globs = self._evaluator.evaluate(given[0]) if given and "glob" in node.func.attr else {UNKNOWN}
            yield from (f"{template}/{name}" for template in templates for name in globs if is_path)


def _calls_in(node: ast.AST, scopes: tuple[str, ...]) -> Iterator[tuple[ast.Call, tuple[str, ...]]]:
    """Yield the calls in a node, each with the functions and classes that it stands in; methods have a dot before."""
    if isinstance(node, ast.Call):
        yield node, scopes
    is_class = isinstance(node, ast.ClassDef)
    if isinstance(node, _SCOPES):
        scopes = (*scopes, node.name) if scopes[-1:] != (_IN_CLASS,) else (*scopes[:-1], f".{node.name}")
    for child in children(node):
        inner = (*scopes, _IN_CLASS) if is_class and isinstance(child, _SCOPES) else scopes
        yield from _calls_in(child, inner)


def _is_listing(template: str) -> bool:
    """Tell whether a folder, or a glob that may find Python files, is listed.

    A glob for just these, in a place that is known, is followed as what it is.
    """
    name = template.rpartition("/")[2]
    ending = re.split(r"[*?\]]", name)[-1]
    if has_base(template) and ending.endswith(".py") and re.search(r"[?\[]", name) is None:
        return False
    return ending == name or ".py".endswith(ending) or ending.endswith(".py")


def _evaluator_of(tree: ast.Module, names: Names) -> Evaluator:
    """Return an evaluator that knows what loops go through, `for folder in __path__`, and attributes of instances."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes_of(tree, ast.For, ast.AsyncFor, ast.comprehension, ast.Assign):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) and isinstance(node.target, ast.Name):
            parts = node.iter.elts if isinstance(node.iter, (ast.List, ast.Tuple)) else [node.iter]
            found.setdefault(node.target.id, []).extend(parts)
        elif isinstance(node, ast.Assign):
            for target in filter(_is_attribute, node.targets):
                found.setdefault(target.attr, []).append(node.value)
    assignments = {name: [*names.assignments.get(name, ()), *values] for name, values in found.items()}
    return _InstanceEvaluator(names, {**names.assignments, **assignments}, takes_imported=True)


class _InstanceEvaluator(Evaluator):
    """Takes an attribute of an instance for the name that a class, or any method, gives it."""

    def evaluate(self, node: ast.expr) -> Value:
        return super().evaluate(ast.Name(id=node.attr) if _is_attribute(node) else node)


def _is_attribute(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}


class GivenFolders(NamedTuple):
    """What one file gives to functions that list folders."""

    folders: tuple[PatternFact, ...]
    """Templates of paths; empty where nothing is given, so that the function can only look who calls it."""
    listers: tuple[str, ...]
    """Functions and classes that hand on what they are given themselves."""


def read_given_folders(text: str, listers: frozenset[str]) -> GivenFolders:
    """Return the folders that a file gives to functions of some names, as paths, packages or names of modules."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return GivenFolders((), ())
    names = Names()
    names.collect(tree)
    reader = _GivenReader(tree, names, listers)
    return GivenFolders(tuple(dict.fromkeys(reader.folders)), tuple(dict.fromkeys(reader.listers)))


class _GivenReader:
    """Collects what calls of functions of some names are given."""

    def __init__(self, tree: ast.Module, names: Names, called: frozenset[str]) -> None:
        self._names = names
        self._called = called
        self._evaluator = _evaluator_of(tree, names)
        self.folders: list[PatternFact] = []
        self.listers: list[str] = []
        for node, scopes in _calls_in(tree, ()):
            self._visit(node, scopes)

    def _visit(self, node: ast.Call, scopes: tuple[str, ...]) -> None:
        given = [*node.args, *(word.value for word in node.keywords)]
        if self._is_called(node.func):
            templates = {template for argument in given for template in self._folders_in(argument)}
            self.folders.extend(PatternFact(template, node.lineno) for template in sorted(templates - {UNKNOWN}))
            if not given:
                self.folders.append(PatternFact("", node.lineno))
            elif UNKNOWN in templates:
                self.listers.extend(scopes)
        elif isinstance(node.func, ast.Attribute) and f".{node.func.attr}" in self._called:
            # A method of that name may be another one, which is given no folder.
            paths = {path for argument in given for path in self._evaluator.evaluate(argument) if has_base(path)}
            self.folders.extend(PatternFact(path, node.lineno) for path in sorted(paths))

    def _is_called(self, node: ast.expr) -> bool:
        """Tell whether a function is one of them, by the name that it has where it is defined."""
        if _is_attribute(node):
            return f".{node.attr}" in self._called
        dotted = (self._names.resolve(node) or "") if isinstance(node, ast.Name) or self._is_module(node) else ""
        return dotted.rpartition(".")[2] in self._called

    def _folders_in(self, node: ast.expr) -> Iterator[str]:
        """Yield the folders that an argument may mean."""
        if isinstance(node, ast.Subscript) and self._names.resolve(node.value) == "sys.modules":
            # A module is as good as its name.
            node = node.slice
        for template in self._evaluator.evaluate(node):
            if has_base(template) or (PATH_NAMED in template and not self._is_module(node)):
                yield template
            elif template in {OWN_NAME, OWN_PACKAGE}:
                yield OWN_FOLDER
            elif "." in template.strip(".") and UNKNOWN not in template and PATH_NAMED not in template:
                yield f"{FOLDER_OF}{template}{FOLDER_END}"
            elif template == UNKNOWN:
                yield UNKNOWN
        if self._is_module(node):
            yield f"{FOLDER_OF}{self._names.resolve(node)}{FOLDER_END}"

    def _is_module(self, node: ast.expr) -> bool:
        head = node
        while isinstance(head, ast.Attribute):
            head = head.value
        return isinstance(head, ast.Name) and self._names.imported_as(head.id) is not None

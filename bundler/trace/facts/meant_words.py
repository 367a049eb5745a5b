"""Read which words of first-party code come to what loads by name: a call that says so, settings, a list of plugins.

A word without a dot is a word anywhere else: `SOURCE = "pandas"`, `TAGS = ["requests"]`. A dotted one may name what it
names wherever it stands in a list, or has a name.
"""

import ast
import builtins
import re
import sys
from collections.abc import Callable
from typing import NamedTuple

from bundler.trace.facts.bindings import UNKNOWN_VALUE
from bundler.trace.facts.elements import elements_of
from bundler.trace.facts.module_words import is_module_word
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import nodes_of
from bundler.trace.facts.not_opened import only_tells
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import UNKNOWN, Value

_LOADING_FUNCTION = re.compile(r"load|import|plugin|backend|engine|extension|require|include", re.IGNORECASE)
# `INSTALLED_APPS`, `backend`, `CELERY_IMPORTS`; `mapping` has no app in it.
_LOADING_NAME = re.compile(
    r"(?:\b|_)(?:include|import|module|plugin|backend|engine|package|app|extension|driver|loader|dialect|middleware"
    r"|theme|provider|adapter|addon)"
    r"(?:e?s|d|ed)?(?:\b|_)",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"settings|config|conf\b|environ", re.IGNORECASE)
_SETTING_METHODS = frozenset({"update", "from_mapping", "from_object", "setdefault", "set", "add", "append"})
_FOLDER_NAME = re.compile(r"dir|folder|path|location|scripts|migrations|config|settings", re.IGNORECASE)
_METHODS_OF_TEXTS = frozenset(dir(str)) | frozenset(dir(dict)) | frozenset(dir(list))
_BUILTINS = frozenset(dir(builtins)) - {"__import__"}
_STANDARD_LIBRARY = frozenset(getattr(sys, "stdlib_module_names", ()))
_HOLDERS = (ast.List, ast.Tuple, ast.Set)
_MOST_WORDS = 1000
_Evaluate = Callable[[ast.expr], Value]


class MeantWords(NamedTuple):
    """Words of a first-party file that may be modules."""

    meant: tuple[PatternFact, ...] = ()
    """What uses the packages whole that they name: settings, lists of plugins, a function that says it loads."""
    imported: tuple[PatternFact, ...] = ()
    """What a function imports as its name says."""
    folders: tuple[PatternFact, ...] = ()
    """What functions are given, and what is named as a folder: it may be one of scripts."""
    idle: tuple[PatternFact, ...] = ()
    """Words in lists and under names that come to nothing of the kind here."""
    asks_others: bool = False
    """Whether it calls what loads by name with what its callers or other modules say."""


def read_meant_words(tree: ast.Module, names: Names, evaluate: _Evaluate) -> MeantWords:
    """Return the words of a first-party file that come to what loads by name, and those that do not."""
    reader = _WordReader(names, evaluate)
    for node in nodes_of(tree, *_HOLDERS, ast.Assign, ast.AnnAssign, ast.Call, ast.ClassDef, ast.Dict):
        reader.visit(node)
    meant = dict.fromkeys(reader.meant)
    patterns = {fact.pattern for fact in meant}
    idle = (fact for fact in dict.fromkeys(reader.idle) if fact.pattern not in patterns)
    imported, folders = dict.fromkeys(reader.imported), dict.fromkeys(reader.folders)
    return MeantWords(tuple(meant), tuple(imported), tuple(folders), tuple(idle), reader.asks_others)


class _WordReader:
    """Collects words by what they come to."""

    def __init__(self, names: Names, evaluate: _Evaluate) -> None:
        self._names = names
        self._evaluate = evaluate
        self.meant: list[PatternFact] = []
        self.imported: list[PatternFact] = []
        self.folders: list[PatternFact] = []
        self.idle: list[PatternFact] = []
        self.asks_others = False

    def visit(self, node: ast.AST) -> None:
        """Read one node."""
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                self._note(parts, is_meant=False)
            case ast.Assign(targets=targets, value=value):
                self._note_folders([value] if any(map(_is_for_folder, targets)) else [])
                self._note([value], is_meant=any(map(_is_for_loading, targets)))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._note_folders([value] if _is_for_folder(target) else [])
                self._note([value], is_meant=_is_for_loading(target))
            case ast.ClassDef(name=name, body=body) if _SETTINGS.search(name):
                values = (
                    getattr(part, "value", None) for part in body if isinstance(part, (ast.Assign, ast.AnnAssign))
                )
                self._note([value for value in values if value is not None], is_meant=True)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    said = key.value if isinstance(key, ast.Constant) else None
                    self._note_folders([value] if _says_folder(said) else [])
                    self._note(_parts_of(value) if _says_loading(said) else [], is_meant=True)
            case ast.Call():
                self._visit_call(node)
            case _:
                return

    def _visit_call(self, call: ast.Call) -> None:
        if only_tells(call):
            return
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if _last_name(call.func) not in _BUILTINS | _METHODS_OF_TEXTS:
            self._note_folders(given)
        sets = _sets_settings(call.func)
        for keyword in call.keywords:
            if sets or _says_loading(keyword.arg):
                self._note([keyword.value] if sets else _parts_of(keyword.value), is_meant=True)
        if sets:
            self._note(call.args, is_meant=True)
        elif self._loads(call.func):
            self._note_given(given, uses_whole="load" in _last_name(call.func).lower())

    def _loads(self, function: ast.expr) -> bool:
        """Tell whether a function's name says that it loads something, and it is no exception and none of Python's."""
        name = _last_name(function)
        if name in _BUILTINS or name.endswith(("Error", "Exception", "Warning")) or not _LOADING_FUNCTION.search(name):
            return False
        head = (self._names.resolve(function) or "").partition(".")[0]
        return head not in _STANDARD_LIBRARY - {"importlib"}

    def _note_folders(self, nodes: list[ast.expr]) -> None:
        for node in nodes:
            values = self._evaluate(node) if isinstance(node, (ast.Constant, ast.Name)) else ()
            self.folders.extend(PatternFact(word, node.lineno) for word in sorted(values) if word.isidentifier())

    def _note_given(self, nodes: list[ast.expr], *, uses_whole: bool) -> None:
        """Note the words that a call is given; dotted names count wherever they stand."""
        noted = self.meant if uses_whole else self.imported
        for node in (part for given in nodes for part in elements_of(given, self._names)):
            values = self._evaluate(node)
            noted.extend(PatternFact(word, node.lineno) for word in sorted(values) if word.isidentifier())
            self.asks_others = self.asks_others or (UNKNOWN in values and self._is_told_elsewhere(node))

    def _is_told_elsewhere(self, node: ast.expr) -> bool:
        """Tell whether callers, other modules or a loop say what an expression is, not what was just opened."""
        if isinstance(node, ast.Name):
            bound = self._names.assignments.get(node.id, ())
            return all(value is UNKNOWN_VALUE or isinstance(value, ast.Starred) for value in bound)
        return isinstance(node, (ast.Attribute, ast.Subscript))

    def _note(self, values: list[ast.expr], *, is_meant: bool) -> None:
        """Note the words among some values, those in lists and tables below them too where they are meant."""
        pending = list(values)
        for value in pending[:_MOST_WORDS]:
            if isinstance(value, ast.Constant) and is_module_word(value.value):
                is_named = is_meant or "." in value.value.strip(".") or ":" in value.value
                (self.meant if is_named else self.idle).append(PatternFact(value.value, value.lineno))
            elif is_meant:
                self._note(_parts_of(value), is_meant=True)


def _parts_of(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, _HOLDERS):
        return value.elts
    if isinstance(value, ast.BinOp):
        return [value.left, value.right]
    return value.values if isinstance(value, ast.Dict) else []


def _is_for_loading(target: ast.expr) -> bool:
    """Tell whether what is bound by a name, an attribute or a key says what to load, or is a setting."""
    match target:
        case ast.Name(id=name):
            return _says_loading(name)
        case ast.Attribute(value=holder, attr=name):
            return _says_loading(name) or _is_setting(holder)
        case ast.Subscript(value=holder, slice=ast.Constant(value=key)):
            return _says_loading(key) or _is_setting(holder)
        case _:
            return False


def _is_for_folder(target: ast.expr) -> bool:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=name)):
            return _says_folder(name)
        case _:
            return False


def _says_folder(name: object) -> bool:
    return isinstance(name, str) and _FOLDER_NAME.search(name) is not None


def _says_loading(name: object) -> bool:
    return isinstance(name, str) and _LOADING_NAME.search(name) is not None


def _sets_settings(function: ast.expr) -> bool:
    """Tell whether a call makes settings or changes them; one that asks for a setting does not."""
    name = _last_name(function)
    if isinstance(function, ast.Attribute) and name in _SETTING_METHODS:
        return _is_setting(function.value)
    return name == "configure" or _SETTINGS.search(name) is not None


def _is_setting(node: ast.expr) -> bool:
    """Tell whether something is called settings, or is a part of what is."""
    while isinstance(node, ast.Attribute):
        if _SETTINGS.search(node.attr):
            return True
        node = node.value
    return isinstance(node, ast.Name) and _SETTINGS.search(node.id) is not None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

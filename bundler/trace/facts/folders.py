"""Read where a file takes the folder of a module that nobody can tell, and where it hands itself to others."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import nodes_of, walk
from bundler.trace.facts.not_opened import only_tells
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import OWN_NAME
from bundler.trace.facts.text import SourceText

_PLACES = frozenset({"__file__", "__path__"})
_SPEC_PLACES = frozenset({"origin", "submodule_search_locations", "get_filename"})
_FILE_CALLS = frozenset({"inspect.getfile", "inspect.getsourcefile", "inspect.getabsfile"})
_OWN_NAMES = frozenset({"__name__", "__package__", "__spec__", "__loader__"})
_FRAMES = frozenset({"_getframe", "currentframe", "f_back", "f_globals", "stack"})
_FRAME_FILES = frozenset({"co_filename", "filename", "getfile", "getsourcefile", "getabsfile", "getmodule", "__file__"})
_STUB = re.compile(r"""\.pyi["']""")
_HANDED = re.compile(r"__(?:name|package|spec|loader)__\]?\s*[,)]")
_BEFORE_HANDED = re.compile(r"[(,=]\s*(?:sys\.modules\[)?\Z")
_LONGEST_BEFORE = 200
_LOGGERS = ("getLogger", "get_logger")
_FRAME_WORDS = ("_getframe", "currentframe", "f_back", "f_globals", "inspect.stack", "import stack")
# What a class or a logger is called is no place of files.
_NAMING_CALLS = frozenset({"getLogger", "get_logger", "getattr", "setattr", "isinstance", "NewType", "TypeVar", "warn"})


class Folders(NamedTuple):
    """What a file does with folders of modules."""

    taken: int = 0
    """The line where it takes that of a module which nobody can tell, or 0."""
    askers: tuple[str, ...] = ()
    """Its functions that take the folder of whoever calls them, by their frames."""
    handed: tuple[PatternFact, ...] = ()
    """Modules that it hands to functions of others: `OWN_NAME`, or what an import brings."""
    reads_stubs: bool = False
    """It names files of stubs, `.pyi`."""


def read_folders(text: SourceText, tree: ast.Module, names: Names, *, is_own: bool) -> Folders:
    """Return what a file does with folders of modules; own code may hand on any, packages themselves."""
    may_hand = is_own or (text.has(*_OWN_NAMES) and any(_is_handed(text, match) for match in _HANDED.finditer(text)))
    return Folders(
        taken=next(_taken(text, tree, names), 0) if _may_take(text) else 0,
        askers=tuple(dict.fromkeys(_askers(tree))) if text.has(*_FRAME_WORDS) else (),
        handed=tuple(dict.fromkeys(_handed(tree, names))) if may_hand else (),
        reads_stubs=text.has("pyi") and _STUB.search(text) is not None,
    )


def _is_handed(text: str, match: re.Match[str]) -> bool:
    """Tell whether a file hands itself on, to others than a logger that gets its name."""
    before = _BEFORE_HANDED.search(text, max(0, match.start() - _LONGEST_BEFORE), match.start())
    return before is not None and not text.endswith(_LOGGERS, 0, before.start())


def _may_take(text: SourceText) -> bool:
    return text.has("__file__", "__path__", "find_spec", "inspect")


def _taken(text: SourceText, tree: ast.Module, names: Names) -> Iterator[int]:
    asks_files = text.has("getfile", "getsourcefile", "getabsfile")
    places = _PLACES | _SPEC_PLACES if text.has("find_spec") else _PLACES
    for node in nodes_of(tree, ast.Attribute, ast.Call):
        if isinstance(node, ast.Attribute):
            module = node.value if node.attr in places else None
        elif isinstance(node, ast.Call) and asks_files and names.resolve(node.func) in _FILE_CALLS:
            module = node.args[0] if node.args else None
        else:
            continue
        if module is not None and not _is_told(module, names):
            yield module.lineno


def _is_told(node: ast.expr, names: Names) -> bool:
    """Tell whether something is what an import brings, or the file's own."""
    match node:
        case ast.Subscript(value=holder, slice=ast.Constant() | ast.Name(id="__name__" | "__package__")):
            return names.resolve(holder) == "sys.modules"
        case ast.Call(func=ast.Name(id="super")):
            return True
        case ast.Name(id="__spec__"):
            return True
        case _:
            pass
    head = node
    while isinstance(head, ast.Attribute):
        head = head.value
    return isinstance(head, ast.Name) and names.imported_as(head.id) is not None


def _askers(tree: ast.Module) -> Iterator[str]:
    for node in nodes_of(tree, ast.FunctionDef, ast.AsyncFunctionDef):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            words = (getattr(part, "attr", getattr(part, "id", getattr(part, "value", ""))) for part in walk(node))
            used = {word for word in words if isinstance(word, str)}
            if not used.isdisjoint(_FRAMES) and not used.isdisjoint(_FRAME_FILES):
                yield node.name


def _handed(tree: ast.Module, names: Names) -> Iterator[PatternFact]:
    for node in nodes_of(tree, ast.Call):
        if isinstance(node, ast.Call) and not only_tells(node) and _last_part(node.func) not in _NAMING_CALLS:
            for argument in (*node.args, *(word.value for word in node.keywords)):
                yield from (PatternFact(name, argument.lineno) for name in _module_in(argument, names))


def _module_in(node: ast.expr, names: Names) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and names.resolve(node.value) == "sys.modules":
        node = node.slice
    if isinstance(node, ast.Name) and node.id in _OWN_NAMES:
        yield OWN_NAME
    elif isinstance(node, (ast.Name, ast.Attribute)):
        dotted = names.resolve(node)
        if dotted is not None and _is_told(node, names):
            yield dotted


def _last_part(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

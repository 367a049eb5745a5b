"""Read what a file asks the Python source of: `inspect.getsource` and its kin, given what."""

import ast
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names, parameters_of
from bundler.trace.facts.nodes import walk
from bundler.trace.facts.objects import DEFINITIONS, ObjectReader, Objects
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import FILE_OF_MODULE, FOLDER_END, FOLDER_OF, OWN_FILE, OWN_NAME, UNKNOWN
from bundler.trace.facts.text import SourceText

CALLERS = "\x0f"
"""In place of a thing: the modules that call this one."""

_READING = frozenset(
    f"inspect.{name}" for name in ("getsource", "getsourcelines", "findsource", "getcomments", "getsourcefile")
)
# Which file a thing lies in, bytecode knows too; somebody may open it where nobody can tell what it is.
_FINDING = frozenset({"inspect.getfile"})
_LINES = frozenset({"linecache.getline", "linecache.getlines", "linecache.updatecache"})
_COMPILING = frozenset({"torch.jit.script", "torch.jit.script_method", "torch.jit.script_if_tracing"})
_OPENING = frozenset({"open", "io.open", "tokenize.open", "codecs.open"})
_OPENING_METHODS = frozenset({"read_text", "read_bytes", "open"})
_OF_CODE = frozenset({"__code__", "__file__", "getfile", "getsourcefile", "__module__"})
_FRAMES = frozenset({"sys._getframe", "inspect.stack", "inspect.getouterframes"})
_VISITED = frozenset({ast.Call, ast.Name, ast.Attribute})
_WORDS = ("getsource", "findsource", "getcomments", "getfile", "linecache", "get_source", "torch.jit", "jit.script")


class SourceReads(NamedTuple):
    """What a file reads the source of."""

    named: tuple[PatternFact, ...] = ()
    """Things by dotted names, relative ones with dots; `OWN_NAME` for its own, `CALLERS` for those who call it."""
    unknown: int = 0
    """The line where it is that of a thing nobody can tell; 0 where there is none."""
    readers: tuple[str, ...] = ()
    """The functions and classes at module level that do so, which other code may give things of its own."""


def reads_sources(text: SourceText) -> bool:
    """Tell whether a text has a word that it takes to read source."""
    return text.has(*_WORDS) or (text.has("__file__") and text.has("open(", ".read_"))


def read_sources(tree: ast.Module, names: Names) -> SourceReads:
    """Return what a file reads the source of."""
    reader = _SourceReader(tree, names)
    for statement in tree.body:
        for node in walk(statement):
            if node.__class__ in _VISITED:
                reader.visit(node, _name_of(statement))
    if not reader.unknown:
        return SourceReads(tuple(dict.fromkeys(reader.named)))
    uses = {_name_of(statement): _names_in(statement) for statement in tree.body}
    readers = _with_users(reader.readers, uses)
    if reader.takes_callers:
        reader.named.append(PatternFact(CALLERS, reader.unknown))
        if not any(_may_be_given(statement, uses) for statement in tree.body if _name_of(statement) in readers):
            reader.unknown, readers = 0, set()
    return SourceReads(tuple(dict.fromkeys(reader.named)), reader.unknown, tuple(sorted(readers)))


def _name_of(statement: ast.stmt) -> str:
    """Return the name that a statement at module level gives a function or class: `show = lambda thing: …` too."""
    if isinstance(statement, DEFINITIONS):
        return statement.name
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _names_in(statement: ast.stmt) -> set[str]:
    return {node.id for node in walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _with_users(readers: set[str], uses: dict[str, set[str]]) -> set[str]:
    """Return functions and classes together with those of the same file that use one of them."""
    found = set(readers)
    while more := {name for name, others in uses.items() if name and not others.isdisjoint(found)} - found:
        found |= more
    return found


def _may_be_given(statement: ast.stmt, uses: dict[str, set[str]]) -> bool:
    """Tell whether other files may give something to a function or class, rather than others of its file alone."""
    name = _name_of(statement)
    if name.startswith("_") and any(name in others for other, others in uses.items() if other != name):
        return False
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    arguments = statement.args
    return any(parameters_of(arguments)) or bool(arguments.vararg or arguments.kwarg)


class _SourceReader:
    """Collects what the expressions of one file read the source of."""

    def __init__(self, tree: ast.Module, names: Names) -> None:
        self._tree = tree
        self._names = names
        self._evaluator = Evaluator(names)
        self._called: set[ast.expr] = set()
        self.named: list[PatternFact] = []
        self.unknown = 0
        self.readers: set[str] = set()
        self.takes_callers = False
        """Whether it looks at frames of who calls it."""

    @cached_property
    def _objects(self) -> ObjectReader:
        return ObjectReader(self._tree, self._names)

    def visit(self, node: ast.AST, owner: str) -> None:
        """Read one node, in the function or class of that name at module level."""
        if isinstance(node, ast.Call):
            self._called.add(node.func)
            dotted = self._names.resolve(node.func) or ""
            for given in self._read_by(node, dotted):
                self._add(self._objects.of(given), node.lineno, owner)
            self._visit_opening(node, dotted)
            self.takes_callers = self.takes_callers or (dotted in _FRAMES and not _is_own_frame(node))
            if dotted in _COMPILING:
                # The compiler goes on to all that is called in there, functions of its own too.
                self._add({dotted, OWN_NAME}, node.lineno, owner)
        elif (
            isinstance(node, (ast.Name, ast.Attribute))
            and node not in self._called
            and self._names.resolve(node) in _READING
        ):
            # A function that is handed on may be given anything.
            self._add({UNKNOWN}, node.lineno, owner)

    def _read_by(self, node: ast.Call, dotted: str) -> Sequence[ast.expr]:
        """Return what a call reads the source of."""
        first = [*node.args, *(word.value for word in node.keywords)][:1]
        is_read = dotted in _READING | _FINDING | _COMPILING or (dotted in _LINES and _names_code(first))
        if is_read or _asks_loader(node):
            return first
        # `map(inspect.getsource, THINGS)`
        handed = [argument for argument in node.args if self._names.resolve(argument) in _READING]
        given = [argument for argument in node.args if argument not in handed] if handed else []
        self._called.update(handed if given else ())
        return given

    def _visit_opening(self, node: ast.Call, dotted: str) -> None:
        """Note the Python files that are opened by what `__file__` says: of this module, or of another."""
        opened = node.args[0] if dotted in _OPENING and node.args else None
        if isinstance(node.func, ast.Attribute) and node.func.attr in _OPENING_METHODS and dotted not in _OPENING:
            opened = node.func.value
        for template in sorted(self._evaluator.evaluate(opened)) if opened is not None else ():
            if template == OWN_FILE:
                self._add({OWN_NAME}, node.lineno, "")
            elif template.startswith(FOLDER_OF) and template.endswith(FILE_OF_MODULE):
                self._add({template.removeprefix(FOLDER_OF).partition(FOLDER_END)[0]}, node.lineno, "")

    def _add(self, objects: Objects, line: int, owner: str) -> None:
        self.named.extend(PatternFact(name, line) for name in sorted(objects - {UNKNOWN}))
        if UNKNOWN in objects:
            self.unknown = self.unknown or line
            self.readers.update({owner} - {""})


def _asks_loader(node: ast.Call) -> bool:
    """Tell whether a call is `loader.get_source(name)`; loaders of templates take more than a name."""
    is_loader = isinstance(node.func, ast.Attribute) and node.func.attr == "get_source"
    return is_loader and len(node.args) + len(node.keywords) == 1


def _is_own_frame(node: ast.Call) -> bool:
    """Tell whether a call asks for the frame that it stands in."""
    depth = node.args[0] if node.args else None
    is_stack = isinstance(node.func, ast.Attribute) and not node.func.attr.endswith("_getframe")
    return not is_stack and (depth is None or (isinstance(depth, ast.Constant) and depth.value == 0))


def _names_code(nodes: Sequence[ast.expr]) -> bool:
    """Tell whether a file's name is that of a thing's code; those of frames are for people who read tracebacks."""
    parts = (part for node in nodes for part in walk(node))
    return any(_OF_CODE & {getattr(part, "attr", ""), getattr(part, "id", "")} for part in parts)

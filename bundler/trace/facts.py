"""Read what one Python source file says about what it needs, from its bytes alone.

Reading costs about as much as parsing: statements are visited, and expressions only on lines where a text search found a
word that matters. A function without such a line is passed over whole.
"""

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.model.imports import EdgeKind
from bundler.model.project import Target
from bundler.trace import conditions
from bundler.trace.evaluate import OWN_FILE, OWN_FOLDER, OWN_NAME, UNKNOWN, Evaluator, Value, has_base


class ImportFact(NamedTuple):
    """An import statement: `from .name import names` has a level of 1."""

    name: str
    level: int
    names: tuple[str, ...]
    kind: str
    line: int


class PatternFact(NamedTuple):
    """A module, path, group or distribution given as a string, `*` for what is unknown."""

    pattern: str
    line: int


class SourceFacts(NamedTuple):
    """What one source file says."""

    imports: tuple[ImportFact, ...] = ()
    dynamic: tuple[PatternFact, ...] = ()
    """Arguments of `import_module` and its like."""
    walks: tuple[PatternFact, ...] = ()
    """Packages whose modules are listed: `pkgutil.iter_modules(package.__path__)`."""
    data: tuple[PatternFact, ...] = ()
    """Paths built from the file's own folder or a package's."""
    metadata: tuple[PatternFact, ...] = ()
    """Distributions whose metadata is read."""
    groups: tuple[PatternFact, ...] = ()
    """Entry point groups that are read."""
    strings: tuple[PatternFact, ...] = ()
    """Strings that may name a module: dotted ones, and in a lazy file single words too."""
    resources: tuple[tuple[str, str, int], ...] = ()
    """Pairs of strings in one call that may be a package and a path inside it."""
    is_lazy: bool = False
    """It loads modules that strings in it name: a module's `__getattr__`, `import_module(unknown)`."""
    imports_unknown: int = 0
    """The line of the first import of a module nobody can tell, or 0."""
    reads_source: bool = False
    """It reads Python source at run time."""
    error: str = ""
    """Why the file could not be read as Python."""


_IMPORT_CALLS = frozenset(
    {
        "importlib.import_module",
        "importlib.__import__",
        "__import__",
        "builtins.__import__",
        "importlib.util.find_spec",
        "importlib.find_loader",
        "pkgutil.find_loader",
        "pkgutil.get_loader",
        "pkgutil.resolve_name",
        "runpy.run_module",
        "importlib.util.LazyLoader",
    }
)
# Finding is not loading: `find_spec(name)` with an unknown name only asks whether something is there.
_LOADING_CALLS = frozenset({"importlib.import_module", "importlib.__import__", "__import__", "builtins.__import__", "pkgutil.resolve_name", "runpy.run_module"})
_WALK_CALLS = frozenset({"pkgutil.iter_modules", "pkgutil.walk_packages", "pkgutil.extend_path", "importlib.resources.contents", "setuptools.find_packages"})
_PACKAGE_RESOURCE_CALLS = frozenset(
    {
        "pkgutil.get_data",
        "importlib.resources.read_text",
        "importlib.resources.read_binary",
        "importlib.resources.open_text",
        "importlib.resources.open_binary",
        "importlib.resources.path",
        "importlib.resources.is_resource",
        "importlib_resources.read_text",
        "importlib_resources.read_binary",
        "importlib_resources.open_text",
        "importlib_resources.open_binary",
        "importlib_resources.path",
        "pkg_resources.resource_filename",
        "pkg_resources.resource_string",
        "pkg_resources.resource_stream",
        "pkg_resources.resource_listdir",
        "pkg_resources.resource_exists",
        "pkg_resources.resource_isdir",
    }
)
_METADATA_CALLS = frozenset(
    f"{module}.{function}"
    for module in ("importlib.metadata", "importlib_metadata", "pkg_resources")
    for function in ("version", "metadata", "distribution", "files", "requires", "require", "get_distribution", "Distribution.from_name")
)
_GROUP_CALLS = frozenset({"importlib.metadata.entry_points", "importlib_metadata.entry_points", "pkg_resources.iter_entry_points"})
_SOURCE_CALLS = frozenset({"inspect.getsource", "inspect.getsourcelines", "inspect.findsource", "inspect.getsourcefile", "linecache.getline", "linecache.getlines", "torch.jit.script"})

# Plain searches for each word are many times faster than one expression of alternatives. A word may stand inside a longer
# one: that costs a look, nothing else.
_EXPRESSION_WORDS = (
    "import_module",
    "__import__",
    "__getattr__",
    "iter_modules",
    "walk_packages",
    "extend_path",
    "find_spec",
    "find_loader",
    "get_loader",
    "resolve_name",
    "run_module",
    "pkg_resources",
    "__file__",
    "__path__",
    "__spec__",
    "get_data",
    "resource",
    "contents(",
    "files(",
    "entry_points",
    "version(",
    "metadata",
    "distribution(",
    "require(",
    "getsource",
    "findsource",
    "linecache",
    "jit.script",
    "attach",
)
_PATH_WORDS = ("__file__", "__path__", "__spec__", "files(", "resource", "get_data")
_DOTTED_STRING = re.compile(r"""(?<![\w\\])["']([A-Za-z_]\w*(?:\.\w+)+(?::\w+)?)["']""")
_FIRST_STRING = re.compile(r"""\(\s*(?:["']([A-Za-z_][\w.]*)["']|__name__|__package__)(?:\s*,\s*(?:\w+\s*=\s*)?["'](\w[\w./-]*)["'])?""")
_NAMED_IMPORTER = re.compile(r"\w*(?:import|lazy|optional|require|plugin|backend)\w*\Z", re.IGNORECASE)
_LONGEST_NAME = 60
_MODULE_WORD = re.compile(r"\.{0,3}[A-Za-z_]\w*(?:\.\w+)*(?::\w+)?\Z")
_ANYTHING = ast.Name(id="\0")
_LONGEST_WORD = 120
_DEEPEST_BLOCK = 200
_SUPPRESS = frozenset({"contextlib.suppress", "suppress"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"})


def read_facts(content: bytes, *, file_name: str, target: Target, is_own: bool) -> SourceFacts:
    """Return what a source file says; own code gives all its strings, since settings name modules in them.

    Code that cannot be read gives empty facts with an `error`; nothing is raised for any bytes.
    """
    try:
        text = _decode(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
        return SourceFacts(error=f"{type(error).__name__}: {error}")
    try:
        return _Reader(text, tree, file_name, target, is_own=is_own).read()
    except RecursionError:
        return SourceFacts(error="RecursionError: nested too deeply")


def _decode(content: bytes) -> str:
    """Decode source as PEP 263 says, with the line ends that Python counts."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


class _Reader:
    """One pass over a file's statements."""

    def __init__(self, text: str, tree: ast.Module, file_name: str, target: Target, *, is_own: bool) -> None:
        self._text = text
        self._tree = tree
        self._file_name = file_name
        self._platform = conditions.target_facts(target)
        self._is_own = is_own
        self._aliases: dict[str, str] = {}
        self._assignments: dict[str, list[ast.expr]] = {}
        self._constants: dict[str, ast.expr] = {}
        self._evaluator = Evaluator(self.resolve, self._assignments)
        self._imports: list[ImportFact] = []
        self._dynamic: list[PatternFact] = []
        self._walks: list[PatternFact] = []
        self._data: list[PatternFact] = []
        self._metadata: list[PatternFact] = []
        self._groups: list[PatternFact] = []
        self._resources: list[tuple[str, str, int]] = []
        self._is_lazy = False
        self._imports_unknown = 0
        self._reads_source = False
        self._lines: list[int] = []
        self._expression_lines: list[int] = []

    def read(self) -> SourceFacts:
        self._find_lines()
        if self._expression_lines:
            self._collect_assignments()
            self._add_lines_of_paths()
        if self._lines:
            self._visit_block(self._tree.body, EdgeKind.IMPORT)
        self._read_calls()
        return SourceFacts(
            imports=tuple(self._imports),
            dynamic=tuple(dict.fromkeys(self._dynamic)),
            walks=tuple(dict.fromkeys(self._walks)),
            data=tuple(dict.fromkeys(self._data)),
            metadata=tuple(dict.fromkeys(self._metadata)),
            groups=tuple(dict.fromkeys(self._groups)),
            strings=tuple(self._module_strings()),
            resources=tuple(dict.fromkeys(self._resources)),
            is_lazy=self._is_lazy,
            imports_unknown=self._imports_unknown,
            reads_source=self._reads_source,
        )

    # ---- where to look

    def _find_lines(self) -> None:
        self._expression_lines = self._lines_of(_EXPRESSION_WORDS)
        self._lines = sorted({*self._lines_of(("import",)), *self._expression_lines})

    def _lines_of(self, words: Iterable[str]) -> list[int]:
        """Return the lines, in order, that hold any of the words."""
        return self._line_numbers(position for word in words for position in _find_all(self._text, word))

    def _line_numbers(self, positions: Iterable[int]) -> list[int]:
        lines = []
        line, end = 1, 0
        for position in sorted(positions):
            line += self._text.count("\n", end, position)
            end = position
            if not lines or lines[-1] != line:
                lines.append(line)
        return lines

    def _collect_assignments(self) -> None:
        """Note every value a name gets anywhere in the file; scopes are not told apart, so a name has alternatives."""
        blocks = [self._tree.body]
        while blocks:
            for statement in blocks.pop():
                self._collect_from(statement)
                blocks.extend(_blocks(statement))
                blocks.extend(handler.body for handler in getattr(statement, "handlers", ()))

    def _collect_from(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for name in targets:
                    self._assign(name, value)
            case ast.AnnAssign(target=name, value=ast.expr() as value) | ast.AugAssign(target=name, value=value):
                self._assign(name, value)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, item.context_expr)
            case ast.For(target=name, iter=values) | ast.AsyncFor(target=name, iter=values):
                for value in values.elts if isinstance(values, (ast.Tuple, ast.List, ast.Set)) else (_ANYTHING,):
                    self._assign(name, value)
            case ast.Import() | ast.ImportFrom():
                self._remember_aliases(statement)
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                    self._assignments.setdefault(argument.arg, []).append(_ANYTHING)

    def _assign(self, name: ast.expr, value: ast.expr) -> None:
        if isinstance(name, ast.Name):
            self._assignments.setdefault(name.id, []).append(value)

    def _add_lines_of_paths(self) -> None:
        """Mark the lines that use a name which holds a path of the package."""
        if not any(word in self._text for word in _PATH_WORDS):
            return
        names = [
            name
            for name in self._assignments
            if any(has_base(template) for template in self._evaluator.evaluate(ast.Name(id=name)))
        ]
        self._expression_lines = sorted({*self._lines_of(names), *self._expression_lines})
        self._lines = sorted({*self._lines, *self._expression_lines})

    @staticmethod
    def _has_line(lines: list[int], node: ast.AST) -> bool:
        first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])  # type: ignore[attr-defined]
        position = bisect_left(lines, first)
        return position < len(lines) and lines[position] <= node.end_lineno  # type: ignore[attr-defined]

    # ---- statements

    def _visit_block(self, statements: Iterable[ast.stmt], kind: EdgeKind, depth: int = 0) -> None:
        if depth > _DEEPEST_BLOCK:
            raise RecursionError
        for statement in statements:
            if isinstance(statement, ast.If):
                decided = self._visit_if(statement, kind, depth)
                if decided is True and _leaves(statement.body):
                    return
                continue
            if isinstance(statement, ast.Assign):
                self._remember_constant(statement)
            if self._has_line(self._lines, statement):
                self._visit_statement(statement, kind, depth)

    def _visit_statement(self, statement: ast.stmt, kind: EdgeKind, depth: int) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self._remember_aliases(statement)
                self._add_import(statement, kind)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if statement.name == "__getattr__" and depth == 0:
                    self._is_lazy = True
                self._visit_expressions(statement)
                self._visit_block(statement.body, EdgeKind.FUNCTION, depth + 1)
            case ast.Try() | ast.TryStar():
                self._visit_try(statement, kind, depth)
            case ast.With() | ast.AsyncWith():
                self._visit_expressions(statement)
                suppresses = any(self._is_suppress(item.context_expr) for item in statement.items)
                self._visit_block(statement.body, _weaker(kind, EdgeKind.TRY) if suppresses else kind, depth + 1)
            case _:
                self._visit_expressions(statement)
                for block in _blocks(statement):
                    self._visit_block(block, kind, depth + 1)

    def _visit_if(self, statement: ast.If, kind: EdgeKind, depth: int) -> bool | None:
        decided = conditions.decide(statement.test, self._platform, self.resolve, self._constants)
        if not self._has_line(self._lines, statement):
            return decided
        inner = kind if decided is not None else _weaker(kind, EdgeKind.CONDITIONAL)
        if self._has_line(self._expression_lines, statement.test):
            self._visit_expression(statement.test, is_name=False)
        if decided is not False:
            self._visit_block(statement.body, inner, depth + 1)
        if decided is not True:
            self._visit_block(statement.orelse, inner, depth + 1)
        return decided

    def _visit_try(self, statement: ast.Try | ast.TryStar, kind: EdgeKind, depth: int) -> None:
        catches = any(_catches_import_errors(handler) for handler in statement.handlers)
        inner = _weaker(kind, EdgeKind.TRY) if catches else kind
        self._visit_block(statement.body, inner, depth + 1)
        for handler in statement.handlers:
            self._visit_block(handler.body, _weaker(kind, EdgeKind.TRY), depth + 1)
        self._visit_block(statement.orelse, inner, depth + 1)
        self._visit_block(statement.finalbody, kind, depth + 1)

    def _is_suppress(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.resolve(node.func) in _SUPPRESS

    def _add_import(self, statement: ast.Import | ast.ImportFrom, kind: EdgeKind) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                self._imports.append(ImportFact(alias.name, 0, (), kind, statement.lineno))
            return
        names = tuple(alias.name for alias in statement.names)
        self._imports.append(ImportFact(statement.module or "", statement.level, names, kind, statement.lineno))
        if "__getattr__" in names:
            self._is_lazy = True

    def _remember_aliases(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    self._aliases[alias.asname] = alias.name
                else:
                    head = alias.name.partition(".")[0]
                    self._aliases[head] = head
            return
        prefix = "." * statement.level + (statement.module or "")
        for alias in statement.names:
            separator = "" if prefix.endswith(".") or not prefix else "."
            self._aliases[alias.asname or alias.name] = f"{prefix}{separator}{alias.name}"

    def _remember_constant(self, statement: ast.Assign) -> None:
        for name in statement.targets:
            if isinstance(name, ast.Name):
                if name.id in self._constants:
                    self._constants[name.id] = ast.Name(id="\0")
                else:
                    self._constants[name.id] = statement.value
            elif isinstance(name, ast.Tuple) and any(isinstance(part, ast.Name) and part.id == "__getattr__" for part in name.elts):
                self._is_lazy = True
            if isinstance(name, ast.Name) and name.id == "__getattr__":
                self._is_lazy = True

    # ---- expressions

    def resolve(self, node: ast.expr) -> str | None:
        """Return the dotted name an expression stands for, imports of this file followed."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        name = node.id
        if name not in self._aliases and name in self._assignments:
            return None
        parts.append(self._aliases.get(name, name))
        return ".".join(reversed(parts))

    def _visit_expressions(self, statement: ast.stmt) -> None:
        """Look into the expressions of a statement, its blocks left to their own visit."""
        for field, value in ast.iter_fields(statement):
            is_name = field == "value" and isinstance(statement, (ast.Assign, ast.AnnAssign)) and _assigns_a_name(statement)
            for node in value if isinstance(value, list) else (value,):
                if isinstance(node, ast.expr):
                    if self._has_line(self._expression_lines, node):
                        self._visit_expression(node, is_name=is_name)
                elif isinstance(node, ast.withitem) and self._has_line(self._expression_lines, node.context_expr):
                    self._visit_expression(node.context_expr, is_name=isinstance(node.optional_vars, ast.Name))
                elif isinstance(node, ast.arguments):
                    for default in (*node.defaults, *node.kw_defaults):
                        if default is not None:
                            self._visit_expression(default, is_name=False)

    def _visit_expression(self, node: ast.expr, *, is_name: bool) -> None:
        if isinstance(node, (ast.BinOp, ast.Call, ast.Attribute, ast.Subscript, ast.Name, ast.JoinedStr)):
            templates = self._evaluator.evaluate(node)
            if any(map(has_base, templates)):
                self._add_data(templates, node.lineno, is_name=is_name)
                if not isinstance(node, ast.Call):
                    return
                self._visit_call(node)
                return
        if isinstance(node, ast.Call):
            self._visit_call(node)
        for child in _expressions_below(node):
            self._visit_expression(child, is_name=False)

    def _add_data(self, templates: Value, line: int, *, is_name: bool) -> None:
        """Note a path; one that only gets a name is noted where the name is used, unless others may use it."""
        for template in sorted(templates):
            if not has_base(template) or template == OWN_FILE and is_name:
                continue
            is_bare = template in {OWN_FOLDER, OWN_FILE} or template.endswith("\x05")
            if is_name and is_bare:
                continue
            self._data.append(PatternFact(template, line))

    def _visit_call(self, node: ast.Call) -> None:
        dotted = self.resolve(node.func)
        if dotted is None:
            return
        line = node.lineno
        first = node.args[0] if node.args else next((word.value for word in node.keywords if word.arg in {"name", "package", "group", "distribution_name", "anchor"}), None)
        if dotted in _IMPORT_CALLS and first is not None:
            self._add_dynamic(dotted, node, first)
        elif dotted in _WALK_CALLS:
            self._add_walk(node)
        elif dotted in _PACKAGE_RESOURCE_CALLS and first is not None:
            self._add_resource(node, first)
        elif dotted in _METADATA_CALLS and first is not None:
            self._metadata.extend(PatternFact(name, line) for name in sorted(self._evaluator.evaluate(first)))
        elif dotted in _GROUP_CALLS:
            group = next((word.value for word in node.keywords if word.arg == "group"), first)
            names = self._evaluator.evaluate(group) if group is not None else frozenset({UNKNOWN})
            self._groups.extend(PatternFact(name, line) for name in sorted(names))
        elif dotted in _SOURCE_CALLS:
            self._reads_source = True
        elif dotted.endswith(("lazy_loader.attach", "lazy_loader.attach_stub")):
            self._is_lazy = True

    def _add_dynamic(self, dotted: str, node: ast.Call, first: ast.expr) -> None:
        package = node.args[1] if len(node.args) > 1 and dotted == "importlib.import_module" else None
        for word in node.keywords:
            if word.arg == "package":
                package = word.value
        heads = self._evaluator.evaluate(package) if package is not None else frozenset({"\x04"})
        for template in sorted(self._evaluator.evaluate(first)):
            if template.strip("*.") == "":
                if dotted in _LOADING_CALLS:
                    self._is_lazy = True
                    self._imports_unknown = self._imports_unknown or node.lineno
                continue
            if template.startswith("."):
                self._dynamic.extend(PatternFact(f"{head}{template}", node.lineno) for head in sorted(heads))
            else:
                self._dynamic.append(PatternFact(template, node.lineno))

    def _add_walk(self, node: ast.Call) -> None:
        if not node.args:
            return
        first = node.args[0]
        elements = first.elts if isinstance(first, (ast.List, ast.Tuple)) else [first]
        for element in elements:
            for template in sorted(self._evaluator.evaluate(element) | self._evaluator.package_named_by(element)):
                if has_base(template):
                    self._walks.append(PatternFact(template, node.lineno))

    def _add_resource(self, node: ast.Call, first: ast.expr) -> None:
        value = self._evaluator.package_named_by(first)
        below = self._evaluator.evaluate(node.args[1]) if len(node.args) > 1 else frozenset({UNKNOWN})
        for folder in sorted(value):
            if has_base(folder):
                self._data.extend(PatternFact(f"{folder}/{name}", node.lineno) for name in sorted(below))

    # ---- text

    def _line_at(self, position: int) -> int:
        return self._text.count("\n", 0, position) + 1

    def _read_calls(self) -> None:
        """Find calls by their text: a module's name given to a function that says it imports, a package and a path."""
        for match in _FIRST_STRING.finditer(self._text):
            module, path = match[1], match[2]
            if path is not None:
                self._resources.append((module or OWN_NAME, path, self._line_at(match.start())))
            start = match.start()
            if module and _NAMED_IMPORTER.search(self._text, max(0, start - _LONGEST_NAME), start):
                self._dynamic.append(PatternFact(module, self._line_at(start)))

    def _module_strings(self) -> Iterator[PatternFact]:
        if self._is_lazy or self._is_own:
            seen = set()
            for node in ast.walk(self._tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < _LONGEST_WORD:
                    if node.value not in seen and _MODULE_WORD.match(node.value):
                        seen.add(node.value)
                        yield PatternFact(node.value, node.lineno)
            return
        found = dict.fromkeys(match[1] for match in _DOTTED_STRING.finditer(self._text))
        for word in found:
            yield PatternFact(word, 0)


def _find_all(text: str, word: str) -> Iterator[int]:
    position = text.find(word)
    while position >= 0:
        yield position
        position = text.find(word, position + 1)


def _weaker(outer: EdgeKind, inner: EdgeKind) -> EdgeKind:
    """Return the kind of an import inside both: a function outweighs `try`, which outweighs `if`."""
    order = (EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.TRY, EdgeKind.FUNCTION)
    return max(outer, inner, key=order.index)


def _leaves(block: list[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], (ast.Raise, ast.Return))


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(statement, name, None)
        if block:
            yield block
    for case in getattr(statement, "cases", ()):
        yield case.body


def _expressions_below(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, (ast.keyword, ast.comprehension)):
            yield from _expressions_below(child)


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    types = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any((isinstance(node, ast.Name) and node.id in _IMPORT_ERRORS) or isinstance(node, ast.Attribute) for node in types)


def _assigns_a_name(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return all(isinstance(name, ast.Name) for name in targets)

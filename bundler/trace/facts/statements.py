"""Go through the statements of one file: imports by when they run, expressions on lines with a word that matters."""

import ast
from collections.abc import Iterable, Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.facts import conditions, scan
from bundler.trace.facts.bound import BoundNames
from bundler.trace.facts.calls import CallReader
from bundler.trace.facts.exports import Exports
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import blocks_of
from bundler.trace.facts.not_opened import message_of
from bundler.trace.facts.source_facts import ImportFact, PatternFact, SinkFact

_DEEPEST_BLOCK = 200
_SUPPRESS = frozenset({"contextlib.suppress", "suppress"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"})
_KINDS_BY_WEIGHT = (EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.TRY, EdgeKind.FUNCTION)
_Lines = tuple[list[int], list[int]]


class StatementReader:
    """One pass over a file's statements."""

    def __init__(
        self, names: Names, calls: CallReader, platform: conditions.Facts, exports: Exports | None, lines: _Lines
    ) -> None:
        """Take what is known of the file, and the lines that statements or their expressions are looked into for."""
        self._names = names
        self._calls = calls
        self._platform = platform
        self._exports = exports
        self._lines, self._expression_lines = lines
        self._scopes = 0
        """How many functions and classes the statement that is visited stands in."""
        self.imports: list[ImportFact] = []
        self.has_getattr = False
        self.export_templates: list[PatternFact] = []
        self.unknown_export = 0
        self.export_sinks: list[SinkFact] = []

    def read(self, tree: ast.Module) -> None:
        """Go through a whole file."""
        self._bound = BoundNames(tree)
        self._visit_block(tree.body, EdgeKind.IMPORT)

    def _visit_block(self, statements: Iterable[ast.stmt], kind: EdgeKind, depth: int = 0) -> None:
        if depth > _DEEPEST_BLOCK:
            raise RecursionError
        for statement in statements:
            if isinstance(statement, ast.If):
                if self._visit_if(statement, kind, depth) is True and _leaves(statement.body):
                    return
                continue
            if isinstance(statement, ast.Assign) and depth == 0:
                self._names.add_constant(statement)
            if scan.has_line(self._lines, statement):
                self._visit_statement(statement, kind, depth)

    def _visit_statement(self, statement: ast.stmt, kind: EdgeKind, depth: int) -> None:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._add_import(statement, kind)
        elif isinstance(statement, (ast.Try, ast.TryStar)):
            self._visit_try(statement, kind, depth)
        elif self._exports is not None and statement is self._exports.function:
            self.has_getattr = True
            self._visit_exporting(self._exports.function, depth)
        else:
            if self._expression_lines:
                self._visit_expressions(statement)
            if not self._scopes:
                self.has_getattr = self.has_getattr or "__getattr__" in names_bound_by(statement)
            inner = self._kind_inside(statement, kind)
            is_scope = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            is_getattr = not self._scopes and isinstance(statement, ast.FunctionDef) and statement.name == "__getattr__"
            self._calls.in_exports = self._calls.in_exports or is_getattr
            if not self._scopes and isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
                self._calls.function = statement
            self._scopes += is_scope
            for block in blocks_of(statement):
                self._visit_block(block, inner, depth + 1)
            self._scopes -= is_scope
            self._calls.function = self._calls.function if self._scopes else None
            self._calls.in_exports = self._calls.in_exports and not is_getattr

    def _visit_exporting(self, function: ast.FunctionDef, depth: int) -> None:
        """Read a `__getattr__` that is seen through: what it loads by a name is kept apart."""
        calls = self._calls
        before, sinks = len(calls.dynamic), len(calls.sinks)
        is_lazy, imports_unknown = calls.is_lazy, calls.imports_unknown
        calls.in_exports = True
        self._visit_block(function.body, EdgeKind.FUNCTION, depth + 1)
        calls.in_exports = False
        self.export_templates = [fact for fact in calls.dynamic[before:] if "*" in fact.pattern]
        calls.dynamic[before:] = [fact for fact in calls.dynamic[before:] if "*" not in fact.pattern]
        self.unknown_export = calls.imports_unknown
        self.export_sinks, calls.sinks = calls.sinks[sinks:], calls.sinks[:sinks]
        calls.is_lazy, calls.imports_unknown = is_lazy, imports_unknown

    def _kind_inside(self, statement: ast.stmt, kind: EdgeKind) -> EdgeKind:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return EdgeKind.FUNCTION
        if isinstance(statement, (ast.With, ast.AsyncWith)):
            calls = [item.context_expr for item in statement.items if isinstance(item.context_expr, ast.Call)]
            if any(self._names.resolve(call.func) in _SUPPRESS for call in calls):
                return _weaker(kind, EdgeKind.TRY)
        return kind

    def _visit_if(self, statement: ast.If, kind: EdgeKind, depth: int) -> bool | None:
        is_empty = not scan.has_line(self._lines, statement)
        if is_empty and not _leaves(statement.body):
            return None
        decided = conditions.decide(statement.test, self._platform, self._names, self._bound)
        if is_empty:
            return decided
        inner = kind if decided is not None else _weaker(kind, EdgeKind.CONDITIONAL)
        if scan.has_line(self._expression_lines, statement.test):
            self._calls.visit(statement.test)
        if decided is not False:
            self._visit_block(statement.body, inner, depth + 1)
        if decided is not True:
            self._visit_block(statement.orelse, inner, depth + 1)
        return decided

    def _visit_try(self, statement: ast.Try | ast.TryStar, kind: EdgeKind, depth: int) -> None:
        catches = any(_catches_import_errors(handler) for handler in statement.handlers)
        inner = _weaker(kind, EdgeKind.TRY) if catches else kind
        start = len(self.imports)
        self._visit_block(statement.body, inner, depth + 1)
        tried = list(_imported_by(statement.body)) if catches else []
        self.imports[start:] = [_put_behind(fact, tried) for fact in self.imports[start:]]
        for handler in statement.handlers:
            self._visit_block(handler.body, _weaker(kind, EdgeKind.TRY), depth + 1)
        start = len(self.imports)
        self._visit_block(statement.orelse, inner, depth + 1)
        self.imports[start:] = [_put_behind(fact, tried) for fact in self.imports[start:]]
        self._visit_block(statement.finalbody, kind, depth + 1)

    def _add_import(self, statement: ast.Import | ast.ImportFrom, kind: EdgeKind) -> None:
        self._names.add_import(statement)
        line = statement.lineno
        if isinstance(statement, ast.Import):
            self.imports.extend(ImportFact(alias.name, 0, (), kind, line) for alias in statement.names)
            return
        names = tuple(alias.name for alias in statement.names)
        self.imports.append(ImportFact(statement.module or "", statement.level, names, kind, line))
        self.has_getattr = self.has_getattr or "__getattr__" in names

    def _visit_expressions(self, statement: ast.stmt) -> None:
        """Look into the expressions of a statement, its blocks left to their own visit."""
        message = message_of(statement)
        for node, is_named in _expressions_of(statement):
            is_bound = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            if is_bound or not scan.has_line(self._expression_lines, node):
                continue
            if node is getattr(statement, "value", None) and self._is_put_on_path(statement):
                self._calls.add_path_roots(node)
                self._calls.visit_unopened(node)
            elif node is message:
                self._visit_message(node)
            else:
                self._calls.naming = frozenset(names_bound_by(statement) if is_named else ())
                self._calls.visit(node, is_named=is_named)
                self._calls.naming = frozenset()

    def _is_put_on_path(self, statement: ast.stmt) -> bool:
        """Tell whether a statement puts folders on the path without a call: `sys.path += […]`."""
        if not isinstance(statement, (ast.Assign, ast.AugAssign)):
            return False
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return any(map(self._calls.is_search_path, targets))

    def _visit_message(self, node: ast.expr) -> None:
        """Read an error's text, or the arguments that it is made of."""
        given = (*node.args, *(keyword.value for keyword in node.keywords)) if isinstance(node, ast.Call) else (node,)
        for part in given:
            self._calls.visit_unopened(part)


def _imported_by(block: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Yield the modules that the statements of a block itself import by absolute names, with the lines."""
    for statement in block:
        if isinstance(statement, ast.Import):
            yield from ((alias.name, statement.lineno) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module, statement.lineno


def _put_behind(fact: ImportFact, tried: list[tuple[str, int]]) -> ImportFact:
    before = [name for name, line in tried if line < fact.line and name != fact.name]
    return fact._replace(behind=tuple(dict.fromkeys([*fact.behind, *before]))) if before else fact


def _weaker(outer: EdgeKind, inner: EdgeKind) -> EdgeKind:
    """Return the kind of an import inside both: a function outweighs `try`, which outweighs `if`."""
    return max(outer, inner, key=_KINDS_BY_WEIGHT.index)


def _leaves(block: list[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], (ast.Raise, ast.Return))


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    types = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and node.id in _IMPORT_ERRORS) for node in types
    )


def names_bound_by(statement: ast.stmt) -> set[str]:
    """Return the names that an assignment, or the definition of a function, binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {statement.name}
    if not isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    nodes = [part for name in targets for part in (name.elts if isinstance(name, (ast.Tuple, ast.List)) else [name])]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _expressions_of(statement: ast.stmt) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the expressions directly in a statement, and whether each only gets a name there."""
    is_assignment = isinstance(statement, (ast.Assign, ast.AnnAssign))
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    is_named = is_assignment and all(isinstance(name, ast.Name) for name in targets)
    for field, value in ast.iter_fields(statement):
        for node in value if isinstance(value, list) else (value,):
            if isinstance(node, ast.expr):
                yield node, is_named and field == "value"
            elif isinstance(node, ast.withitem):
                yield node.context_expr, isinstance(node.optional_vars, ast.Name)
            elif isinstance(node, ast.arguments):
                yield from ((default, False) for default in (*node.defaults, *node.kw_defaults) if default is not None)

"""Read the facts of one Python source file from its bytes alone.

Reading costs about as much as parsing: statements are visited, and expressions only on lines where a text search found
a word that matters. A function without such a line is passed over whole.
"""

import ast
import codecs
import gc
import io
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from bundler.model.imports import EdgeKind
from bundler.model.project import Target
from bundler.trace.facts import conditions, scan, strings
from bundler.trace.facts.bound import BoundNames
from bundler.trace.facts.calls import CALLS, CallReader
from bundler.trace.facts.distributions import read_distributions
from bundler.trace.facts.evaluate import OWN_NAME
from bundler.trace.facts.exports import Exports, read_exports
from bundler.trace.facts.extract import extract_facts, may_extract
from bundler.trace.facts.folders import read_folders
from bundler.trace.facts.handed_values import handed_values
from bundler.trace.facts.listings import Listings, may_list, read_listings
from bundler.trace.facts.meant_words import MeantWords, read_meant_words
from bundler.trace.facts.module_words import is_module_word, module_strings
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes, blocks_of
from bundler.trace.facts.not_opened import message_of
from bundler.trace.facts.parameters import without_marks
from bundler.trace.facts.programs import names_programs, programs
from bundler.trace.facts.runs import may_run, unknown_program
from bundler.trace.facts.scanned import keyed_names, scanned_packages
from bundler.trace.facts.sinks import may_sink, read_sinks
from bundler.trace.facts.source_facts import ExportFact, ImportFact, PatternFact, SinkFact, SourceFacts
from bundler.trace.facts.source_file import Source
from bundler.trace.facts.sources import SourceReads, read_sources, reads_sources
from bundler.trace.facts.test_folders import read_test_folders
from bundler.trace.facts.text import SourceText

_DEEPEST_BLOCK = 200
_SUPPRESS = frozenset({"contextlib.suppress", "suppress"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"})
_KINDS_BY_WEIGHT = (EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.TRY, EdgeKind.FUNCTION)


def read_facts(content: bytes, *, target: Target, is_own: bool) -> SourceFacts:
    """Return what a source file says; own code gives all its strings, since settings name modules in them.

    Code that cannot be read gives empty facts with an `error`; nothing is raised for any bytes.
    """
    with _counting_alone():
        try:
            return _read(content, target, is_own=is_own)
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
            return SourceFacts(error=f"{type(error).__name__}: {error}")
        finally:
            all_nodes.cache_clear()


def _read(content: bytes, target: Target, *, is_own: bool) -> SourceFacts:
    text = SourceText(decode(content))
    return _Reader(text, parse(text), target, is_own=is_own).read()


@contextmanager
def _counting_alone() -> Iterator[None]:
    """Leave what is made inside to its counts of references: nodes are in no circle, so none is looked for."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def parse(text: str) -> ast.Module:
    """Return the tree of a text, without a word on what Python finds odd in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def decode(content: bytes) -> str:
    """Decode source as PEP 263 says, with the line ends that Python counts."""
    return _decoded(content).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    first_lines = content[: content.find(b"\n", content.find(b"\n") + 1)]
    if b"coding" not in first_lines and not content.startswith(codecs.BOM_UTF8):
        with suppress(UnicodeDecodeError):
            return content.decode()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)


class _Reader:
    """One pass over a file's statements."""

    def __init__(self, text: SourceText, tree: ast.Module, target: Target, *, is_own: bool) -> None:
        self._text = text
        self._tree = tree
        self._platform = conditions.target_facts(target)
        self._is_own = is_own
        self._names = Names()
        self._bound = BoundNames(tree)
        self._calls = CallReader(self._names)
        self._imports: list[ImportFact] = []
        self._has_getattr = False
        self._exports = read_exports(tree) if text.has("def __getattr__(") else None
        self._export_templates: list[PatternFact] = []
        self._unknown_export = 0
        self._export_sinks: list[SinkFact] = []
        self._holds_paths = False
        self._scopes = 0
        """How many functions and classes the statement that is visited stands in."""
        self._expression_lines = scan.expression_lines(text)
        self._with_dot = strings.strings_with_dot(text)
        self._lines = sorted({*text.lines_of("import"), *self._expression_lines})

    @property
    def _source(self) -> Source:
        return Source(self._text, self._tree, self._names, self._calls.evaluate, self._is_own)

    def read(self) -> SourceFacts:
        runs_programs, has_sinks, has_runs = names_programs(self._text), may_sink(self._text), may_run(self._text)
        has_found = may_extract(self._text, is_own=self._is_own)
        if self._is_own or self._expression_lines or runs_programs or has_sinks or has_runs or has_found:
            self._names.collect(self._tree)
            self._add_lines_of_names()
        self._visit_block(self._tree.body, EdgeKind.IMPORT)
        calls = self._calls
        named_calls = list(scan.named_calls(self._text))
        importing = [PatternFact(call.first, call.line) for call in named_calls if call.first and call.says_import]
        lines = sorted({fact.line for fact in importing})
        without_value = frozenset(_calls_without_value(self._tree.body, lines)) if lines else frozenset()
        announced = [fact for fact in importing if fact.line in without_value]
        importing = [fact for fact in importing if fact not in announced]
        importing.extend(PatternFact(name, line) for name, line in strings.quoted_imports(self._text))
        importing.extend(PatternFact(name, line) for name, line in strings.entry_points(self._text))
        words = MeantWords()
        if self._is_own:
            importing.extend(keyed_names(self._tree))
            words = read_meant_words(self._tree, self._names, calls.evaluate)
            importing.extend(words.imported)
        is_lazy = self._has_getattr or calls.is_lazy or scan.hands_on_globals(self._text)
        exports = None if calls.is_lazy else self._exports
        opaque = self._export_templates if exports is None else []
        sinks = read_sinks(self._text, self._tree, self._names, calls.evaluate) if has_sinks else []
        sources = read_sources(self._tree, self._names) if reads_sources(self._text) else SourceReads()
        listings = read_listings(self._tree, self._names) if may_list(self._text) else Listings()
        handed = handed_values(self._tree, self._names, calls.evaluate)
        taken = read_folders(self._text, self._tree, self._names, is_own=self._is_own)
        distributions = read_distributions(self._text, self._tree, self._names)
        return SourceFacts(
            imports=tuple(self._imports),
            dynamic=tuple(dict.fromkeys([*calls.dynamic, *opaque])),
            named_by_words=tuple(dict.fromkeys(importing)),
            registered=tuple(dict.fromkeys(announced)),
            named_by_parameters=tuple(dict.fromkeys(calls.named_by_parameters)),
            listed_packages=tuple(dict.fromkeys(calls.listed_packages)),
            data=calls.opened(self._text),
            metadata=tuple(dict.fromkeys(calls.metadata)),
            asks_any=distributions.asked,
            recorded=tuple(dict.fromkeys([*calls.recorded, *distributions.recorded])),
            groups=tuple(dict.fromkeys(calls.groups)) if self._asks_entry_points else (),
            strings=tuple(self._module_strings(is_lazy=is_lazy)),
            templates=tuple(self._name_templates(exports)),
            listed=words.meant,
            folder_words=words.folders,
            idle_words=words.idle,
            asks_for_words=words.asks_others,
            programs=tuple(dict.fromkeys(programs(self._tree, calls.evaluate))) if runs_programs else (),
            scanned=tuple(dict.fromkeys(scanned_packages(self._tree, self._names))) if self._is_own else (),
            resources=tuple(
                dict.fromkeys((call.first or OWN_NAME, call.second, call.line) for call in named_calls if call.second)
            ),
            path_names=tuple(self._path_names()),
            path_roots=tuple(dict.fromkeys(calls.path_roots)),
            file_names=tuple(PatternFact(name, 0) for name in strings.file_names(self._with_dot)),
            test_folders=read_test_folders(self._text, self._tree, self._names) if self._is_own else (),
            exported=tuple(self._exported()),
            is_lazy=is_lazy,
            imports_unknown=calls.imports_unknown or (self._unknown_export if exports is None else 0),
            found=extract_facts(self._source) if has_found else (),
            sinks=tuple(dict.fromkeys([*calls.sinks, *(self._export_sinks if exports is None else ()), *sinks])),
            runs_programs=has_runs,
            runs_unknown=unknown_program(self._tree, self._names, calls.evaluate) if has_runs else 0,
            handed_values=tuple(dict.fromkeys(handed)) if self._is_own else (),
            takes_folder=taken.taken,
            asks_callers=taken.askers,
            handed=taken.handed,
            reads_stubs=taken.reads_stubs,
            sets_up_logging=scan.sets_up_logging(self._text),
            reads_source=sources.unknown,
            source_readers=sources.readers,
            sources_read=sources.named,
            finds_itself=scan.finds_itself(self._text),
            folders=() if self._is_own else scan.named_folders(self._text),
            served=scan.served_packages(self._text),
            prefixes=strings.name_prefixes(self._text),
            opens_resources=calls.opens_resources,
            runs_scripts=scan.names_scripts(self._text)
            and (bool(calls.imports_unknown) or scan.runs_files(self._text)),
            listed_folders=listings.folders,
            folder_listers=listings.listers,
            lists_callers=listings.asks_callers,
            walks_folders=scan.walks_folders(self._text),
            modules_taken=scan.modules_taken(self._text),
            is_closed=exports is not None,
            exports=tuple(_export_facts(exports)),
            export_templates=tuple(dict.fromkeys(self._export_templates)) if exports is not None else (),
            deferred=exports.deferred if exports is not None else (),
        )

    @property
    def _asks_entry_points(self) -> bool:
        """Own code that goes through all distributions may be after their names alone."""
        return not self._is_own or self._text.has("entry_points")

    def _add_lines_of_names(self) -> None:
        """Mark the lines that use a name which holds a path of the package, or another name of a call that matters."""
        names = self._names.aliases_of(CALLS)
        self._holds_paths = self._text.has(*scan.PATH_WORDS)
        if self._text.has(*scan.IMPORTING_WORDS):
            names.extend(self._calls.functions.names())
        if self._holds_paths:
            names.extend(name for name in self._names.assignments if self._calls.paths_in(name))
        if names:
            self._expression_lines = sorted({*self._text.lines_of(*names), *self._expression_lines})
            self._lines = sorted({*self._lines, *self._expression_lines})

    # ---- statements

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
            self._has_getattr = True
            self._visit_exporting(self._exports.function, depth)
        else:
            if self._expression_lines:
                self._visit_expressions(statement)
            if not self._scopes:
                self._has_getattr = self._has_getattr or "__getattr__" in _names_bound_by(statement)
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
        self._export_templates = [fact for fact in calls.dynamic[before:] if "*" in fact.pattern]
        calls.dynamic[before:] = [fact for fact in calls.dynamic[before:] if "*" not in fact.pattern]
        self._unknown_export = calls.imports_unknown
        self._export_sinks, calls.sinks = calls.sinks[sinks:], calls.sinks[:sinks]
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
        start = len(self._imports)
        self._visit_block(statement.body, inner, depth + 1)
        tried = list(_imported_by(statement.body)) if catches else []
        self._imports[start:] = [_put_behind(fact, tried) for fact in self._imports[start:]]
        for handler in statement.handlers:
            self._visit_block(handler.body, _weaker(kind, EdgeKind.TRY), depth + 1)
        start = len(self._imports)
        self._visit_block(statement.orelse, inner, depth + 1)
        self._imports[start:] = [_put_behind(fact, tried) for fact in self._imports[start:]]
        self._visit_block(statement.finalbody, kind, depth + 1)

    def _add_import(self, statement: ast.Import | ast.ImportFrom, kind: EdgeKind) -> None:
        self._names.add_import(statement)
        line = statement.lineno
        if isinstance(statement, ast.Import):
            self._imports.extend(ImportFact(alias.name, 0, (), kind, line) for alias in statement.names)
            return
        names = tuple(alias.name for alias in statement.names)
        self._imports.append(ImportFact(statement.module or "", statement.level, names, kind, line))
        self._has_getattr = self._has_getattr or "__getattr__" in names

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
                self._calls.naming = frozenset(_names_bound_by(statement) if is_named else ())
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

    # ---- strings

    def _path_names(self) -> Iterator[tuple[str, str]]:
        if self._holds_paths:
            for statement in self._tree.body:
                for name in _names_bound_by(statement):
                    yield from ((name, template) for template in self._calls.paths_in(name))

    def _exported(self) -> Iterator[str]:
        for statement in self._tree.body:
            if "__all__" in _names_bound_by(statement):
                value = getattr(statement, "value", None)
                for node in value.elts if isinstance(value, (ast.List, ast.Tuple)) else ():
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value

    def _module_strings(self, *, is_lazy: bool) -> Iterator[PatternFact]:
        has_dotted = strings.has_dotted(self._with_dot)
        return module_strings(self._tree, self._text, is_own=self._is_own, is_lazy=is_lazy, has_dotted=has_dotted)

    def _name_templates(self, exports: Exports | None) -> Iterator[str]:
        own = {fact.pattern for fact in self._export_templates} if exports is not None else set()
        own.update(without_marks(fact.template) for fact in self._calls.named_by_parameters)
        yield from (template for template in strings.name_templates(self._with_dot) if template not in own)


def _calls_without_value(block: list[ast.stmt], lines: list[int]) -> Iterator[int]:
    """Yield, of some lines, those of calls that are statements of their own."""
    for statement in block:
        if not scan.has_line(lines, statement):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield statement.value.func.end_lineno or 0
        for inner in blocks_of(statement):
            yield from _calls_without_value(inner, lines)


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


def _export_facts(exports: Exports | None) -> Iterator[ExportFact]:
    for fact in exports.texts if exports is not None else ():
        if is_module_word(fact.text):
            yield fact


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


def _names_bound_by(statement: ast.stmt) -> set[str]:
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

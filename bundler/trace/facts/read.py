"""Read the facts of one Python source file from its bytes alone.

Reading costs less than parsing: statements are visited, and expressions only on lines where a text search found a word
that matters. A function without such a line is passed over whole.
"""

import ast
from collections.abc import Iterator

from bundler.model.project import Target
from bundler.trace.facts import conditions, scan, strings
from bundler.trace.facts.calls import CallReader
from bundler.trace.facts.distributions import read_distributions
from bundler.trace.facts.exports import Exports, read_exports
from bundler.trace.facts.extract import extract_facts, may_extract
from bundler.trace.facts.folders import read_folders
from bundler.trace.facts.handed_values import handed_values
from bundler.trace.facts.known_calls import CALLS
from bundler.trace.facts.listings import Listings, may_list, read_listings
from bundler.trace.facts.meant_words import read_meant_words
from bundler.trace.facts.module_words import is_module_word, module_strings
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes, blocks_of
from bundler.trace.facts.parameters import without_marks
from bundler.trace.facts.parse import counting_alone, decode, parse
from bundler.trace.facts.programs import names_programs, programs
from bundler.trace.facts.runs import may_run, unknown_program
from bundler.trace.facts.scanned import keyed_names, scanned_packages
from bundler.trace.facts.sinks import may_sink, read_sinks
from bundler.trace.facts.source_facts import ExportFact, PatternFact, SourceFacts
from bundler.trace.facts.source_file import Source
from bundler.trace.facts.sources import SourceReads, read_sources, reads_sources
from bundler.trace.facts.statements import StatementReader, names_bound_by
from bundler.trace.facts.templates import OWN_NAME
from bundler.trace.facts.test_folders import read_test_folders
from bundler.trace.facts.text import SourceText


def read_facts(content: bytes, *, target: Target, is_own: bool) -> SourceFacts:
    """Return what a source file says; own code gives all its strings, since settings name modules in them.

    Code that cannot be read gives empty facts with an `error`; nothing is raised for any bytes.
    """
    with counting_alone():
        try:
            return _read(content, target, is_own=is_own)
        except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError) as error:
            return SourceFacts(error=f"{type(error).__name__}: {error}")
        finally:
            all_nodes.cache_clear()


def _read(content: bytes, target: Target, *, is_own: bool) -> SourceFacts:
    text = SourceText(decode(content))
    return _Reader(text, parse(text), target, is_own=is_own).read()


class _Reader:
    """One pass over a file's statements."""

    def __init__(self, text: SourceText, tree: ast.Module, target: Target, *, is_own: bool) -> None:
        self._text = text
        self._tree = tree
        self._platform = conditions.target_facts(target)
        self._is_own = is_own
        self._names = Names()
        self._calls = CallReader(self._names)
        self._exports = read_exports(tree) if text.has("def __getattr__(") else None
        self._holds_paths = False
        self._expression_lines = scan.expression_lines(text)
        self._with_dot = strings.strings_with_dot(text)
        self._named_calls = list(scan.named_calls(text))
        self._lines = sorted({*text.lines_of("import"), *self._expression_lines})

    @property
    def _source(self) -> Source:
        return Source(self._text, self._tree, self._names, self._calls.evaluate, self._is_own)

    def read(self) -> SourceFacts:
        """Return all facts of the file."""
        has_found = may_extract(self._text, is_own=self._is_own)
        signs = (names_programs(self._text), may_sink(self._text), may_run(self._text), has_found)
        if self._is_own or self._expression_lines or any(signs):
            self._names.collect(self._tree)
            self._add_lines_of_names()
        statements = StatementReader(
            self._names, self._calls, self._platform, self._exports, (self._lines, self._expression_lines)
        )
        statements.read(self._tree)
        facts = self._facts_of_text()._replace(found=extract_facts(self._source) if has_found else ())
        facts = self._with_statements(facts, statements)
        facts = self._with_calls(self._with_names(facts))
        return self._with_own_words(facts) if self._is_own else facts

    def _facts_of_text(self) -> SourceFacts:
        """Return what the text says without a look at its tree."""
        text = self._text
        named_calls = [call for call in self._named_calls if call.second]
        resources = ((call.first or OWN_NAME, call.second or "", call.line) for call in named_calls)
        return SourceFacts(
            resources=tuple(dict.fromkeys(resources)),
            file_names=tuple(PatternFact(name, 0) for name in strings.file_names(self._with_dot)),
            sets_up_logging=scan.sets_up_logging(text),
            finds_itself=scan.finds_itself(text),
            folders=() if self._is_own else scan.named_folders(text),
            served=scan.served_packages(text),
            prefixes=strings.name_prefixes(text),
            walks_folders=scan.walks_folders(text),
            modules_taken=scan.modules_taken(text),
        )

    def _with_statements(self, facts: SourceFacts, statements: StatementReader) -> SourceFacts:
        """Add imports, and what a lazy module loads by which of its names."""
        calls = self._calls
        is_lazy = statements.has_getattr or calls.is_lazy or scan.hands_on_globals(self._text)
        exports = None if calls.is_lazy else self._exports
        by_name = statements.export_templates if exports is not None else []
        opaque = statements.export_templates if exports is None else []
        unknown = calls.imports_unknown or (statements.unknown_export if exports is None else 0)
        sinks = read_sinks(self._text, self._tree, self._names, calls.evaluate) if may_sink(self._text) else []
        return facts._replace(
            imports=tuple(statements.imports),
            dynamic=tuple(dict.fromkeys([*calls.dynamic, *opaque])),
            strings=tuple(self._module_strings(is_lazy=is_lazy)),
            templates=tuple(self._name_templates(by_name)),
            exported=tuple(self._exported()),
            is_lazy=is_lazy,
            imports_unknown=unknown,
            sinks=tuple(dict.fromkeys([*calls.sinks, *(statements.export_sinks if exports is None else ()), *sinks])),
            runs_scripts=scan.names_scripts(self._text)
            and (bool(calls.imports_unknown) or scan.runs_files(self._text)),
            is_closed=exports is not None,
            exports=tuple(_export_facts(exports)),
            export_templates=tuple(dict.fromkeys(by_name)),
            deferred=exports.deferred if exports is not None else (),
        )

    def _with_names(self, facts: SourceFacts) -> SourceFacts:
        """Add the modules that calls name whose functions say that they import."""
        calls = (call for call in self._named_calls if call.first and call.says_import)
        said = [PatternFact(call.first or "", call.line) for call in calls]
        lines = sorted({fact.line for fact in said})
        without_value = frozenset(_calls_without_value(self._tree.body, lines)) if lines else frozenset[int]()
        quoted = (*strings.quoted_imports(self._text), *strings.entry_points(self._text))
        importing = [fact for fact in said if fact.line not in without_value]
        return facts._replace(
            named_by_words=tuple(dict.fromkeys([*importing, *(PatternFact(name, line) for name, line in quoted)])),
            registered=tuple(dict.fromkeys(fact for fact in said if fact.line in without_value)),
        )

    def _with_calls(self, facts: SourceFacts) -> SourceFacts:
        """Add what calls ask for: paths, metadata, folders, source, programs."""
        calls, text, tree, names = self._calls, self._text, self._tree, self._names
        sources = read_sources(tree, names) if reads_sources(text) else SourceReads()
        listings = read_listings(tree, names) if may_list(text) else Listings()
        taken = read_folders(text, tree, names, is_own=self._is_own)
        distributions = read_distributions(text, tree, names)
        has_runs = may_run(text)
        return facts._replace(
            named_by_parameters=tuple(dict.fromkeys(calls.named_by_parameters)),
            listed_packages=tuple(dict.fromkeys(calls.listed_packages)),
            data=calls.opened(text),
            metadata=tuple(dict.fromkeys(calls.metadata)),
            asks_any=distributions.asked,
            recorded=tuple(dict.fromkeys([*calls.recorded, *distributions.recorded])),
            groups=tuple(dict.fromkeys(calls.groups)) if self._asks_entry_points else (),
            programs=tuple(dict.fromkeys(programs(tree, calls.evaluate))) if names_programs(text) else (),
            path_names=tuple(self._path_names()),
            path_roots=tuple(dict.fromkeys(calls.path_roots)),
            runs_programs=has_runs,
            runs_unknown=unknown_program(tree, names, calls.evaluate) if has_runs else 0,
            takes_folder=taken.taken,
            asks_callers=taken.askers,
            handed=taken.handed,
            reads_stubs=taken.reads_stubs,
            reads_source=sources.unknown,
            source_readers=sources.readers,
            sources_read=sources.named,
            opens_resources=calls.opens_resources,
            listed_folders=listings.folders,
            folder_listers=listings.listers,
            lists_callers=listings.asks_callers,
        )

    def _with_own_words(self, facts: SourceFacts) -> SourceFacts:
        """Add what only first-party code says: what its words come to, what it hands on, its folders of tests."""
        tree, names, evaluate = self._tree, self._names, self._calls.evaluate
        words = read_meant_words(tree, names, evaluate)
        return facts._replace(
            named_by_words=tuple(dict.fromkeys([*facts.named_by_words, *keyed_names(tree), *words.imported])),
            listed=words.meant,
            folder_words=words.folders,
            idle_words=words.idle,
            asks_for_words=words.asks_others,
            scanned=tuple(dict.fromkeys(scanned_packages(tree, names))),
            test_folders=read_test_folders(self._text, tree, names),
            handed_values=tuple(dict.fromkeys(handed_values(tree, names, evaluate))),
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

    # ---- strings

    def _path_names(self) -> Iterator[tuple[str, str]]:
        if self._holds_paths:
            for statement in self._tree.body:
                for name in names_bound_by(statement):
                    yield from ((name, template) for template in self._calls.paths_in(name))

    def _exported(self) -> Iterator[str]:
        for statement in self._tree.body:
            if "__all__" in names_bound_by(statement):
                value = getattr(statement, "value", None)
                for node in value.elts if isinstance(value, (ast.List, ast.Tuple)) else ():
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value

    def _module_strings(self, *, is_lazy: bool) -> Iterator[PatternFact]:
        has_dotted = strings.has_dotted(self._with_dot)
        return module_strings(self._tree, self._text, is_own=self._is_own, is_lazy=is_lazy, has_dotted=has_dotted)

    def _name_templates(self, exported: list[PatternFact]) -> Iterator[str]:
        own = {fact.pattern for fact in exported}
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


def _export_facts(exports: Exports | None) -> Iterator[ExportFact]:
    for fact in exports.texts if exports is not None else ():
        if is_module_word(fact.text):
            yield fact

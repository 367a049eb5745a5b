"""Read what expressions ask for: modules by name, packages listed, files, metadata, entry points, source."""

import ast
from collections.abc import Iterator

from bundler.trace.facts import known_calls
from bundler.trace.facts.calls_of_paths import PACKAGE_FILES
from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.function_values import FunctionValues
from bundler.trace.facts.names import Names
from bundler.trace.facts.not_opened import hands_on_text, only_tells, whole_of_part
from bundler.trace.facts.parameters import evaluate_inside
from bundler.trace.facts.programs import program_modules
from bundler.trace.facts.sinks import is_unknown_name
from bundler.trace.facts.source_facts import ParameterFact, PatternFact, SinkFact
from bundler.trace.facts.tables import looked_up
from bundler.trace.facts.templates import (
    FOLDER_END,
    GIVEN,
    OWN_FILE,
    OWN_FOLDER,
    OWN_PACKAGE,
    OWN_STUB,
    TASK_ROOT,
    TOP_LEVEL,
    UNKNOWN,
    Value,
    has_base,
)

_VERSION_CONTROL = frozenset({"git", "hg", "svn"})
_FIRST_KEYWORDS = frozenset({"name", "package", "group", "distribution_name", "anchor"})


class CallReader:
    """Collects what the expressions of one file ask for."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._evaluator = Evaluator(names)
        self.functions = FunctionValues(names, known_calls.IMPORT_CALLS)
        self._root_evaluator = Evaluator(names, takes_imported=True)
        self.dynamic: list[PatternFact] = []
        self.named_by_parameters: list[ParameterFact] = []
        self.function: ast.FunctionDef | None = None
        """The function at module level that what is read stands in, where its calls may say what it loads."""
        self.listed_packages: list[PatternFact] = []
        self.data: list[PatternFact] = []
        self.metadata: list[PatternFact] = []
        self.recorded: list[PatternFact] = []
        self.groups: list[PatternFact] = []
        self.path_roots: list[PatternFact] = []
        self.is_lazy = False
        self.imports_unknown = 0
        self.sinks: list[SinkFact] = []
        self.opens_resources = False
        self.naming: frozenset[str] = frozenset()
        """The names that the statement which is read gives to its value."""
        self._named: dict[PatternFact, frozenset[str]] = {}
        self._told: set[str] = set()
        """Names of paths that are told or searched for modules."""
        self._opened: set[str] = set()
        """Names of paths that may be opened where they stand."""
        self.in_exports = False
        """Whether what is read stands in a module's `__getattr__`, which imports what strings name as exported."""

    def evaluate(self, node: ast.expr) -> Value:
        """Return what an expression may be."""
        return self._evaluator.evaluate(node)

    def paths_in(self, name: str) -> list[str]:
        """Return the paths of the package that a name may hold."""
        return sorted(filter(has_base, self._evaluator.evaluate(ast.Name(id=name))))

    def opened(self, text: str) -> tuple[PatternFact, ...]:
        """Return the paths that may be opened: what only gets a name is not where that name is only told."""
        idle = {name for name in self._told - self._opened if f".{name}" not in text}
        given = (fact for fact in self.data if not self._named.get(fact) or not self._named[fact] <= idle)
        return tuple(dict.fromkeys(given))

    def visit(self, node: ast.expr, *, is_named: bool = False) -> None:
        """Read an expression; `is_named` when it only gets a name, under which it is seen again, or is compared."""
        templates = self._paths_of(node)
        if templates:
            self._opened.update([node.id] if isinstance(node, ast.Name) else [])
            self._add_data(templates, node.lineno, is_named=is_named)
        if self.functions.find(node) is not None:
            if not is_named:
                self._visit_function(node)
            return
        if isinstance(node, ast.Call):
            self._visit_call(node)
        whole = whole_of_part(node, self._called(node))
        if not templates and not (whole is not None and self._paths_of(whole)):
            self._visit_below(node)

    def visit_unopened(self, node: ast.expr) -> None:
        """Read an expression that is only told to people, or searched for modules."""
        if not hands_on_text(node) and not self._paths_of(node):
            self.visit(node)
            return
        if isinstance(node, ast.Name):
            self._told.add(node.id)
        for child in _expressions_below(node):
            self.visit_unopened(child)

    def _paths_of(self, node: ast.expr) -> Value:
        """Return what an expression may be, where that is a path."""
        if not isinstance(node, (ast.BinOp, ast.Call, ast.Attribute, ast.Subscript, ast.Name, ast.JoinedStr)):
            return frozenset()
        return frozenset(filter(has_base, self._evaluator.evaluate(node)))

    def _called(self, node: ast.expr) -> str | None:
        return self._names.resolve(node.func) if isinstance(node, ast.Call) else None

    def _visit_below(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call) and (only_tells(node) or self._called(node) in known_calls.PATH_ROOT_CALLS):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                self.visit_unopened(argument)
            self.visit(node.func)
            return
        asked = self._asked_folder(node) if isinstance(node, ast.Call) else None
        for child in _expressions_below(node):
            if child is not asked and not (isinstance(node, ast.Call) and self._is_called_by(node, child)):
                # A folder that is only compared is not looked into.
                self.visit(child, is_named=isinstance(node, ast.Compare))

    def _is_called_by(self, call: ast.Call, node: ast.expr) -> bool:
        """Tell whether a call has a function that matters, or hands it on: what it is given was read with the call."""
        return (node is call.func or node in call.args) and self.functions.find(node) is not None

    def _visit_function(self, node: ast.expr) -> None:
        """Note a function that goes out of sight: what it is given already, or anything."""
        found = self.functions.find(node)
        if found is not None and found.arguments:
            call = found.called_with(ast.copy_location(ast.Call(func=node, args=[], keywords=[]), node))
            self._visit_argument(found.dotted, call, found.arguments[0])
        elif found is not None and found.dotted in known_calls.LOADING_CALLS:
            self._note_unknown(found.dotted, node.lineno)

    def _note_unknown(self, dotted: str, line: int) -> None:
        self.is_lazy = True
        self.imports_unknown = self.imports_unknown or line
        self.sinks.append(SinkFact(dotted, line))

    def _asked_folder(self, node: ast.Call) -> ast.expr | None:
        """Return the folder that a version control system is asked about: no bundle lies in a repository."""
        folder = known_calls.keyword(node, frozenset({"cwd"}))
        if folder is None or not node.args:
            return None
        command = node.args[0].elts[0] if isinstance(node.args[0], ast.List) and node.args[0].elts else node.args[0]
        words = (text.split() for text in self._evaluator.evaluate(command))
        return folder if all(text and text[0] in _VERSION_CONTROL for text in words) else None

    def _add_data(self, templates: Value, line: int, *, is_named: bool) -> None:
        """Note paths; a bare folder that only gets a name is noted where the name is used."""
        for template in sorted(templates):
            is_bare = template.rstrip("/.") in {OWN_FOLDER, OWN_FILE, TASK_ROOT} or template.rstrip("/.").endswith(
                FOLDER_END
            )
            if not (is_named and is_bare):
                fact = PatternFact(template, line)
                self.data.append(fact)
                # Seen where it is not just given a name, it counts whatever becomes of the name.
                self._named[fact] = self._named.get(fact, self.naming) & self.naming

    def _visit_call(self, node: ast.Call) -> None:
        self._visit_handed_on(node)
        function = self.functions.find(node.func)
        if function is not None:
            node = function.called_with(node, *node.args)
        dotted = function.dotted if function is not None else self._names.resolve(node.func)
        if dotted is not None:
            self._visit_called(dotted, node)

    def _visit_handed_on(self, node: ast.Call) -> None:
        """Read the functions that a call hands on, with what they are given for all that can be seen."""
        for argument, calls in self.functions.calls_by(node):
            for call in calls:
                self._visit_call(call)
            if not calls:
                self._visit_function(argument)

    def _visit_called(self, dotted: str, node: ast.Call) -> None:
        first = node.args[0] if node.args else known_calls.keyword(node, _FIRST_KEYWORDS)
        if dotted in known_calls.WALK_CALLS:
            self._add_walk(node)
        elif dotted in known_calls.PATH_ROOT_CALLS:
            self.add_path_roots(*node.args)
        elif dotted in known_calls.GROUP_CALLS:
            names = self._evaluator.evaluate(first) if first is not None else frozenset({UNKNOWN})
            self.groups.extend(PatternFact(name, node.lineno) for name in sorted(names))
        elif dotted in known_calls.ALL_DISTRIBUTIONS_CALLS:
            self.groups.append(PatternFact(UNKNOWN, node.lineno))
        elif dotted.endswith(("lazy_loader.attach", "lazy_loader.attach_stub")):
            self.is_lazy = True
            if dotted.endswith("attach_stub"):
                # The stub is read at run time to know what is exported from where.
                self.data.append(PatternFact(OWN_STUB, node.lineno))
        elif first is not None:
            self._visit_argument(dotted, node, first)

    def _visit_argument(self, dotted: str, node: ast.Call, first: ast.expr) -> None:
        if dotted in known_calls.IMPORT_CALLS:
            self._add_dynamic(dotted, node, first)
        elif dotted in PACKAGE_FILES:
            self.opens_resources = self.opens_resources or not self._packages_in(first)
        elif dotted in known_calls.PACKAGE_RESOURCE_CALLS:
            self._add_resource(node, first)
        elif dotted in known_calls.METADATA_CALLS:
            named = [PatternFact(name, node.lineno) for name in sorted(self._evaluator.evaluate(first))]
            self.metadata.extend(named)
            self.recorded.extend(named if dotted in known_calls.RECORD_CALLS else ())

    def _add_dynamic(self, dotted: str, node: ast.Call, first: ast.expr) -> None:
        package = node.args[1] if len(node.args) > 1 and dotted == "importlib.import_module" else None
        package = package or known_calls.keyword(node, frozenset({"package"}))
        heads = self._evaluator.evaluate(package) if package is not None else frozenset({OWN_PACKAGE})
        names = looked_up(first, self._names) or self._evaluator.evaluate(first)
        if dotted == "runpy.run_module":
            names = frozenset(part for name in names for part in program_modules(name))
        if dotted.endswith("__import__"):
            dots = "." * known_calls.level_of(node)
            names = frozenset(f"{dots}{name}" for name in names)
            names |= known_calls.modules_of_fromlist(node, names, self._evaluator.evaluate)
        else:
            names = self._add_given(node, first, names)
        for template in sorted(names):
            is_bounded = template == f".{UNKNOWN}" and UNKNOWN not in heads and not self.in_exports
            if not template.strip("*.") and not is_bounded:
                if dotted in known_calls.LOADING_CALLS:
                    self._note_unknown(dotted, node.lineno)
                continue
            named = [f"{head}{template}" for head in sorted(heads)] if template.startswith(".") else [template]
            self.dynamic.extend(PatternFact(name, node.lineno) for name in named)
            if dotted in known_calls.LOADING_CALLS and any(map(is_unknown_name, named)):
                self.sinks.append(SinkFact(dotted, node.lineno))

    def _add_given(self, node: ast.Call, first: ast.expr, names: Value) -> Value:
        """Keep apart the names that hang on what callers give, and return the others."""
        if self.function is None or not any(_is_open(name) for name in names):
            return names
        inside = evaluate_inside(self.function, first, self._names)
        if any(UNKNOWN in name or name.startswith(".") for name in inside):
            return names
        given = sorted(name for name in inside if GIVEN in name)
        self.named_by_parameters.extend(ParameterFact(self.function.name, name, node.lineno) for name in given)
        return inside.difference(given)

    def _add_walk(self, node: ast.Call) -> None:
        first = node.args[0] if node.args else known_calls.keyword(node, frozenset({"path"}))
        if first is None:
            self.listed_packages.append(PatternFact(TOP_LEVEL, node.lineno))
        for element in first.elts if isinstance(first, (ast.List, ast.Tuple)) else filter(None, [first]):
            folders = list(filter(has_base, self._evaluator.evaluate(element)))
            folders = sorted(folders) or self._packages_in(element) or [UNKNOWN]
            self.listed_packages.extend(PatternFact(folder, node.lineno) for folder in folders)

    def is_search_path(self, node: ast.expr) -> bool:
        """Tell whether an expression is `sys.path`, or a part of it."""
        return self._names.resolve(node.value if isinstance(node, ast.Subscript) else node) == "sys.path"

    def add_path_roots(self, *nodes: ast.expr) -> None:
        """Note the folders that are put on the path for modules."""
        pending = list(nodes)
        while pending:
            part = pending.pop()
            if self.is_search_path(part) or (isinstance(part, ast.Constant) and not isinstance(part.value, str)):
                continue
            folders = [template for template in self._root_evaluator.evaluate(part) if template.strip(UNKNOWN)]
            self.path_roots.extend(PatternFact(folder, part.lineno) for folder in sorted(folders))
            if not folders:
                pending.extend(_expressions_below(part))

    def _add_resource(self, node: ast.Call, first: ast.expr) -> None:
        below = self._evaluator.evaluate(node.args[1]) if len(node.args) > 1 else frozenset({UNKNOWN})
        folders = self._packages_in(first)
        self.opens_resources = self.opens_resources or not folders
        for folder in folders:
            self.data.extend(PatternFact(f"{folder}/{name}", node.lineno) for name in sorted(below))

    def _packages_in(self, node: ast.expr) -> list[str]:
        """Return the folders of the packages that an argument may name."""
        return sorted(filter(has_base, self._evaluator.package_named_by(node)))


def _is_open(template: str) -> bool:
    """Tell whether a name has a part that is unknown, and one that is not."""
    return UNKNOWN in template and template.strip("*.") != "" and not template.startswith(".")


def _expressions_below(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, (ast.keyword, ast.comprehension)):
            yield from _expressions_below(child)

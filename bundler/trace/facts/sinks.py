"""Read where a file turns a value that nobody can tell into code: its module sinks.

A sink is known by the last two parts of its dotted name, by whichever module of compatibility it came. Names of modules
that the file itself writes down, in full or up to their head, are no sinks: what they lead to is followed.
"""

import ast
import re
from collections.abc import Callable, Iterator

from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import nodes_of, walk
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.facts.templates import UNKNOWN, Value, has_base
from bundler.trace.facts.text import SourceText

_NAMED = {
    "pydoc.resolve": (0, "thing"),
    "imp.find_module": (0, "name"),
    "imp.load_module": (0, "name"),
    "pkg_resources.load_entry_point": (0, "dist"),
    "pkg_resources.run_script": (1, "script_name"),
    "EntryPoint.parse": (0, "src"),
    "metadata.EntryPoint": (1, "value"),
    "importlib_metadata.EntryPoint": (1, "value"),
}
"""What loads the module that a text names, imports aside → where that text stands among its arguments."""
_PLACED = {
    "runpy.run_path": (0, "path_name"),
    "util.spec_from_file_location": (1, "location"),
    "machinery.SourceFileLoader": (1, "path"),
    "machinery.SourcelessFileLoader": (1, "path"),
    "machinery.ExtensionFileLoader": (1, "path"),
    "machinery.FileFinder": (0, "path"),
    "imp.load_source": (1, "pathname"),
    "imp.load_compiled": (1, "pathname"),
    "imp.load_dynamic": (1, "path"),
    "imp.load_package": (1, "path"),
    "zipimport.zipimporter": (0, "path"),
    "setuptools.find_packages": (0, "where"),
    "setuptools.find_namespace_packages": (0, "where"),
    "pkgutil.iter_modules": (0, "path"),
    "pkgutil.walk_packages": (0, "path"),
}
"""What loads or lists the modules at a path."""
_ANY = frozenset(
    {
        *(f"{module}.{name}" for module in ("pickle", "cPickle", "_pickle") for name in ("load", "loads", "Unpickler")),
        *(f"marshal.{name}" for name in ("load", "loads")),
        "shelve.open",
        *(f"config.{name}" for name in ("dictConfig", "fileConfig", "DictConfigurator", "listen")),
        *(f"{loader}.loadTestsFromName{end}" for loader in ("defaultTestLoader", "TestLoader") for end in ("", "s")),
    }
)
"""What takes names of modules out of stored objects or settings."""
_FINDING = {
    "util.find_spec": (0, "name"),
    "PathFinder.find_spec": (0, "fullname"),
    "importlib.find_loader": (0, "name"),
    "pkgutil.find_loader": (0, "fullname"),
    "pkgutil.get_loader": (0, "module_or_name"),
}
"""What finds a module, and loads it where something in the file then does."""
_LOADING_METHODS = frozenset({"exec_module", "load_module"})
_LOADING_WORDS = ("module_from_spec", "exec_module", "load_module", ".loader")
_MAKERS = frozenset({*_FINDING, *_PLACED, "util.spec_from_loader", "imp.find_module"})
_EXECUTING = frozenset({"exec", "eval", "execfile", "builtins.exec", "builtins.eval"})
_READING = frozenset(
    {
        *("read", "read_text", "read_bytes", "read_binary", "readline", "readlines", "getvalue", "open", "urlopen"),
        *("get_data", "get_source", "get_code", "getsource", "resource_string", "resource_stream"),
    }
)
_WORDS = (
    *("pydoc", "imp.", "load_entry_point", "run_script", "EntryPoint", "run_path", "iter_modules"),
    *("spec_from_file_location", "FileLoader", "FileFinder", "zipimporter", "find_packages", "find_namespace_packages"),
    *(
        "walk_packages",
        "ickle",
        "marshal",
        "shelve",
        "Config(",
        "config.listen",
        "DictConfigurator",
        "loadTestsFromName",
    ),
    *("find_spec", "find_loader", "get_loader", "exec_module", "load_module"),
)
_LAST_PARTS = frozenset(
    name.rpartition(".")[2] for name in (*_NAMED, *_PLACED, *_FINDING, *_ANY, *_MAKERS, *_EXECUTING)
)
_READ = (ast.Call, ast.Name, ast.Attribute, ast.FunctionDef, ast.AsyncFunctionDef)
_EXECUTING_WORDS = ("exec(", "eval(", "execfile(")
# Much else has methods of these names.
_EXECUTION = re.compile(r"(?<![\w.])(?:exec|eval|execfile)\(|builtins\.")
_DEEPEST = 4
_Judge = Callable[[str], bool]


def may_sink(text: SourceText) -> bool:
    """Tell whether a file has any word of a sink that is looked for here."""
    return text.has(*_WORDS) or (text.has(*_EXECUTING_WORDS) and _EXECUTION.search(text) is not None)


def read_sinks(
    text: SourceText, tree: ast.Module, names: Names, evaluate: Callable[[ast.expr], Value]
) -> list[SinkFact]:
    """Return the sinks of a file that a value reaches which nobody can tell, imports by name aside."""
    return list(_SinkReader(text, tree, names, evaluate).read())


def is_unknown_name(template: str) -> bool:
    """Tell whether a name of a module may be that of any: not even its head is known."""
    return template.startswith(UNKNOWN) or not template.strip(f".{UNKNOWN}")


class _SinkReader:
    """Goes through all expressions of one file."""

    def __init__(self, text: SourceText, tree: ast.Module, names: Names, evaluate: Callable[[ast.expr], Value]) -> None:
        self._tree = tree
        self._names = names
        self._evaluate = evaluate
        self._judges: dict[str, tuple[tuple[int, str], _Judge]] = {
            **{name: (place, is_unknown_name) for name, place in _NAMED.items()},
            **{name: (place, _is_unknown_path) for name, place in _PLACED.items()},
        }
        if text.has(*_LOADING_WORDS):
            self._judges |= {name: (place, is_unknown_name) for name, place in _FINDING.items()}
        self._passed: list[range] = []
        """The lines of functions that hand on to a loader of another what they are asked for themselves."""

    def read(self) -> Iterator[SinkFact]:
        nodes = list(nodes_of(self._tree, *_READ))
        defined = (node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
        passing = (node for node in defined if node.name in {*_LOADING_METHODS, "find_spec", "find_module"})
        self._passed = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in passing]
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        keys = [self._key(call.func) for call in calls]
        has_maker = not _MAKERS.isdisjoint(keys)
        called = {id(call.func) for call in calls}
        for call, key in zip(calls, keys, strict=True):
            if key or isinstance(call.func, ast.Attribute):
                yield from self._read_call(call, key, has_maker=has_maker)
        for node in nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) and id(node) not in called and (key := self._key(node)):
                yield from self._read_mention(node, key)

    def _key(self, node: ast.expr) -> str:
        """Return the last two parts of what an expression stands for, where that may be a sink."""
        if isinstance(node, ast.Attribute):
            if node.attr not in _LAST_PARTS:
                return ""
        elif not isinstance(node, ast.Name) or not (node.id in self._names.imported or node.id in _EXECUTING):
            return ""
        dotted = self._names.resolve(node)
        return ".".join(dotted.split(".")[-2:]) if dotted else ""

    def _read_call(self, call: ast.Call, key: str, *, has_maker: bool) -> Iterator[SinkFact]:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if key in self._judges:
            (position, keyword), judge = self._judges[key]
            given = _argument(call, position, keyword)
            # Without a path all that can be imported is listed, which says nothing of a module of its own.
            is_told = key in _PLACED and (_is_none(given) if given is not None else not call.args)
            if not is_told and (given is None or any(map(judge, self._values(given)))):
                yield from self._at(key, call)
        elif key in _ANY and any(map(self._is_stored, call.args[:1])):
            return
        elif key in _ANY or (method.startswith("loadTestsFromName") and not self._is_written(call)):
            yield from self._at(key or method, call)
        elif _is_loading(call.func) and not has_maker:
            yield from self._at(method, call)
        elif key in _EXECUTING and call.args and self._is_read(call.args[0]):
            yield from self._at(key, call)

    def _values(self, node: ast.expr) -> Value:
        """Return what is given: modules by their name, any of a list."""
        parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
        return frozenset(value for part in parts for value in self._evaluate(part))

    def _is_written(self, call: ast.Call) -> bool:
        return bool(call.args) and not any(map(is_unknown_name, self._values(call.args[0])))

    def _read_mention(self, node: ast.Name | ast.Attribute, key: str) -> Iterator[SinkFact]:
        """Whatever has such a function as its value may call it with anything."""
        if key in _ANY or (key in self._judges and not isinstance(node.ctx, ast.Store)):
            yield from self._at(key, node)

    def _at(self, sink: str, node: ast.expr) -> Iterator[SinkFact]:
        is_passed_on = sink in _LOADING_METHODS or sink in _FINDING
        if not (is_passed_on and any(node.lineno in lines for lines in self._passed)):
            yield SinkFact(sink, node.lineno)

    def _is_stored(self, node: ast.expr, depth: int = 0) -> bool:
        """Tell whether objects or settings come out of a file of the code, or stand in it: they are read there."""
        if isinstance(node, ast.Dict):
            return True
        if isinstance(node, ast.Call) and _last_part(node.func) in _READING:
            parts = [*node.args[:1], *([node.func.value] if isinstance(node.func, ast.Attribute) else ())]
            return any(self._is_stored(part, depth) for part in parts)
        if all(map(_is_known_path, self._evaluate(node))):
            return True
        if not isinstance(node, ast.Name) or depth > _DEEPEST:
            return False
        values = self._names.assignments.get(node.id, ())
        imported = self._names.imported_as(node.id) is not None
        return imported or (bool(values) and all(self._is_stored(value, depth + 1) for value in values))

    def _is_read(self, node: ast.expr, depth: int = 0) -> bool:
        """Tell whether a text comes out of a file."""
        for part in walk(node):
            if isinstance(part, ast.Call) and _last_part(part.func) in _READING:
                return True
            if isinstance(part, ast.Name) and depth < _DEEPEST:
                values = self._names.assignments.get(part.id, ())
                if any(self._is_read(value, depth + 1) for value in values if value is not node):
                    return True
        return False


def _last_part(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_loading(node: ast.expr) -> bool:
    """Tell whether something is a loader's method; many classes have a `load_module` of their own."""
    if not isinstance(node, ast.Attribute) or node.attr not in _LOADING_METHODS:
        return False
    holder = _last_part(node.value.func if isinstance(node.value, ast.Call) else node.value).lower()
    return "loader" in holder or "find_module" in holder or node.attr == "exec_module"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_unknown_path(template: str) -> bool:
    return template.startswith(UNKNOWN) and not has_base(template)


def _is_known_path(template: str) -> bool:
    return has_base(template) or not template.startswith((UNKNOWN, "/"))


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((word.value for word in call.keywords if word.arg == keyword), None)

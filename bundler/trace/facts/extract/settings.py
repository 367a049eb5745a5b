"""Read the names in capitals that code imports modules by, and what first-party code gives such names."""

import ast
import re
from collections.abc import Iterator

from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.source_facts import FoundFact
from bundler.trace.facts.source_file import Source
from bundler.trace.facts.text import SourceText

GIVEN, IMPORTED = "setting", "imported-setting"
_IMPORTS = frozenset({"importlib.import_module", "__import__"})
_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")


def is_worth_a_look(text: SourceText, *, is_own: bool) -> bool:
    """Tell whether a file imports by name, or is first-party code, which has settings."""
    return is_own or text.has("import_module", "__import__")


def extract(source: Source) -> Iterator[FoundFact]:
    """Yield `NAME` where it is imported, and `NAME=module` where first-party code gives it a value."""
    if source.is_own:
        yield from _given(source.tree)
    if is_worth_a_look(source.text, is_own=False):
        for node in all_nodes(source.tree):
            if isinstance(node, ast.Call) and node.args and source.names.resolve(node.func) in _IMPORTS:
                name = _last_name(node.args[0])
                if name.isupper():
                    yield FoundFact(IMPORTED, name, node.lineno)


def _given(tree: ast.Module) -> Iterator[FoundFact]:
    for statement in tree.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Constant):
            continue
        value = statement.value.value
        if isinstance(value, str) and _MODULE.fullmatch(value):
            names = (target.id for target in statement.targets if isinstance(target, ast.Name) and target.id.isupper())
            yield from (FoundFact(GIVEN, f"{name}={value}", statement.lineno) for name in names)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

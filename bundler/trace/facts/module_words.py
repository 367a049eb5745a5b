"""Read the strings of one source file that may name modules."""

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from bundler.trace.facts import scan
from bundler.trace.facts.names import blocks_of
from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.source_facts import PatternFact

# A module, something in it, or the path of a folder.
_MODULE_WORD = re.compile(r"\.{0,3}[A-Za-z_]\w*(?:\.\w+)*(?::\w+)?\Z")
_FOLDER_WORD = re.compile(r"(?:\./)?\w[\w-]*(?:/\w[\w-]*)+/?\Z")
_DOTTED_WORD = re.compile(r"(?<![\w./@-])[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_LONGEST_WORD = 120


def module_strings(tree: ast.Module, text: str, *, is_own: bool, is_lazy: bool) -> Iterator[PatternFact]:
    """Yield the strings of a file that may name a module; own code names folders of scripts as well."""
    if not is_lazy and not is_own:
        dotted = list(scan.dotted_strings(text))
        told = _lines_of_documentation(tree) if dotted else frozenset()
        named = dict.fromkeys(word for word, line in dotted if line not in told)
        yield from (PatternFact(word, 0) for word in named)
        return
    seen = set()
    told = _lines_of_documentation(tree) if is_own else frozenset()
    for node in all_nodes(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        words: list[str] = [node.value] if _names_module_or_folder(node.value) else []
        if is_own and "\n" in node.value and node.lineno not in told:
            # Settings as text: a pipeline, a configuration of logging.
            words = _DOTTED_WORD.findall(node.value)
        for word in words:
            if word not in seen:
                seen.add(word)
                yield PatternFact(word, node.lineno)


def listed_words(tree: ast.Module) -> Iterator[PatternFact]:
    """Yield the words that stand in a list or are given a name, as settings name packages to install."""
    for node in all_nodes(tree):
        elements = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else []
        if isinstance(node, ast.Assign):
            elements = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
            # A variable of the environment names the settings: `setdefault("DJANGO_SETTINGS_MODULE", "settings")`.
            elements = node.args[1:]
        for element in elements:
            if isinstance(element, ast.Constant) and is_module_word(element.value):
                yield PatternFact(element.value, element.lineno)


def is_module_word(word: object) -> TypeGuard[str]:
    """Tell whether something is a text that may be a module's name."""
    return isinstance(word, str) and len(word) < _LONGEST_WORD and _MODULE_WORD.match(word) is not None


def _names_module_or_folder(word: object) -> TypeGuard[str]:
    return is_module_word(word) or (
        isinstance(word, str) and len(word) < _LONGEST_WORD and _FOLDER_WORD.match(word) is not None
    )


def _lines_of_documentation(tree: ast.Module) -> frozenset[int]:
    """Return the lines of the documentation of a module, and of the classes and functions in it."""
    lines: set[int] = set()
    blocks = [tree.body]
    while blocks:
        block = blocks.pop()
        first = block[0] if block else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
        for statement in block:
            blocks.extend(blocks_of(statement))
            blocks.extend(handler.body for handler in getattr(statement, "handlers", ()))
    return frozenset(lines)

"""Read the strings of one source file that may name modules."""

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from bundler.trace.facts import strings
from bundler.trace.facts.nodes import blocks_of, nodes_of
from bundler.trace.facts.scan import has_line
from bundler.trace.facts.source_facts import PatternFact

# A module, something in it, or the path of a folder.
_MODULE_WORD = re.compile(r"\.{0,3}[A-Za-z_]\w*(?:\.\w+)*(?::\w+)?\Z")
_FOLDER_WORD = re.compile(r"(?:\./)?\w[\w-]*(?:/\w[\w-]*)+/?\Z")
_DOTTED_WORD = re.compile(r"(?<![\w./@-])[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_SIMPLE = frozenset({ast.Expr, ast.Assign, ast.Return, ast.Import, ast.ImportFrom})
"""The most common statements without blocks."""
_LONGEST_WORD = 120


def module_strings(
    tree: ast.Module, text: str, *, is_own: bool, is_lazy: bool, has_dotted: bool
) -> Iterator[PatternFact]:
    """Yield the strings of a file that may name a module; own code names folders of scripts as well."""
    if not is_lazy and not is_own:
        dotted = list(strings.dotted_strings(text)) if has_dotted else []
        told = _documentation_among(tree, [line for _, line in dotted])
        named = dict.fromkeys(word for word, line in dotted if line not in told)
        yield from (PatternFact(word, 0) for word in named)
        return
    seen = set()
    constants = [node for node in nodes_of(tree, ast.Constant) if isinstance(node, ast.Constant)]
    texts = sorted({node.lineno for node in constants if isinstance(node.value, str) and "\n" in node.value})
    told = _documentation_among(tree, texts) if is_own else frozenset[int]()
    for node in constants:
        if not isinstance(node.value, str):
            continue
        words: list[str] = [node.value] if _names_module_or_folder(node.value) else []
        if is_own and "\n" in node.value and node.lineno not in told:
            # Settings as text: a pipeline, a configuration of logging.
            words = _DOTTED_WORD.findall(node.value)
        for word in words:
            if word not in seen:
                seen.add(word)
                yield PatternFact(word, node.lineno)


def is_module_word(word: object) -> TypeGuard[str]:
    """Tell whether something is a text that may be a module's name."""
    return isinstance(word, str) and len(word) < _LONGEST_WORD and _MODULE_WORD.match(word) is not None


def _names_module_or_folder(word: object) -> TypeGuard[str]:
    return is_module_word(word) or (
        isinstance(word, str) and len(word) < _LONGEST_WORD and _FOLDER_WORD.match(word) is not None
    )


def _documentation_among(tree: ast.Module, lines: list[int]) -> frozenset[int]:
    """Return the lines of documentation, of a module and of the classes and functions in it, where any of some lies."""
    found: set[int] = set()
    blocks = [tree.body] if lines else []
    while blocks:
        block = blocks.pop()
        first = block[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and has_line(lines, first):
            found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
        for statement in block:
            if statement.__class__ not in _SIMPLE and has_line(lines, statement):
                blocks.extend(blocks_of(statement))
    return frozenset(found)

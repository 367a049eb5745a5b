"""Read where own code opens data in folders called `tests`, which do not ship by themselves: a laboratory has some.

What starts at the code's own file, or at the root of the zip by that name, is data like any other. Here are paths that
are relative, or that start where nobody can tell.
"""

import ast
import re
from collections.abc import Iterator

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import has_base
from bundler.trace.facts.text import SourceText

_FOLDER = re.compile(r"(?:^|/)(?:tests?|__tests__)(?=/|\Z)")
_RELATIVE = re.compile(r"(?:\./)*(?:[\w.-]+/)*(?:tests?|__tests__)/")
_JOINING = frozenset({"join", "joinpath", "Path", "PurePath"})
_PATH_FUNCTIONS = _JOINING | frozenset(
    {"open", "listdir", "scandir", "walk", "glob", "iglob", "rglob", "exists"}
    | {"isdir", "isfile", "is_dir", "is_file", "iterdir", "read_text", "read_bytes", "stat", "copy", "copytree", "load"}
)


def read_test_folders(text: SourceText, tree: ast.Module, names: Names) -> tuple[PatternFact, ...]:
    """Return the paths in folders called `tests` that own code opens, without what stands before these folders."""
    if not text.has("test"):
        return ()
    return tuple(dict.fromkeys(_paths_in(tree, names)))


def _paths_in(tree: ast.Module, names: Names) -> Iterator[PatternFact]:
    evaluator = Evaluator(names)
    defined = {node.name for node in all_nodes(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for node in all_nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        is_path = function in _PATH_FUNCTIONS or (function in defined and isinstance(node.func, ast.Name))
        opened = [*node.args, *(word.value for word in node.keywords)]
        if function in _JOINING:
            # Its parts say nothing by themselves.
            opened = [node]
        elif is_path and isinstance(node.func, ast.Attribute):
            opened += [node, node.func.value]
        for template in sorted({template for given in opened for template in evaluator.evaluate(given)}):
            folder = _FOLDER.search(template)
            is_meant = not has_base(template) and (is_path or _RELATIVE.match(template) is not None)
            if folder is not None and is_meant and "://" not in template:
                yield PatternFact(template[folder.start() :].lstrip("/"), node.lineno)

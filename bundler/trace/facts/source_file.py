"""One file that is read, as extractors see it."""

import ast
from collections.abc import Callable
from typing import NamedTuple

from bundler.trace.facts.names import Names
from bundler.trace.facts.text import SourceText


class Source(NamedTuple):
    """The text of a file, its tree, and what gives values to what stands in it."""

    text: SourceText
    tree: ast.Module
    names: Names
    evaluate: Callable[[ast.expr], frozenset[str]]
    """Return what an expression may be; `*` stands for what is unknown."""
    is_own: bool

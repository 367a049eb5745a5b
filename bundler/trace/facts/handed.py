"""Read what a file hands to code of others: arguments of calls, what is decorated, classes that are derived."""

import ast
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.objects import DEFINITIONS, ObjectReader
from bundler.trace.facts.parse import decode
from bundler.trace.facts.templates import OWN_NAME, UNKNOWN


class Handed(NamedTuple):
    """Things that are handed to others, by dotted names; relative ones keep their dots."""

    to: tuple[str, ...]
    given: tuple[str, ...]
    """`OWN_NAME` stands for things that the file defines."""
    name: str
    """The class that is derived, or the name that the result gets, which others may import; else empty."""
    line: int


def read_handed(content: bytes) -> tuple[Handed, ...]:
    """Return what a file hands to what it imports, or to things of its own.

    One that cannot be read may hand all of its own to anyone, `*`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(decode(content))
        return tuple(dict.fromkeys(_handed_in(tree)))
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return (Handed((UNKNOWN,), (OWN_NAME,), "", 0),)


def _handed_in(tree: ast.Module) -> Iterator[Handed]:
    names = Names()
    names.collect(tree)
    objects = ObjectReader(tree, names)
    for node, takers, things, name in _handings_in(tree):
        to = {found for taker in takers for found in objects.takers(taker)}
        given = {found for thing in things for found in objects.things(thing)}
        if isinstance(node, DEFINITIONS):
            # What is decorated or derived is the file's own.
            given.add(OWN_NAME)
        if to and (given or name):
            yield Handed(tuple(sorted(to)), tuple(sorted(given)), name, node.lineno)


def _handings_in(tree: ast.Module) -> Iterator[tuple[ast.stmt | ast.Call, list[ast.expr], list[ast.expr], str]]:
    """Yield what hands something on, with who takes it, what else is given and the name of what comes of it."""
    for node in all_nodes(tree):
        if isinstance(node, ast.Call):
            yield node, [node.func], [*node.args, *(word.value for word in node.keywords)], ""
        elif isinstance(node, DEFINITIONS):
            if node.decorator_list:
                yield node, node.decorator_list, [], ""
            bases = list(_bases_of(node)) if isinstance(node, ast.ClassDef) else []
            if bases:
                yield node, bases, bases, node.name
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            # A class that others derive from may be made by a call.
            yield statement, [statement.value], [], statement.targets[0].id


def _bases_of(node: ast.ClassDef) -> Iterator[ast.expr]:
    """Yield what a class is made of; a base may be made by a call: `with_metaclass(Meta, Base)`."""
    for base in (*node.bases, *(word.value for word in node.keywords)):
        yield base
        yield from base.args if isinstance(base, ast.Call) else ()

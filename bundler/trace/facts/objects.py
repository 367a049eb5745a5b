"""Tell what expressions of one file may be: things of its own, things that it imports, or what nobody can tell."""

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names, parameters_of
from bundler.trace.facts.nodes import all_nodes, walk
from bundler.trace.facts.templates import OWN_NAME, UNKNOWN, has_base

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

_FRAMES = frozenset({"sys._getframe", "inspect.currentframe"})
_LOADERS = frozenset({"importlib.import_module", "__import__", "importlib.util.find_spec", "pkgutil.get_loader"})
_SAME = frozenset({"type", "inspect.unwrap", "inspect.getmodule", "inspect.getfile", "inspect.getsourcefile"})
_INSTANCES = frozenset({"self", "cls"})
_DEEPEST = 12

Objects = set[str]
"""Dotted names, relative ones with dots; `OWN_NAME` for what the file itself defines, `*` for what nobody can tell."""


class ObjectReader:
    """Follows names of one file to what they are bound to; scopes are not told apart."""

    def __init__(self, tree: ast.Module, names: Names) -> None:
        """Take a file, and its names once they were collected."""
        self._names = names
        self._evaluator = Evaluator(names)
        self._bound: dict[str, list[ast.expr | None]] = {}
        self._annotated: dict[str, list[ast.expr]] = {}
        self._defined: set[str] = set()
        """Functions and classes that are known by their plain names, so no methods."""
        self._known: dict[str, Objects] = {}
        self._changed: set[str] = set()
        """What is filled elsewhere, by its methods or by key."""
        nodes = all_nodes(tree)
        methods = {id(inner): inner.name for node in nodes for inner in _methods_of(node)}
        self._methods = frozenset(methods.values())
        self._classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
        for node in nodes:
            if isinstance(node, DEFINITIONS) and id(node) not in methods:
                self._defined.add(node.name)
            self._collect(node)

    def _collect(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            for argument, default in parameters_of(node.args):
                self._bound.setdefault(argument.arg, []).extend((None, *filter(None, [default])))
                self._annotated.setdefault(argument.arg, []).extend(filter(None, [argument.annotation]))
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)):
            self._changed.update(_key_of(node.value))
        for target, value in _bindings_of(node):
            if isinstance(target, ast.Name):
                self._bound.setdefault(target.id, []).append(value)
            elif isinstance(target, ast.Attribute):
                self._bound.setdefault(f".{target.attr}", []).append(value)
            elif isinstance(target, (ast.Tuple, ast.List)):
                for part in target.elts:
                    self._bound.setdefault(getattr(part, "id", ""), []).append(None)

    def of(self, node: ast.expr, depth: int = 0) -> Objects:
        """Return what an expression may be."""
        if depth > _DEEPEST:
            return {UNKNOWN}
        match node:
            case ast.Constant(value=value):
                found = {value} if isinstance(value, str) and _is_dotted(value) else set()
            case ast.Lambda():
                found = {OWN_NAME}
            case ast.Name(id=name):
                found = self._of_name(name, depth)
            case ast.Attribute():
                found = self._of_attribute(node, depth)
            case ast.Call():
                found = self._of_call(node, depth)
            case ast.Subscript(value=holder, slice=key) if self._names.resolve(holder) == "sys.modules":
                found = self._modules(key)
            case _:
                found = self._of_parts(node, depth)
        return found

    def takers(self, node: ast.expr) -> Objects:
        """Return whose something may be that is called or derived from: imported things, and `OWN_NAME.name`.

        What parameters are said to be counts as well.
        """
        found: Objects = set()
        pending, seen = [node], set[int]()
        while pending:
            part = pending.pop()
            if id(part) not in seen:
                seen.add(id(part))
                found |= self._of_itself(part)
                pending.extend(() if self._is_imported(part) else self._origins_of(part))
        return found

    def _origins_of(self, node: ast.expr) -> Iterable[ast.expr]:
        match node:
            case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
                return (inner,)
            case ast.Attribute(value=inner, attr=name):
                return (inner, *filter(None, self._bound.get(f".{name}", ())))
            case ast.Name(id=name):
                return (*filter(None, self._bound.get(name, ())), *self._annotated.get(name, ()))
            case ast.BinOp() | ast.BoolOp() | ast.IfExp():
                return _expressions_in(node)
            case _:
                return ()

    def things(self, node: ast.expr) -> Objects:
        """Return the imported things and those of the file that an expression has in it."""
        found: Objects = set()
        pending, seen = [node], set[int]()
        while pending:
            part = pending.pop()
            if id(part) not in seen:
                seen.add(id(part))
                found |= self._of_itself(part)
                bound = self._bound.get(part.id, ()) if isinstance(part, ast.Name) else ()
                pending.extend(
                    value.func if isinstance(value, ast.Call) else value for value in filter(_is_plain, bound)
                )
                pending.extend(() if self._is_imported(part) else _expressions_in(part))
        return found

    def _of_itself(self, node: ast.expr) -> Objects:
        """Return what a name stands for without a look at its values."""
        if self._is_imported(node):
            return {self._names.resolve(node) or UNKNOWN}
        if isinstance(node, ast.Name) and node.id in self._defined:
            return {f"{OWN_NAME}.{node.id}"}
        return {OWN_NAME} if isinstance(node, ast.Lambda) else set()

    def _is_imported(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and self._names.imported_as(node.id) is not None

    def _of_name(self, name: str, depth: int) -> Objects:
        if name in {"__name__", "__file__"} or name in self._defined:
            return {OWN_NAME}
        if name in _INSTANCES:
            # Of the class at hand, or of one that is derived from it.
            return {OWN_NAME, UNKNOWN}
        imported = self._names.imported_as(name)
        if imported is not None:
            return {imported}
        return self._of_bound(name, depth)

    def _of_bound(self, name: str, depth: int) -> Objects:
        """Return what a name, or an attribute with a dot before it, is bound to anywhere; a circle adds nothing."""
        if name not in self._known:
            self._known[name] = set()
            self._known[name] = self._any_of(self._bound.get(name, [None]), depth)
            if name in self._changed and any(map(_is_container, self._bound.get(name, ()))):
                self._known[name] = {*self._known[name], UNKNOWN}
        return self._known[name]

    def _any_of(self, values: Iterable[ast.expr | None], depth: int) -> Objects:
        found: Objects = set()
        for value in values:
            found |= {UNKNOWN} if value is None else self.of(value, depth + 1)
        return found

    def _of_attribute(self, node: ast.Attribute, depth: int) -> Objects:
        if self._is_imported(node):
            return {self._names.resolve(node) or UNKNOWN}
        if not isinstance(node.value, ast.Name) or node.value.id not in _INSTANCES or node.attr == "__class__":
            return self.of(node.value, depth + 1)
        own = {OWN_NAME} if node.attr in self._methods else set[str]()
        return own | self._of_bound(f".{node.attr}", depth)

    def _modules(self, node: ast.expr) -> Objects:
        """Return the modules that an expression names."""
        names = self._evaluator.evaluate(node)
        return {name if name == OWN_NAME or not (has_base(name) or UNKNOWN in name) else UNKNOWN for name in names}

    def _of_call(self, node: ast.Call, depth: int) -> Objects:
        dotted = self._names.resolve(node.func) or ""
        if dotted in _FRAMES:
            is_own = not node.args or (isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
            return {OWN_NAME} if is_own else {UNKNOWN}
        if dotted in _LOADERS and node.args:
            return self._modules(node.args[0])
        found = self._any_of(node.args, depth)
        return found if dotted in _SAME and found else {UNKNOWN, *found}

    def _of_parts(self, node: ast.expr, depth: int) -> Objects:
        found = self._any_of(_expressions_in(node), depth)
        return found if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.IfExp, ast.BoolOp)) else found | {UNKNOWN}


def _bindings_of(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            yield target, value
        case ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            yield target, value
        case _:
            return


def _expressions_in(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.keyword):
            yield child.value
        elif isinstance(child, ast.comprehension):
            yield child.iter


def _key_of(node: ast.expr) -> tuple[str, ...]:
    """Return the key that a name, or an attribute of an instance, has among what is bound."""
    if isinstance(node, ast.Name):
        return (node.id,)
    return (f".{node.attr}",) if isinstance(node, ast.Attribute) else ()


def _is_container(node: ast.expr | None) -> bool:
    return isinstance(node, (ast.List, ast.Set, ast.Dict, ast.Call))


def _methods_of(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    if isinstance(node, ast.ClassDef):
        yield from (inner for inner in node.body if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _is_inside(part: ast.expr, whole: ast.expr) -> bool:
    return any(node is part for node in walk(whole))


def _is_plain(node: ast.expr | None) -> TypeGuard[ast.expr]:
    """Tell whether a value is things themselves, or made of one by a call."""
    return isinstance(node, (ast.Name, ast.Attribute, ast.Lambda, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Call))


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))

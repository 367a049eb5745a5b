"""Know the calls that only tell a path, or put it on the search path for modules: they open nothing."""

import ast

# What has one of these as a method logs; print and its like go without an object.
_TELLING_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"})
_TELLING_FUNCTIONS = frozenset({"print", "pprint", "echo", "secho", "getLogger", "get_logger"})
_TEXT_FUNCTIONS = frozenset({"str", "repr", "format", "join"})
# The last part of a path, without where it lies.
_LAST_PARTS = frozenset({"name", "stem", "suffix", "suffixes"})
_CONTAINERS = (
    ast.BinOp,
    ast.BoolOp,
    ast.Dict,
    ast.FormattedValue,
    ast.IfExp,
    ast.JoinedStr,
    ast.List,
    ast.Set,
    ast.Starred,
    ast.Tuple,
)


def only_tells(call: ast.Call) -> bool:
    """Tell whether a call shows what it is given to people: it prints, logs or names a logger."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in _TELLING_METHODS | _TELLING_FUNCTIONS
    return isinstance(function, ast.Name) and function.id in _TELLING_FUNCTIONS


def hands_on_text(node: ast.expr) -> bool:
    """Tell whether an expression only makes a text of its parts, or holds them together."""
    if isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in _TEXT_FUNCTIONS
    return isinstance(node, _CONTAINERS)


def whole_of_part(node: ast.expr, dotted: str | None) -> ast.expr | None:
    """Return the path of which an expression takes the last part alone; `dotted` is what a call calls."""
    if isinstance(node, ast.Call):
        return node.args[0] if dotted == "os.path.basename" and node.args else None
    return node.value if isinstance(node, ast.Attribute) and node.attr in _LAST_PARTS else None


def message_of(statement: ast.stmt) -> ast.expr | None:
    """Return what a statement only tells: the error that it raises, the message of an assertion."""
    if isinstance(statement, ast.Raise):
        return statement.exc
    return statement.msg if isinstance(statement, ast.Assert) else None

"""What calls may give back, as far as it is written down: of paths, of texts, of folders of packages, of variables."""

import ast

from bundler.trace.facts.formats import BRACE_FIELD, Evaluating, filled
from bundler.trace.facts.templates import (
    ANYTHING,
    FOLDER_END,
    FOLDER_OF,
    OWN_FOLDER,
    TASK_ROOT,
    UNKNOWN,
    Value,
    base_name,
    changed,
    combined,
    cut_off,
    folder_of_package,
    has_base,
    joined,
    parent_of,
)

_SAME_PATH = frozenset(
    {
        "os.path.join",
        "posixpath.join",
        "os.path.abspath",
        "os.path.realpath",
        "os.path.normpath",
        "os.path.expanduser",
        "os.path.expandvars",
        "os.path.normcase",
        "os.fspath",
        "os.fsdecode",
        "str",
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "importlib.resources.as_file",
        "contextlib.ExitStack.enter_context",
    }
)
_SAME_PATH_METHODS = frozenset(
    {
        "resolve",
        "absolute",
        "expanduser",
        "as_posix",
        "strip",
        "lower",
        "rstrip",
        "lstrip",
        "as_uri",
        "__str__",
        "__fspath__",
    }
)
_VARIABLE_CALLS = frozenset({"os.environ.get", "os.getenv"})
PACKAGE_FILES = frozenset({"importlib.resources.files", "importlib_resources.files", "pkg_resources.resource_filename"})
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
ROOT_VARIABLE = "LAMBDA_TASK_ROOT"
_PATH_PARTS = {"os.path.dirname": parent_of, "os.path.basename": base_name}


def called(node: ast.Call, evaluator: Evaluating) -> Value:
    """Return what a call may give back."""
    dotted = evaluator.resolve(node.func) or ""
    if dotted in PACKAGE_FILES:
        return _package_files(node, evaluator)
    if dotted in _VARIABLE_CALLS and node.args:
        return _variable(node, evaluator)
    if dotted in _SAME_PATH and node.args:
        return _joined_path(node.args, evaluator)
    if dotted in _PATH_PARTS and node.args:
        return changed(_PATH_PARTS[dotted], evaluator.evaluate(node.args[0]))
    return _method(node.func, node.args, evaluator) if isinstance(node.func, ast.Attribute) else ANYTHING


def _variable(node: ast.Call, evaluator: Evaluating) -> Value:
    """Return what a variable of the environment may hold: anything, or the value in its place."""
    if evaluator.evaluate(node.args[0]) == {ROOT_VARIABLE}:
        return frozenset({TASK_ROOT})
    keywords = (word.value for word in node.keywords if word.arg == "default")
    return ANYTHING.union(*map(evaluator.evaluate, (*node.args[1:], *keywords)))


def _package_files(node: ast.Call, evaluator: Evaluating) -> Value:
    """Return the folder that `importlib.resources.files(package)` opens, the file below it where one is given."""
    if not node.args:
        return frozenset({OWN_FOLDER}) if not node.keywords else ANYTHING
    package = package_named_by(node.args[0], evaluator)
    if len(node.args) > 1:
        return combined(joined, package, _joined_path(node.args[1:], evaluator))
    return package


def package_named_by(node: ast.expr, evaluator: Evaluating) -> Value:
    """Return the folder of a package given as a string or as an imported module."""
    module = evaluator.resolve(node)
    if module is not None and not module.startswith("__"):
        return frozenset({f"{FOLDER_OF}{module}{FOLDER_END}"})
    return changed(folder_of_package, evaluator.evaluate(node))


def _joined_path(nodes: list[ast.expr], evaluator: Evaluating) -> Value:
    value = evaluator.evaluate(nodes[0])
    for node in nodes[1:]:
        value = combined(joined, value, ANYTHING if isinstance(node, ast.Starred) else evaluator.evaluate(node))
    return value


def _method(function: ast.Attribute, arguments: list[ast.expr], evaluator: Evaluating) -> Value:
    if function.attr == "join" and len(arguments) == 1 and isinstance(arguments[0], (ast.List, ast.Tuple)):
        return _separated(evaluator.evaluate(function.value), arguments[0].elts, evaluator)
    if function.attr == "format":
        return filled(BRACE_FIELD, evaluator.evaluate(function.value), arguments, evaluator)
    value = evaluator.evaluate(function.value)
    if function.attr in _SAME_PATH_METHODS:
        return value
    if function.attr in {"joinpath", "glob", "rglob", "iterdir", "with_name"} and any(map(has_base, value)):
        return _below(function.attr, value, arguments, evaluator)
    if function.attr in {"replace", "with_suffix", "removesuffix"}:
        return changed(cut_off, value)
    return ANYTHING


def _separated(separators: Value, nodes: list[ast.expr], evaluator: Evaluating) -> Value:
    if not nodes or len(separators) != 1:
        return ANYTHING
    value = evaluator.evaluate(nodes[0])
    for node in nodes[1:]:
        value = combined(str.__add__, combined(str.__add__, value, separators), evaluator.evaluate(node))
    return value


def _below(method: str, value: Value, arguments: list[ast.expr], evaluator: Evaluating) -> Value:
    if method == "with_name":
        value = changed(parent_of, value)
    below = [evaluator.evaluate(argument) for argument in arguments] or [ANYTHING]
    if method == "rglob":
        below = [changed(lambda name: UNKNOWN + name, part) for part in below]
    for part in below:
        value = combined(joined, value, part)
    return value

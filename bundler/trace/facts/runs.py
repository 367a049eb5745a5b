"""Read where a file runs programs, and where nobody can tell which."""

import ast
from collections.abc import Callable

from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import nodes_of
from bundler.trace.facts.templates import UNKNOWN, Value, has_base
from bundler.trace.facts.text import SourceText

_MODULES = frozenset({"subprocess", "os", "asyncio", "asyncio.subprocess", "shutil", "pty", "anyio", "trio"})
_RUNNING = frozenset(
    {
        *("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput", "which"),
        *("system", "popen", "posix_spawn", "posix_spawnp", "startfile", "run_process", "open_process", "spawn"),
        *("execl", "execle", "execlp", "execlpe", "execv", "execve", "execvp", "execvpe"),
        *("create_subprocess_exec", "create_subprocess_shell"),
    }
)
# The first argument of these says how to run it.
_MODED = frozenset({"spawnl", "spawnle", "spawnlp", "spawnlpe", "spawnv", "spawnve", "spawnvp", "spawnvpe"})
_WORDS = ("subprocess", "os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "which(", "run_process")
_PYTHON = "sys.executable"


def may_run(text: SourceText) -> bool:
    """Tell whether a file may run programs."""
    return text.has(*_WORDS)


def unknown_program(tree: ast.Module, names: Names, evaluate: Callable[[ast.expr], Value]) -> int:
    """Return the line where a file runs a program that nobody can tell, or 0."""
    for node in nodes_of(tree, ast.Call):
        if isinstance(node, ast.Call):
            module, _, function = (names.resolve(node.func) or "").rpartition(".")
            if module in _MODULES and function in _RUNNING | _MODED:
                position = int(function in _MODED)
                given = node.args[position] if len(node.args) > position else _keyword(node)
                if given is not None and _is_unknown(given, names, evaluate):
                    return node.lineno
    return 0


def _is_unknown(node: ast.expr, names: Names, evaluate: Callable[[ast.expr], Value]) -> bool:
    """Tell whether the first word of a command may be anything."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return not node.elts or _is_unknown(node.elts[0], names, evaluate)
    if isinstance(node, ast.BinOp) and isinstance(node.left, (ast.List, ast.Tuple)):
        return _is_unknown(node.left, names, evaluate)
    if names.resolve(node) == _PYTHON:
        return False
    return any(text.startswith(UNKNOWN) and not has_base(text) for text in evaluate(node))


def _keyword(call: ast.Call) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg in {"args", "program", "cmd"}), None)

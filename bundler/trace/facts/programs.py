"""Find the modules that code runs as programs: `python -m package.tool`, in a list of arguments or in one text."""

import ast
import re
from collections.abc import Callable, Iterator

from bundler.trace.facts.nodes import nodes_of, walk
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import UNKNOWN, Value
from bundler.trace.facts.text import SourceText

# Both start with a letter that is searched for at once; what stands before is asked of the few that are found.
_MENTION = re.compile(r"""-(?:(?P<whole>(?:[A-Za-z]{0,3}m|c)["'\s])|m[A-Za-z_])""")
# Whoever runs a Python names it: as a program, or as `sys.executable`.
_PYTHON = re.compile(r"""python[\d.]*["' ]""")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*\Z")
# An unknown part may well be `sys.executable`.
_COMMAND = re.compile(
    r"(?:^|[\s/'\"])(?:python[\d.]*|\*)[\"']?(?:\s+-[A-Za-z]+)*?\s+-\w*m\s*([A-Za-z_]\w*(?:\.\w+)*)(?![\w.*])"
)


def programs(tree: ast.Module, evaluate: Callable[[ast.expr], Value]) -> Iterator[PatternFact]:
    """Yield every module that code asks a Python to run, where it names one, and those that `-c` is told to import."""
    documentation = {id(node.value) for node in nodes_of(tree, ast.Expr) if isinstance(node, ast.Expr)}
    for node in nodes_of(tree, ast.List, ast.Tuple, ast.Call, ast.Constant, ast.JoinedStr):
        if isinstance(node, (ast.List, ast.Tuple)):
            yield from _in_arguments(node.elts, evaluate)
        elif isinstance(node, ast.Call):
            yield from _in_arguments(node.args, evaluate)
        elif isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in documentation:
            yield from _in_text(node, evaluate)


def names_programs(text: SourceText) -> bool:
    """Tell whether code may hold the options by which a Python is told what to run."""
    if not text.has("executable", "python"):
        return False
    names_python = text.has("executable") or any(_before(text, match) in "\"'/ " for match in _PYTHON.finditer(text))
    return names_python and any(_is_mention(text, match) for match in _MENTION.finditer(text))


def _is_mention(text: str, match: re.Match[str]) -> bool:
    before = _before(text, match)
    return before in "\"'" or (before.isspace() and match["whole"] is not None)


def _before(text: str, match: re.Match[str]) -> str:
    """Return the character before a match; a dot for the start of a text."""
    return text[match.start() - 1] if match.start() else "."


def program_modules(name: str) -> tuple[str, ...]:
    """Return what running a module by its name may load: a package runs its `__main__`."""
    return (name,) if UNKNOWN in name or name.endswith(".__main__") else (name, f"{name}.__main__")


def _in_arguments(arguments: list[ast.expr], evaluate: Callable[[ast.expr], Value]) -> Iterator[PatternFact]:
    """Read arguments that each stand for themselves: `[sys.executable, "-m", "package"]`."""
    for position, argument in enumerate(arguments):
        option = argument.value if isinstance(argument, ast.Constant) else None
        if not isinstance(option, str) or not option.startswith("-"):
            continue
        following = arguments[position + 1 : position + 2]
        if re.fullmatch(r"-[A-Za-z]*m", option):
            yield from (
                PatternFact(name, argument.lineno)
                for given in following
                for name in sorted(evaluate(given))
                if _NAME.match(name)
            )
        elif match := re.fullmatch(r"-m([A-Za-z_][\w.]*)", option):
            yield PatternFact(match[1], argument.lineno)
        elif option == "-c":
            yield from (fact for given in following for fact in _imported_by(given))


def _in_text(node: ast.Constant | ast.JoinedStr, evaluate: Callable[[ast.expr], Value]) -> Iterator[PatternFact]:
    """Read a whole command in one text: `f"{sys.executable} -m package"`."""
    if isinstance(node, ast.Constant) and not (isinstance(node.value, str) and "-" in node.value):
        return
    for text in sorted(evaluate(node)):
        yield from (PatternFact(match[1], node.lineno) for match in _COMMAND.finditer(text))


def _imported_by(node: ast.expr) -> Iterator[PatternFact]:
    """Yield what a program that is given as a text imports."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    try:
        program = ast.parse(node.value)
    except (SyntaxError, ValueError):
        return
    for statement in walk(program):
        if isinstance(statement, ast.Import):
            yield from (PatternFact(alias.name, node.lineno) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield PatternFact(statement.module, node.lineno)
            yield from (PatternFact(f"{statement.module}.{alias.name}", node.lineno) for alias in statement.names)

"""Several distributions bring one path: which file stays there, and whether it may ship.

Installers write one over the other. What a distribution requires is installed before it, so of two that bring one path
the file of the one that requires the other is there in the end; of others nobody can tell.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping

from bundler.model.wheels import Clash, Distribution, SiteFile
from bundler.system.files import read_site_file

_CODE_ENDINGS = (".py", ".pyc", ".so", ".pth")
# Folders that distributions put beside their package by mistake; pip lets the last one win, and nothing imports them.
_STRAY_FOLDERS = frozenset({"benchmarks", "doc", "docs", "example", "examples", "scripts", "test", "tests"})
_NAMESPACE_MODULES = frozenset({"pkgutil", "pkg_resources", "__future__"})


def settle_clashes(
    rivals: Mapping[str, list[SiteFile]], distributions: Iterable[Distribution]
) -> Iterator[tuple[SiteFile, Clash]]:
    """Yield for each path with several contents the file that stays there, and what is to be known of the others."""
    required = {known.name: known.requires for known in distributions} if rivals else {}
    for path, files in rivals.items():
        if path.endswith("/__init__.py") and all(map(_is_namespace, files)):
            continue
        last = [file for file in files if _requires(file.owner, {other.owner for other in files}, required)]
        chosen = last[0] if len(last) == 1 else files[0]
        yield (
            chosen,
            Clash(
                owner=chosen.owner,
                others=tuple(file.owner for file in files if file is not chosen),
                is_code=_is_code(path),
                is_last=len(last) == 1,
            ),
        )


def _requires(name: str, others: set[str], required: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether a distribution requires all others, directly or not."""
    found, waiting = {name}, [name]
    while waiting:
        fresh = set(required.get(waiting.pop(), ())) - found
        found |= fresh
        waiting += fresh
    return found >= others


def _is_code(path: str) -> bool:
    """Tell whether it matters which of two contents a path has."""
    is_stray = path.split("/", 1)[0] in _STRAY_FOLDERS or path == "setup.py"
    return path.endswith(_CODE_ENDINGS) and not is_stray


def _is_namespace(file: SiteFile) -> bool:
    """Tell whether a file does nothing but declare a legacy namespace package, as each of its distributions does."""
    try:
        tree = ast.parse(read_site_file(file))
    except (SyntaxError, ValueError):
        return False
    return all(map(_is_namespace_statement, tree.body))


def _is_namespace_statement(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Pass() | ast.Assign(targets=[ast.Name(id="__path__")]):
            return True
        case ast.Import(names=[ast.alias(name=module)]) | ast.ImportFrom(module=module):
            return module in _NAMESPACE_MODULES
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function).endswith("declare_namespace")
        case ast.Try(body=body, handlers=handlers):
            return all(
                map(_is_namespace_statement, [*body, *(inner for handler in handlers for inner in handler.body)])
            )
        case _:
            return False

"""From a handler as the settings write it to its file, and whether that file defines it. Nothing is imported."""

import ast
import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.configure.tables import suggest
from bundler.model.bounds import MOST_SOURCE_BYTES
from bundler.model.project import Handler
from bundler.system.files import is_file, is_there, read_bounded

# With one of these a module may define names that no statement shows.
_DYNAMIC_NAMES = frozenset({"globals", "vars", "locals", "exec", "eval", "setattr", "__dict__", "modules"})
# What `serverless-wsgi` writes, which no service has among its own files.
WSGI_HANDLER = "wsgi_handler.handler"
_WSGI_FILE = "wsgi_handler.py"
WSGI_PROBLEM = (
    "the file `wsgi_handler.py` is not there, `serverless-wsgi` writes it when the framework packages: name that "
    "plugin before `serverless-lbundle`, set `custom.wsgi.packRequirements: false`, have `werkzeug` among the "
    "requirements, and run `serverless package`"
)
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "venv", "env", "site-packages", "build", "dist"})
_MAX_FILES_LISTED = 2000


class HandlerError(Exception):
    """What is wrong with a handler, as the end of a message."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHandler:
    """A handler, and where it is."""

    handler: Handler
    path: str
    """Its file, relative to the code's folder with forward slashes; empty where it may be in a package."""
    problem: str = ""
    """The mistake it is where no package has it either."""


def find_handler(text: str, root: Path, folders: tuple[str, ...] = ()) -> FoundHandler:
    """Return a handler with its file; `folders` of the code are on Python's path after `root`.

    Both `handlers/users.create_user` and `handlers.users.create_user` name the function `create_user` of
    `handlers/users.py` or `handlers/users/__init__.py`, as Lambda reads them.

    Raises:
        HandlerError: The file or the function is not there.
    """
    handler = split_handler(text)
    path = _find_file(handler.module, root, folders)
    _check_attribute(handler.attribute, path, root)
    return FoundHandler(handler=handler, path=path)


def is_elsewhere(text: str, root: Path, folders: tuple[str, ...]) -> bool:
    """Tell whether the code has nothing of the name that a handler starts with, so that a package may."""
    head = split_handler(text).module.partition(".")[0]
    return not any(is_there(root / folder / end) for folder in ("", *folders) for end in (head, f"{head}.py"))


def split_handler(text: str) -> Handler:
    """Return what a handler's text names; raise `HandlerError` where it names nothing."""
    module, _, attribute = text.removeprefix("./").rpartition(".")
    dotted = module.replace("/", ".")
    if not attribute.isidentifier() or not all(dotted.split(".")):
        raise HandlerError(problem=f"`{text}` is not of the form `folder/module.function`")
    return Handler(module=dotted, attribute=attribute)


def handler_path(module: str, root: Path, folders: tuple[str, ...] = ()) -> str:
    """Return the file of a handler's module, relative to the code's folder; empty where it is not there."""
    base = module.replace(".", "/")
    # Of a package and a module with one name, Python imports the package.
    candidates = (f"{base}/__init__.py", f"{base}.py")
    paths = (
        f"{prefix}{candidate}" for prefix in ("", *(f"{folder}/" for folder in folders)) for candidate in candidates
    )
    return next((path for path in paths if is_file(root / path)), "")


def _find_file(module: str, root: Path, folders: tuple[str, ...]) -> str:
    if path := handler_path(module, root, folders):
        return path
    wanted = f"{module.replace('.', '/')}.py"
    if wanted == _WSGI_FILE:
        raise HandlerError(problem=WSGI_PROBLEM)
    raise HandlerError(problem=f"the file `{wanted}` is not there, {_nearest_files(wanted, root)}")


def _nearest_files(wanted: str, root: Path) -> str:
    there = sorted(_python_files(root))
    near = difflib.get_close_matches(wanted, there, n=3, cutoff=0.75)
    near = near or [path for path in there if PurePosixPath(path).name == PurePosixPath(wanted).name][:3]
    if near:
        return f"did you mean {' or '.join(f'`{path}`' for path in near)}?"
    in_folder = [path for path in there if PurePosixPath(path).parent == PurePosixPath(wanted).parent] or there
    return suggest("", in_folder[:8])


def _python_files(root: Path) -> Iterator[str]:
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in files:
            if name.endswith(".py"):
                yield (Path(folder) / name).relative_to(root).as_posix()
                count += 1
        if count > _MAX_FILES_LISTED:
            return


def _check_attribute(attribute: str, path: str, root: Path) -> None:
    try:
        tree = ast.parse(read_bounded(root / path, MOST_SOURCE_BYTES))
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return  # Perhaps a newer grammar than this Python's; tracing reads it with the target's.
    names = defined_names(tree)
    if names is None or attribute in names:
        return
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    there = [name for name in functions if not name.startswith("_")] or sorted(names)
    listed = ", ".join(f"`{name}`" for name in there) or "nothing"
    raise HandlerError(problem=f"`{path}` does not define `{attribute}`, it defines: {listed}")


def defined_names(tree: ast.Module) -> frozenset[str] | None:
    """Return the names a module's statements bind at module level, or `None` when it may bind others unseen."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            names.update(node.names)
        if isinstance(node, ast.Name | ast.Attribute) and _last_name(node) in _DYNAMIC_NAMES:
            return None
    for node in _module_level(tree):
        if isinstance(node, ast.alias) and node.name == "*":
            return None
        names.update(_bound_by(node))
    return None if "__getattr__" in names else frozenset(names)


def _module_level(node: ast.AST) -> Iterator[ast.AST]:
    """Walk everything that runs in the module's own scope."""
    waiting = [node]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            yield child
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                waiting.append(child)


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.alias():
            return (node.asname or node.name.partition(".")[0],)
        case ast.Name(ctx=ast.Store()):
            return (node.id,)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return (name,)
        case _:
            return ()


def _last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr

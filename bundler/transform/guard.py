"""Put the guard into bundles: what says at run time that lbundle left out the module or file that is missing.

It lies at the root of the zip, and the first first-party file that loads installs it, by a call in that file's bytecode
which takes no line, no name and no frame of the user's code. The source that ships beside stays as it is.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

from bundler.model.artifact import StagedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.plan import LeftOut, Plan
from bundler.model.project import BytecodeMode, Function
from bundler.model.wheels import GUARD_OWNER, SiteFile
from bundler.system.interpreters import Interpreter
from bundler.transform.bytecode import compile_ours, compile_surrounded

GUARD_MODULE = "_lbundle_guard"
WORDS_MODULE = "_lbundle_words"
_GUARD_PATH = Path(__file__).with_name("guard_module.py")
_WORDS_PATH = Path(__file__).with_name("guard_words.py")
# Python takes frames of this file out of the tracebacks of imports that fail.
_NAME_IN_TRACEBACKS = "<frozen importlib._bootstrap>"
_LOAD = f"__import__({GUARD_MODULE!r})"
_INSTALL = "install(sys.modules['_frozen_importlib_external'].ExtensionFileLoader)\n"


class Guards:
    """The guards of functions that share a target: one for each plan that lacks anything and has a file to carry it."""

    def __init__(self, plans: Sequence[Plan], interpreter: Interpreter | None, left_out: Mapping[str, LeftOut]) -> None:
        """Compile guards and the files that carry them, all at once; `left_out` has what each function lacks."""
        self._problems = {plan.function.name: _problem(plan, interpreter) for plan in plans}
        self._carried: dict[str, dict[str, bytes]] = {}
        self._modules: dict[str, bytes] = {}
        self._words = b""
        guarded = [plan for plan in plans if left_out[plan.function.name] and not self._problems[plan.function.name]]
        if interpreter is None or not guarded:
            return
        names = [plan.function.name for plan in guarded]
        sources = [f"{_as_it_ships(_GUARD_PATH)}\nLEFT_OUT = {left_out[name]!r}\n{_INSTALL}" for name in names]
        wanted = [(_NAME_IN_TRACEBACKS, source) for source in sources]
        *modules, self._words = compile_ours([*wanted, (f"{WORDS_MODULE}.py", _as_it_ships(_WORDS_PATH))], interpreter)
        self._modules = dict(zip(names, modules, strict=True))
        requests = [(plan.function.name, request) for plan in guarded for request in _requests(plan)]
        carried = compile_surrounded([request for _, request in requests], interpreter, guarded[0].folder)
        for (name, (file, _, _)), bytecode in zip(requests, carried, strict=True):
            if bytecode is None:
                self._problems[name] = f"`{file.path}` is nested too deep to carry it"
            else:
                self._carried.setdefault(name, {})[file.path] = bytecode

    def problem(self, plan: Plan) -> str:
        """Return why a function has no guard, or nothing where it has one or lacks nothing."""
        return self._problems[plan.function.name]

    def add(self, plan: Plan, staged: Sequence[StagedFile]) -> tuple[StagedFile, ...]:
        """Return what a zip holds with its guard."""
        carried = self._carried.get(plan.function.name)
        if carried is None or self.problem(plan):
            return tuple(staged)
        files = [
            _carrying(file, carried[file.origin]) if file.kind == "bytecode" and file.origin in carried else file
            for file in staged
        ]
        carrier = next(iter(carried))
        files.append(_file(f"{GUARD_MODULE}.pyc", self._modules[plan.function.name], "bytecode", carrier))
        if plan.bytecode is BytecodeMode.ONLY:
            files.append(_file(f"{WORDS_MODULE}.pyc", self._words, "bytecode", carrier))
        else:
            files.append(_file(f"{WORDS_MODULE}.py", _as_it_ships(_WORDS_PATH).encode(), "source", carrier))
        return tuple(sorted(files, key=lambda file: file.arcname))


def _problem(plan: Plan, interpreter: Interpreter | None) -> str:
    if not plan.function.options.guard:
        return "`guard: false` leaves it out"
    if plan.bytecode is BytecodeMode.NONE:
        return "`bytecode: none` ships nothing that could carry it"
    if interpreter is None:
        return f"there is no Python here to compile it for {plan.target.runtime}"
    return "" if _handler_file(plan) is not None else "no first-party file loads with the handler"


def _requests(plan: Plan) -> Iterator[tuple[SiteFile, str, str]]:
    """Yield the files whose bytecode carries the guard, each with what runs before and after its own statements."""
    handler = _handler_file(plan)
    if handler is None:
        return
    is_handler = handler.path == plan.function.handler_path
    depth = plan.function.handler.module.count(".") if is_handler else handler.path.count("/")
    carrier = _topmost_package(plan, handler, depth) or handler
    watch = f"{_LOAD}.watch(globals(), {plan.function.handler.attribute!r})" if is_handler else ""
    if carrier is handler:
        yield handler, _LOAD, watch
        return
    yield carrier, _LOAD, ""
    if watch:
        yield handler, "", watch


def _handler_file(plan: Plan) -> SiteFile | None:
    """Return the first-party module that Lambda loads, or that the handler of a package takes from a variable."""
    modules = {planned.file.path: planned.file for planned in plan.files if planned.module is not None}
    named = (modules.get(path) for path in (plan.function.handler_path, *_named_paths(plan.function)))
    return next((file for file in named if file is not None and file.is_own and file.path.endswith(".py")), None)


def _named_paths(function: Function) -> Iterator[str]:
    """Yield the files of modules that variables name; those of a handler first: `DD_LAMBDA_HANDLER`."""
    for named in sorted(function.named, key=lambda named: "HANDLER" not in named.variable):
        module, colon, _ = named.name.partition(":")
        for name in (module,) if colon else (module, module.rpartition(".")[0]):
            for folder in ("", *(f"{folder}/" for folder in function.search_folders)):
                place = f"{folder}{name.replace('.', '/')}"
                yield from (f"{place}.py", f"{place}/__init__.py")


def _topmost_package(plan: Plan, handler: SiteFile, depth: int) -> SiteFile | None:
    """Return the `__init__` above a module that loads first, of as many packages as its name has."""
    modules = {planned.file.path: planned.file for planned in plan.files}
    folders = reversed(PurePosixPath(handler.path).parents[:depth])
    inits = (modules.get(f"{folder}/__init__.py") for folder in folders)
    return next((file for file in inits if file is not None and file.is_own), None)


def _carrying(file: StagedFile, bytecode: bytes) -> StagedFile:
    return replace(file, read=lambda: bytecode, shared="")


def _file(arcname: str, content: bytes, kind: str, carrier: str) -> StagedFile:
    cause = Edge(source=carrier, target=arcname, kind=EdgeKind.INCLUDE, line=0, name="guard")
    return StagedFile(
        arcname=arcname,
        read=lambda: content,
        is_executable=False,
        owner=GUARD_OWNER,
        kind=kind,
        cause=cause,
        origin=arcname,
    )


class _AsItShips(ast.NodeTransformer):
    """Takes out of the guard's source what only its readers here need."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        self.generic_visit(node)
        node.body = [part for part in node.body if getattr(part, "module", "") != "typing"]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(arg=node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign(targets=[node.target], value=node.value or ast.Constant(None), lineno=node.lineno)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
        return None if isinstance(node.value, ast.Constant) else node


@cache
def _as_it_ships(path: Path) -> str:
    return ast.unparse(_AsItShips().visit(ast.parse(path.read_bytes())))

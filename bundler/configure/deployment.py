"""What the settings say of all functions together: their handlers, and the files that settings are read from."""

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bundler.configure.handlers import HandlerError, handler_path, split_handler
from bundler.configure.service import FunctionTable, Service
from bundler.model.project import Deployment, Function
from bundler.system.files import is_file

_REFERENCE = re.compile(r"\bfile\(\s*([^()]+?)\s*\)")
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_NESTED = re.compile(r"^(?:-r|-c|--requirement|--constraint)[ \t=]*([^\s#]+)", re.MULTILINE)
_LARGEST_BYTES = 1_000_000


def read_deployment(service: Service, root: Path, functions: Iterable[Function]) -> Deployment:
    """Return what all functions of the settings have in common; `functions` are those without a mistake."""
    functions = tuple(functions)
    found = [known for table in service.functions if (known := _find_handler(table, root)) is not None]
    requirements = {path for function in functions for path in function.options.requirements}
    return Deployment(
        handlers=frozenset([dotted for dotted, _ in found] + [str(function.handler) for function in functions]),
        handler_files=frozenset(path for _, path in found if path is not None),
        settings_files=frozenset(_with_named({service.settings_path, *service.more_settings}, _named_by_variables))
        | frozenset(_with_named(requirements, _named_by_requirements)),
    )


def _find_handler(table: FunctionTable, root: Path) -> tuple[str, Path | None] | None:
    """Return a function's handler, dotted, and its file where that is found; also of functions that are left alone."""
    text = _find_text(table, table.words.handler)
    code = table.code.node.value if table.code is not None else _find_text(table, table.words.code)
    folder = root / code if isinstance(code, str) else root
    try:
        handler = split_handler(text or "")
    except HandlerError:
        return None
    path = handler_path(handler.module, folder)
    return str(handler), (Path(os.path.normpath(folder / path)) if path else None)


def _find_text(table: FunctionTable, word: str | None) -> str | None:
    found = (setting.find(word) for setting in (table.setting, *table.providers) if word)
    value = next((setting.node.value for setting in found if setting is not None), None)
    return value if isinstance(value, str) else None


def _with_named(paths: Iterable[Path], name: Callable[[str, Path], Iterator[Path]]) -> set[Path]:
    """Return files, and those that they name, and those that these name."""
    found: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = Path(os.path.normpath(waiting.pop()))
        if path not in found and is_file(path):
            found.add(path)
            waiting.extend(name(_read(path), path.parent))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= _LARGEST_BYTES else ""
    except OSError:
        return ""


def _named_by_variables(text: str, folder: Path) -> Iterator[Path]:
    """Yield the files that `${file(…)}` names, whatever stage or option is a part of the name."""
    for reference in _REFERENCE.findall(text):
        parts = _VARIABLE.split(reference.strip("'\""))
        # A name that is all variable may be any file's.
        if any(map(str.isalnum, "".join(parts).rpartition(".")[0])):
            # `Path.glob` takes neither `..` nor an absolute path.
            yield from map(Path, glob.glob(str(folder / "*".join(map(glob.escape, parts)))))  # noqa: PTH207


def _named_by_requirements(text: str, folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in _NESTED.findall(text))

"""The app of AWS CDK, or of CDK for Terraform, that lies beside functions: what it needs, no function does."""

import ast
import json
import posixpath
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

_SETTINGS = ("cdk.json", "cdktf.json")
_SCRIPT_IMPORT = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](\.{1,2}/[^"'\n]*)["']""")
_SCRIPT_ENDINGS = ("", ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", "/index.ts", "/index.js")
# What a compiler puts beside a script.
_COMPILED = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?(?:\.map)?\Z")
_MOST_FILES = 1_000


def find_app(root: Path, paths: Collection[str]) -> tuple[str, ...]:
    """Return the files that the apps among a project's files consist of, as far as their imports show."""
    known = frozenset(paths)
    found: set[str] = set()
    for settings in known:
        folder, _, name = settings.rpartition("/")
        if name in _SETTINGS:
            found.update(_with_imports(_app_file(_read(root / settings), folder, known), folder, root, known))
    scripts = {_COMPILED.sub("", path) for path in found if not path.endswith(".py")}
    found.update(path for path in known if _COMPILED.search(path) and _COMPILED.sub("", path) in scripts)
    return tuple(sorted(found))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _app_file(settings: str, folder: str, known: Collection[str]) -> Iterator[str]:
    """Yield the file that the command `app` of the settings starts: the first of its words that names one."""
    try:
        command = json.loads(settings)["app"]
        words = shlex.split(command)
    except (ValueError, LookupError, TypeError, AttributeError):
        return
    for word in words:
        module = word.replace(".", "/")
        for name in (word, f"{module}.py", f"{module}/__main__.py"):
            path = posixpath.normpath(posixpath.join(folder, name))
            if path in known:
                yield path
                return


def _with_imports(starts: Iterable[str], folder: str, root: Path, known: Collection[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting and len(found) < _MOST_FILES:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            read: Callable[[str, str, str], Iterator[str]] = _by_python if path.endswith(".py") else _by_script
            waiting.extend(name for name in read(_read(root / path), path, folder) if name in known)
    return found


def _by_script(text: str, path: str, _folder: str) -> Iterator[str]:
    """Yield the paths that the relative imports of a JavaScript or TypeScript file may mean."""
    here = posixpath.dirname(path)
    for name in _SCRIPT_IMPORT.findall(text):
        base = posixpath.normpath(posixpath.join(here, name))
        for stem in (base, re.sub(r"\.[cm]?js\Z", "", base)):
            yield from (f"{stem}{ending}" for ending in _SCRIPT_ENDINGS)


def _by_python(text: str, path: str, folder: str) -> Iterator[str]:
    """Yield the paths that the imports of a Python file may mean, from its own folder and from that of the app."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from _modules(folder, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(path), "../" * (node.level - 1)))
            head = f"{node.module}." if node.module else ""
            names = [f"{head}{alias.name}" for alias in node.names]
            yield from _modules(base if node.level else folder, [*names, *([node.module] if node.module else [])])


def _modules(folder: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            base = posixpath.normpath(posixpath.join(folder, *parts[:length]))
            yield from (f"{base}.py", f"{base}/__init__.py")

"""Explain what is missing: shipped as the source of `_lbundle_words`, which the first miss loads.

Nothing newer than Python 3.8.
"""

import sys
from os.path import abspath, dirname
from typing import Any

from _lbundle_guard import LEFT_OUT

_NO_LIBRARY = ": cannot open shared object file"


def explain_import(guard: Any, frame: Any, name: str, path: Any, target: Any) -> "tuple[Any, ImportError | None]":
    """Return what a finder behind the guard finds, or else the error to raise for a module that was left out.

    `frame` is that of the import system which asked the guard.
    """
    finders = list(sys.meta_path)  # type: list[Any]
    for finder in finders[finders.index(guard) + 1 :] if guard in finders else ():
        spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
        if spec is not None:
            return spec, None
    words = _explain_module(name)
    return None, _error_of_import(name, words, frame) if words else None


def _error_of_import(name: str, words: str, frame: Any) -> "ImportError | None":
    """Return the error that Python would raise, in more words; `None` where it raises none or another one.

    `from package import name` takes a missing module for a missing attribute. `__import__` with a list of names, and a
    star, pass over it.
    """
    frame = frame.f_back.f_back
    for helper in ("_gcd_import", "_call_with_frames_removed"):
        if frame is not None and frame.f_code.co_name == helper:
            frame = frame.f_back
    if frame is None or frame.f_code.co_name != "_handle_fromlist":
        return ModuleNotFoundError(f"No module named {name!r}; {words}", name=name)
    from opcode import opmap

    statement = frame.f_back
    if statement.f_code.co_code[statement.f_lasti] != opmap["IMPORT_NAME"]:
        return None
    package, _, part = name.rpartition(".")
    place = getattr(sys.modules[package], "__file__", None) or "unknown location"
    error = ImportError(f"cannot import name {part!r} from {package!r} ({place}); {words}", name=package, path=place)
    if sys.version_info >= (3, 12):
        error.name_from = part
    return error


def _explain_module(name: str) -> str:
    """Return why a module is not there and how to keep it; nothing where lbundle has nothing to do with it."""
    parts = name.split(".")
    heads = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
    for rule, why, keep, names in LEFT_OUT["modules"]:
        if any(f"\n{head}\n" in names for head in heads):
            return _in_words("it", rule, why, keep, name)
        if any(f"\n{head}.*\n" in names for head in heads):
            return _in_words("parts of its package", rule, why, keep, name)
    return ""


def explain_library(error: ImportError) -> None:
    """Put more words to the error of an extension that lacks a library."""
    library, found, _ = str(error).partition(_NO_LIBRARY)
    for rule, why, keep, paths in LEFT_OUT["libraries"] if found else ():
        for path in paths.split("\n")[1:-1]:
            if path.rpartition("/")[2] == library:
                error.msg = f"{error}; " + _in_words(f"`{path}`", rule, why, keep, path)
                error.args = (error.msg,)


def explain_file(name: object) -> None:
    """Say on standard error that a file was left out, if it was."""
    root = dirname(abspath(__file__)) + "/"
    path = abspath(name) if isinstance(name, str) else ""
    path = path[len(root) :] if path.startswith(root) else ""
    for rule, why, keep, paths in LEFT_OUT["files"] if path else ():
        if any(path == known or (known.endswith("/") and path.startswith(known)) for known in paths.split("\n")[1:-1]):
            print(_in_words(f"`{path}`", rule, why, keep, path), file=sys.stderr, flush=True)


def _in_words(what: str, rule: str, why: str, keep: str, name: str) -> str:
    path = name if "/" in name else name.replace(".", "/") + ".py"
    keep = keep.replace("{name}", name).replace("{path}", path)
    return f"lbundle left {what} out ({rule}: {why}); to keep it: {keep}"

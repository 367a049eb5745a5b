"""What a function's variables say of its code: names in it, and folders to import from. No other value is kept."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler.configure.tables import Setting
from bundler.model.project import NamedCode
from bundler.system.files import is_file, is_folder

SEARCH_PATH = "PYTHONPATH"
_SEPARATORS = re.compile(r"[\s,;]+")
_NAME = re.compile(r"[A-Za-z_][\w-]*(?:[./:][A-Za-z_][\w-]*)*")
# Both are the folder that handlers run in, where relative paths start too.
_KNOWN_ROOTS = ("/var/task", "/var/runtime", "/var/lang", "/opt")
_TASK_ROOT = re.compile(r"(?:/var/task|\$\{?LAMBDA_TASK_ROOT\}?)(?:/|$)")


def read_variables(tables: Iterable[Setting]) -> Mapping[str, str]:
    """Return the variables that are known before a deployment, a later table's before an earlier one's."""
    found: dict[str, str] = {}
    for table in tables:
        for name in table.node.value if isinstance(table.node.value, dict) else ():
            setting = table.find(name)
            found[name] = setting.node.value if setting is not None and isinstance(setting.node.value, str) else ""
    return found


def join_variables(variables: Mapping[str, str], told: Mapping[str, str]) -> Mapping[str, str]:
    """Return variables with what else the code is told; its folders come before those of the variables."""
    parts = [table[SEARCH_PATH] for table in (told, variables) if table.get(SEARCH_PATH)]
    return {**variables, **told, SEARCH_PATH: ":".join(parts)}


def search_folders(variables: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders below the code's own that `PYTHONPATH` puts on the path."""
    parts = variables.get(SEARCH_PATH, "").split(":")
    folders = (_TASK_ROOT.sub("", part).removeprefix("./").rstrip("/") for part in parts)
    return tuple(dict.fromkeys(folder for folder in folders if folder not in {"", "."} and not folder.startswith("/")))


def searches_elsewhere(variables: Mapping[str, str]) -> bool:
    """Tell whether `PYTHONPATH` names a folder that neither the zip nor a layer brings: one of a file system."""
    parts = (part.rstrip("/") for part in variables.get(SEARCH_PATH, "").split(":"))
    return any(part.startswith("/") and not part.startswith(_KNOWN_ROOTS) for part in parts)


def named_code(variables: Mapping[str, str], code_root: Path) -> tuple[NamedCode, ...]:
    """Return what variables may name of the code, dotted: of `jobs/mail.send, jobs.tidy` both.

    A single word counts where the code has a module or a folder of that name.
    """
    return tuple(
        NamedCode(variable=variable, name=name)
        for variable, value in sorted(variables.items())
        if variable != SEARCH_PATH
        for name in _names(value)
        if "." in name or ":" in name or _is_there(name, code_root)
    )


def _names(value: str) -> Iterator[str]:
    for word in dict.fromkeys(_SEPARATORS.split(value)):
        if _NAME.fullmatch(word):
            yield word.removesuffix(".py").replace("/", ".")


def _is_there(name: str, code_root: Path) -> bool:
    return is_folder(code_root / name) or is_file(code_root / f"{name}.py")

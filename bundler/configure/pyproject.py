"""`[tool.lbundle]` of pyproject.toml: settings for a project without a framework."""

import re
import tomllib
from pathlib import Path
from typing import Any

from bundler.configure.options import OPTION_KEYS
from bundler.configure.service import PLAIN_WORDS, FunctionTable, Service, choose_names
from bundler.configure.tables import Mistakes, Setting
from bundler.configure.variables import DEFAULT_STAGE
from bundler.configure.yaml_lines import Node, Place
from bundler.errors import SettingsUnreadableError

FILE_NAME = "pyproject.toml"
_TABLE = "tool.lbundle"
_FUNCTION_KEYS = ("handler", "runtime", "architecture", "patterns", *OPTION_KEYS)
_PROJECT_KEYS = ("runtime", "architecture", "patterns", *OPTION_KEYS, "functions")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w\"'.-]+)\s*=")


def has_settings(path: Path) -> bool:
    """Tell whether a pyproject.toml is there and holds `[tool.lbundle]`."""
    return path.is_file() and "lbundle" in _read(path).get("tool", {})


def read_pyproject(path: Path, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read `[tool.lbundle]` into tables; `wanted` limits them to those functions."""
    document = _read(path)
    lines = _line_of_keys(path.read_text(encoding="utf-8"))
    top = Setting(_TABLE, _node(document["tool"]["lbundle"], _TABLE, 0, lines), lambda node: node, mistakes)
    top.reject_unknown(_PROJECT_KEYS)
    functions = top.get("functions")
    names = choose_names(functions.keys() if functions else (), wanted)
    return Service(
        settings_path=path,
        name=str(document.get("project", {}).get("name") or path.parent.resolve().name),
        stage=stage or DEFAULT_STAGE,
        functions=tuple(_function(top, functions, name) for name in names) if functions else (),
    )


def _function(top: Setting, functions: Setting, name: str) -> FunctionTable:
    table = functions.under(f"{functions.key}.{name}", name)
    table.reject_unknown(_FUNCTION_KEYS)
    patterns = [setting for one in (top, table) if (setting := one.get("patterns")) is not None]
    return FunctionTable(
        name=name,
        setting=table,
        words=PLAIN_WORDS,
        providers=(top,),
        patterns=tuple(text for setting in patterns for text in setting.texts()),
        options=(top, table),
        skipped=None,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOML's and UTF-8's errors are both ValueErrors
        raise SettingsUnreadableError(path.name, 0, str(error)) from error


def _node(value: Any, key: str, line: int, lines: dict[str, int]) -> Node:  # noqa: ANN401 - whatever TOML holds
    line = lines.get(key, line)
    place = Place(FILE_NAME, line)
    if isinstance(value, dict):
        return Node({name: _node(child, f"{key}.{name}", line, lines) for name, child in value.items()}, place)
    if isinstance(value, list):
        return Node([_node(item, key, line, lines) for item in value], place)
    return Node(value if isinstance(value, str | int | float) else str(value), place)


def _line_of_keys(text: str) -> dict[str, int]:
    """Return the line of each dotted key; the standard parser gives none, and a key it misses takes its table's."""
    lines: dict[str, int] = {}
    table = ""
    bare = str.maketrans("", "", " \t\"'")
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.fullmatch(line):
            table = header[1].translate(bare)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{key[1].translate(bare)}", number)
    return lines

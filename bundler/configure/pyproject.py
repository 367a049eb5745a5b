"""`[tool.lbundle]` of pyproject.toml: settings for a project without a framework."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bundler.configure.options import LAYER_OPTION_KEYS, OPTION_KEYS
from bundler.configure.service import PLAIN_WORDS, FunctionTable, LayerTable, Service, choose_names
from bundler.configure.tables import Mistakes, Setting, suggest
from bundler.configure.variables import DEFAULT_STAGE
from bundler.configure.yaml_lines import Node, Place
from bundler.documents import parse_toml
from bundler.errors import SettingsUnreadableError
from bundler.system.files import read_bounded

FILE_NAME = "pyproject.toml"
_TABLE = "tool.lbundle"
_FUNCTION_KEYS = ("handler", "runtime", "architecture", "patterns", "layers", *OPTION_KEYS)
_PROJECT_KEYS = ("runtime", "architecture", "patterns", *OPTION_KEYS, "functions", "layers")
_LAYER_KEYS = ("path", "runtime", "architecture", *LAYER_OPTION_KEYS)
_ARN = "arn:"
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*([\w\"'.-]+)\s*=")


def has_settings(path: Path) -> bool:
    """Tell whether a pyproject.toml is there and holds `[tool.lbundle]`."""
    tools = _read(path).get("tool") if path.is_file() else None
    return isinstance(tools, dict) and "lbundle" in tools


def read_pyproject(path: Path, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read `[tool.lbundle]` into tables; `wanted` limits them to those functions."""
    document = _read(path)
    lines = _line_of_keys(read_bounded(path).decode())
    top = Setting(_TABLE, _node(document["tool"]["lbundle"], _TABLE, 0, lines), lambda node: node, mistakes)
    top.reject_unknown(_PROJECT_KEYS)
    functions = top.get("functions")
    names = choose_names(functions.keys() if functions else (), wanted)
    layers = tuple(_layers(top))
    return Service(
        settings_path=path,
        name=str(document.get("project", {}).get("name") or path.parent.resolve().name),
        stage=stage or DEFAULT_STAGE,
        functions=tuple(_function(top, functions, name, layers) for name in names) if functions else (),
        options=top,
        layers=layers,
    )


def _layers(top: Setting) -> Iterator[LayerTable]:
    """Yield the layers that are declared: with `path` a folder, else packages that lbundle puts into one."""
    section = top.get("layers")
    if section is None:
        return
    for name in section.keys():  # noqa: SIM118 - a method that checks
        table = section.under(f"{section.key}.{name}", name)
        table.reject_unknown(_LAYER_KEYS)
        path = table.get("path")
        is_built = path is None or any(table.has(key) for key in LAYER_OPTION_KEYS)
        yield LayerTable(
            name=name,
            setting=table,
            path=path,
            options=table if is_built else None,
            code=None,
            runtimes=table.get(PLAIN_WORDS.runtime),
            architectures=table.get(PLAIN_WORDS.architecture),
            providers=(top,),
            words=PLAIN_WORDS,
        )


def _function(top: Setting, functions: Setting, name: str, declared: tuple[LayerTable, ...]) -> FunctionTable:
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
        code=None,
        skipped=None,
        layers=tuple(_used_layers(table, declared)),
        foreign_layers=tuple(f"the layer `{text}`" for text in _named_layers(table) if text.startswith(_ARN)),
    )


def _used_layers(table: Setting, declared: tuple[LayerTable, ...]) -> Iterator[str]:
    names = [layer.name for layer in declared]
    for text in _named_layers(table):
        if text in names:
            yield text
        elif not text.startswith(_ARN):
            table.reject(f"the layer `{text}` is not declared, {suggest(text, names)}")


def _named_layers(table: Setting) -> tuple[str, ...]:
    setting = table.get("layers")
    return setting.texts() if setting is not None else ()


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(read_bounded(path).decode())
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

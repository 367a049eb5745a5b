"""YAML and JSON with the file and line of every value: the only file that imports PyYAML.

Scalars are read as the Serverless Framework reads them (YAML 1.2's core schema), so `on`, `no`, `012` and `2024-01-01`
stay text. CloudFormation's short tags (`!Ref`, `!Sub`, …) become their long forms in a template; elsewhere they and any
other unknown tag are kept as `Tagged`.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from bundler.documents import parse_json
from bundler.errors import SettingsUnreadableError
from bundler.system.files import read_bounded

_KINDS = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting stands: a file as the user knows it, and a line from 1, or 0 for the file as a whole."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value with a tag of its own, such as `!Sub`: only CloudFormation knows what it becomes."""

    tag: str
    text: str = ""
    """What stands behind the tag, where that is a single text: the logical id of `!Ref`."""


Value = str | int | float | bool | None | Tagged | list["Node"] | dict[str, "Node"]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value and its place; in a mapping the place is that of the key. Nodes compare by identity."""

    value: Value
    place: Place

    def describe(self) -> str:
        """Name the kind of value for a message: `a list`, `text`, …."""
        if isinstance(self.value, Tagged):
            return f"`{self.value.tag}`"
        return _KINDS.get(type(self.value), "empty")


def read_document(path: Path, shown: str, *, is_template: bool = False) -> Node:
    """Read a YAML or JSON file; raise `SettingsUnreadableError` with the line of a mistake in its syntax.

    In a template of CloudFormation's, `!Sub x` is read as `{"Fn::Sub": "x"}`.
    """
    try:
        text = read_bounded(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsUnreadableError(shown, 0, str(error)) from error
    if path.suffix == ".json":
        # JSON is YAML but for tabs between its tokens; a tab cannot stand inside a JSON string.
        text = text.replace("\t", " ")
    return parse_document(text, shown, is_template=is_template)


def parse_document(text: str, shown: str, *, is_template: bool = False) -> Node:
    """Read YAML text as `read_document` reads a file."""
    try:
        _check_depth(text, shown)
        root = yaml.compose(text, Loader=_Loader)
        return (
            _Converter(shown, is_template=is_template).convert(root)
            if root is not None
            else Node(None, Place(shown, 0))
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise SettingsUnreadableError(shown, mark.line + 1 if mark else 0, problem) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SettingsUnreadableError(shown, 0, " ".join(str(error).split())) from error


def parse_values(text: str, shown: str) -> Node:
    """Read JSON that a program wrote: it has no lines worth naming, so every place is the file as a whole."""
    try:
        return _from_value(parse_json(text), Place(shown, 0))
    except (ValueError, RecursionError) as error:
        raise SettingsUnreadableError(shown, 0, str(error)) from error


def _from_value(value: Any, place: Place) -> Node:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return Node({name: _from_value(child, place) for name, child in value.items()}, place)
    if isinstance(value, list):
        return Node([_from_value(item, place) for item in value], place)
    return Node(value, place)


def _check_depth(text: str, shown: str) -> None:
    """Refuse senseless nesting: the C parser's composer overflows the stack, its events do not."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise SettingsUnreadableError(shown, line, "it is nested too deeply")


_MAX_DEPTH = 100
_CORE_SCHEMA = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    "merge": (r"<<", "<"),
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C parser where there is one
    """PyYAML's loader with the core schema in place of YAML 1.1's."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for _name, (_pattern, _first) in _CORE_SCHEMA.items():
    _starts = [*_first, ""] if _name == "null" else [*_first]
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(rf"(?:{_pattern})\Z"), _starts)


_PREFIX = "tag:yaml.org,2002:"
_BARE_TAGS = {"scalar": f"{_PREFIX}str", "sequence": f"{_PREFIX}seq", "mapping": f"{_PREFIX}map"}
# The only functions of CloudFormation whose long form has no `Fn::`.
_WITHOUT_PREFIX = frozenset({"Ref", "Condition"})


class _Converter:
    """Turns the library's nodes into ours, each once however often an alias repeats it."""

    def __init__(self, shown: str, *, is_template: bool) -> None:
        self._shown = shown
        self._is_template = is_template
        self._done: dict[int, Value] = {}
        self._open: set[int] = set()

    def convert(self, node: Any, key_line: int | None = None) -> Node:  # noqa: ANN401 - a node of the library
        line = node.start_mark.line + 1 if key_line is None else key_line
        return Node(self._value(node, line), Place(self._shown, line))

    def _value(self, node: Any, line: int) -> Value:  # noqa: ANN401 - a node of the library
        if id(node) in self._done:
            return self._done[id(node)]
        if id(node) in self._open:
            raise SettingsUnreadableError(self._shown, line, "an alias stands inside its own anchor")
        self._open.add(id(node))
        value = self._fresh_value(node)
        self._open.remove(id(node))
        self._done[id(node)] = value
        return value

    def _fresh_value(self, node: Any) -> Value:  # noqa: ANN401 - a node of the library
        if not node.tag.startswith(_PREFIX):
            return self._long_form(node) if self._is_template else Tagged(node.tag, _text_of(node))
        if node.id == "mapping":
            return self._mapping(node)
        if node.id == "sequence":
            return [self.convert(item) for item in node.value]
        return _scalar(node.tag.removeprefix(_PREFIX), node.value)

    def _long_form(self, node: Any) -> Value:  # noqa: ANN401 - a node of the library
        name = node.tag.removeprefix("!")
        node.tag = _BARE_TAGS[node.id]
        argument = Node(self._fresh_value(node), Place(self._shown, node.start_mark.line + 1))
        return {name if name in _WITHOUT_PREFIX else f"Fn::{name}": argument}

    def _mapping(self, node: Any) -> dict[str, Node]:  # noqa: ANN401 - a node of the library
        merged: dict[str, Node] = {}
        own: dict[str, Node] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag == f"{_PREFIX}merge":
                # Earlier merges win over later ones, and the mapping's own keys over both (YAML's merge type).
                merged = {**self._merged(value, line), **merged}
                continue
            name = key.value if isinstance(key.value, str) else "?"
            if name in own:
                raise SettingsUnreadableError(self._shown, line, f"the key `{name}` stands here for the second time")
            own[name] = self.convert(value, line)
        return {**merged, **own}

    def _merged(self, node: Any, line: int) -> dict[str, Node]:  # noqa: ANN401 - a node of the library
        value = self._value(node, line)
        tables = [item.value for item in reversed(value)] if isinstance(value, list) else [value]
        result: dict[str, Node] = {}
        for table in tables:
            if not isinstance(table, dict):
                raise SettingsUnreadableError(self._shown, line, "`<<` takes a mapping or a list of mappings")
            result |= table
        return result


def _text_of(node: Any) -> str:  # noqa: ANN401 - a node of the library
    return str(node.value) if node.id == "scalar" else ""


def _scalar(kind: str, text: str) -> Value:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)
    return float(text) if kind == "float" else text

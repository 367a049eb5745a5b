"""CloudFormation's functions (`Ref`, `Fn::Sub`, `Fn::FindInMap`, …) as far as a template alone answers them."""

import re
from collections.abc import Mapping

from bundler.configure.variables import MOST_CHARACTERS, TooLongError, UnansweredError
from bundler.configure.yaml_lines import Node, Value

_VARIABLE = re.compile(r"\$\{(!?)\s*([^}]*?)\s*\}")
_CONDITIONS = frozenset({"Condition", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"})
_LIST_TYPES = ("CommaDelimitedList", "List<")
_MAX_DEPTH = 60
_NO_VALUE = "AWS::NoValue"


class Intrinsics:
    """Answers the functions of one template from its parameters' defaults, mappings and conditions."""

    def __init__(self, document: Node, region: str) -> None:
        self._parameters = _tables(document, "Parameters")
        self._mappings = _tables(document, "Mappings")
        self._conditions = _tables(document, "Conditions")
        self._resources = _tables(document, "Resources")
        self._pseudo = {"AWS::Region": region, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
        self._open: list[str] = []
        self._depth = 0
        self._known_conditions: dict[str, bool] = {}
        self._answered: dict[tuple[str, Node], Value] = {}
        self._unanswered: dict[tuple[str, Node], UnansweredError] = {}

    def resolve(self, node: Node) -> Node:
        """Return what a function gives, in its place; anything else as it is.

        Raises:
            UnansweredError: Only CloudFormation can answer it, or it is not well formed.
        """
        call = _call(node)
        return node if call is None else Node(self._answer(*call), node.place)

    def _answer(self, name: str, argument: Node) -> Value:
        """Evaluate a function once: an alias of YAML's may repeat it without end."""
        key = (name, argument)
        if error := self._unanswered.get(key):
            raise error
        if key not in self._answered:
            self._depth += 1
            try:
                self._answered[key] = self._evaluate(name, argument)
            except UnansweredError as error:
                if not error.is_final:
                    self._unanswered[key] = error
                raise
            finally:
                self._depth -= 1
        return self._answered[key]

    def _evaluate(self, name: str, argument: Node) -> Value:  # noqa: PLR0911 - one for each function
        if self._depth > _MAX_DEPTH:
            raise UnansweredError(reason="the functions are nested too deeply", is_final=True)
        if name in _CONDITIONS:
            return self._is_true(name, argument)
        match name:
            case "Ref":
                return self._reference(self._text(argument))
            case "Fn::Sub":
                return self._substitute(argument)
            case "Fn::FindInMap":
                return self._find_in_map([self._text(item) for item in self._list(argument)])
            case "Fn::If":
                condition, then, otherwise = self._arguments(name, argument, 3)
                chosen = then if self._condition(self._text(condition)) else otherwise
                return self.resolve(chosen).value
            case "Fn::Join":
                delimiter, items = self._arguments(name, argument, 2)
                return self._join(self._text(delimiter), [self._text(item) for item in self._list(items)])
            case "Fn::Split":
                delimiter, text = self._arguments(name, argument, 2)
                return [Node(part, text.place) for part in self._text(text).split(self._text(delimiter))]
            case "Fn::Select":
                index, items = self._arguments(name, argument, 2)
                return self._select(self._text(index), self._list(items))
            case _:
                raise UnansweredError(reason=f"`{name}` is filled in by CloudFormation, lbundle needs its value here")

    def _reference(self, name: str) -> Value:
        if name == _NO_VALUE:
            return None
        if name in self._pseudo:
            return self._pseudo[name]
        parameter = self._parameters.get(name)
        if parameter is None:
            is_there = name in self._resources or name.startswith("AWS::")
            problem = "is known to CloudFormation alone" if is_there else "is neither a parameter nor a resource"
            raise UnansweredError(reason=f"`{name}` {problem}, lbundle needs its value here")
        table = parameter.value if isinstance(parameter.value, dict) else {}
        if "Default" not in table:
            raise UnansweredError(reason=f"the parameter `{name}` has no default, lbundle needs its value here")
        default, kind = table["Default"], table.get("Type")
        if kind is not None and isinstance(kind.value, str) and kind.value.startswith(_LIST_TYPES):
            return [Node(part.strip(), default.place) for part in str(default.value).split(",")]
        return default.value

    def _substitute(self, argument: Node) -> str:
        own: Mapping[str, Node] = {}
        if isinstance(argument.value, list):
            argument, table = self._arguments("Fn::Sub", argument, 2)
            own = table.value if isinstance(table.value, dict) else {}

        def answer(match: re.Match[str]) -> str:
            is_literal, name = match.groups()
            if is_literal:
                return f"${{{name}}}"
            return self._text(own[name]) if name in own else self._text(Node(self._reference(name), argument.place))

        text = self._text(argument)
        pieces: list[str] = []
        end = 0
        for match in _VARIABLE.finditer(text):
            pieces += (text[end : match.start()], answer(match))
            end = match.end()
        return self._join("", [*pieces, text[end:]])

    def _join(self, delimiter: str, texts: list[str]) -> str:
        characters = sum(map(len, texts)) + len(delimiter) * max(len(texts) - 1, 0)
        if characters > MOST_CHARACTERS:
            raise TooLongError(what="a function makes a text of", characters=characters)
        return delimiter.join(texts)

    def _find_in_map(self, path: list[str]) -> Value:
        node: Node | None = self._mappings.get(path[0]) if path else None
        for name in path[1:]:
            node = node.value.get(name) if node is not None and isinstance(node.value, dict) else None
        if node is None:
            raise UnansweredError(reason=f"there is no `{'.'.join(path)}` in `Mappings`")
        return node.value

    def _select(self, index: str, items: list[Node]) -> Value:
        if not index.isdecimal() or int(index) >= len(items):
            raise UnansweredError(reason=f"`Fn::Select` asks for item `{index}` of {len(items)}")
        return self.resolve(items[int(index)]).value

    def _condition(self, name: str) -> bool:
        if name not in self._known_conditions:
            self._known_conditions[name] = self._read_condition(name)
        return self._known_conditions[name]

    def _read_condition(self, name: str) -> bool:
        node = self._conditions.get(name)
        call = _call(node) if node is not None else None
        if call is None or name in self._open:
            problem = "leads back to itself" if name in self._open else "is not there"
            raise UnansweredError(reason=f"the condition `{name}` {problem}")
        self._open.append(name)
        try:
            return self._is_true(*call)
        finally:
            self._open.pop()

    def _is_true(self, name: str, argument: Node) -> bool:
        if name == "Condition":
            return self._condition(self._text(argument))
        items = self._list(argument)
        if name == "Fn::Equals":
            return len({self._text(item) for item in items}) == 1
        answers = [bool(self.resolve(item).value) for item in items]
        if name == "Fn::Not":
            return not all(answers)
        return all(answers) if name == "Fn::And" else any(answers)

    def _text(self, node: Node) -> str:
        value = self.resolve(node).value
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        raise UnansweredError(reason=f"`{node.place}` must be text, not {node.describe()}")

    def _list(self, node: Node) -> list[Node]:
        value = self.resolve(node).value
        if isinstance(value, list):
            return value
        raise UnansweredError(reason=f"`{node.place}` must be a list, not {node.describe()}")

    def _arguments(self, name: str, node: Node, count: int) -> list[Node]:
        arguments = self._list(node)
        if len(arguments) != count:
            raise UnansweredError(reason=f"`{name}` takes a list of {count}, not of {len(arguments)}")
        return arguments


def _call(node: Node) -> tuple[str, Node] | None:
    """Return the function that a mapping of one key calls, and its argument."""
    if not isinstance(node.value, dict) or len(node.value) != 1:
        return None
    ((name, argument),) = node.value.items()
    return (name, argument) if name in {"Ref", "Condition"} or name.startswith("Fn::") else None


def _tables(document: Node, section: str) -> Mapping[str, Node]:
    node = document.value.get(section) if isinstance(document.value, dict) else None
    return node.value if node is not None and isinstance(node.value, dict) else {}

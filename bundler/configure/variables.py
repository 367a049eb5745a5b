"""Answer the variables of a serverless.yml, `${…}`, one by one as they are asked for.

Nothing is answered in advance: a variable that needs AWS does no harm unless a setting lbundle uses depends on it.
"""

from collections.abc import Mapping
from pathlib import Path

from bundler.configure.expression import (
    Source,
    UnclosedError,
    Variable,
    read_literal,
    read_source,
    split_alternatives,
    split_text,
)
from bundler.configure.yaml_lines import Node, Place, Tagged, read_document
from bundler.system.files import is_file, read_bounded
from bundler.system.home import expand_home

NEEDS_AWS = frozenset({"ssm", "cf", "s3", "aws"})
DEFAULT_STAGE = "dev"
DEFAULT_REGION = "us-east-1"
_MAX_DEPTH = 60
MOST_CHARACTERS = 100_000
"""Of a text with variables, and of what becomes of it."""
_MOST_CHARACTERS_IN_ALL = 10_000_000
"""Of what all variables become: doublings that nobody sees in a text of a few lines fill the memory."""
_LONGEST_REASON = 1000


class UnansweredError(Exception):
    """A variable has no value; `is_final` when not even a fallback may stand in for it."""

    def __init__(self, *, reason: str, is_final: bool = False) -> None:
        # Reasons have reasons, which would double with every step.
        super().__init__(reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…")
        self.is_final = is_final


class TooLongError(UnansweredError):
    """A text is longer than any that settings have; no fallback stands in for it."""

    def __init__(self, *, what: str, characters: int, most: int = MOST_CHARACTERS) -> None:
        super().__init__(reason=f"{what} {characters:,} characters, at most {most:,} are read", is_final=True)


class Variables:
    """The sources a document's variables ask."""

    def __init__(
        self,
        *,
        folder: Path,
        document: Node,
        options: Mapping[str, str],
        stage: str,
        environment: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._document = document
        self._options = options
        self._stage = stage
        self._environment = environment
        self._answered: dict[Node, Node] = {}
        self._unanswered: dict[Node, UnansweredError] = {}
        self._open: list[Node] = []
        self._files: dict[Path, Node] = {}
        self._depth = 0
        self._characters = 0
        self._sources = {
            "opt": self._ask_options,
            "self": self._ask_self,
            "env": self._ask_environment,
            "file": self._ask_file,
            "sls": self._ask_framework,
            "aws": self._ask_aws,
            "param": self._ask_parameters,
            "strToBool": self._to_bool,
        }

    def resolve(self, node: Node) -> Node:
        """Return the node with its variables answered; those inside a mapping or list wait until they are reached.

        Raises:
            UnansweredError: A variable has no value.
        """
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        if error := self._unanswered.get(node):
            raise error
        if node not in self._answered:
            try:
                self._answered[node] = self._resolve_text(node, node.value)
            except UnansweredError as error:
                if not error.is_final:
                    self._unanswered[node] = error
                raise
        return self._answered[node]

    def _resolve_text(self, node: Node, text: str) -> Node:
        if node in self._open:
            circle = [*self._open[self._open.index(node) :], node]
            chain = " → ".join(f"`{step.value}`" for step in circle)
            raise UnansweredError(reason=f"the variables go in a circle: {chain}", is_final=True)
        self._open.append(node)
        try:
            return Node(self._expand(text, node.place).value, node.place)
        finally:
            self._open.pop()

    def _expand(self, text: str, place: Place) -> Node:
        parts = self._split(text)
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return self._answer(parts[0], place)
        words = [part if isinstance(part, str) else self._as_text(part, place) for part in parts]
        return Node(self._join(words), place)

    def _split(self, text: str) -> list[str | Variable]:
        if len(text) > MOST_CHARACTERS:
            raise TooLongError(what="a text with variables has", characters=len(text))
        try:
            return [part for part in split_text(text) if part]
        except UnclosedError as error:
            raise UnansweredError(reason=str(error), is_final=True) from error

    def _join(self, words: list[str]) -> str:
        length = sum(map(len, words))
        self._characters += length
        if length > MOST_CHARACTERS:
            raise TooLongError(what="variables make a text of", characters=length)
        if self._characters > _MOST_CHARACTERS_IN_ALL:
            raise TooLongError(what="all variables make", characters=self._characters, most=_MOST_CHARACTERS_IN_ALL)
        return "".join(words)

    def _as_text(self, variable: Variable, place: Place) -> str:
        node = self._answer(variable, place)
        if node.value is None or isinstance(node.value, dict | list | Tagged):
            raise UnansweredError(reason=f"`{variable}` is {node.describe()}, which cannot stand inside a text")
        return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)

    def _answer(self, variable: Variable, place: Place) -> Node:
        self._depth += 1
        try:
            if self._depth > _MAX_DEPTH:
                raise UnansweredError(reason="the variables are nested too deeply", is_final=True)
            return self._first_answer(variable, place)
        finally:
            self._depth -= 1

    def _first_answer(self, variable: Variable, place: Place) -> Node:
        reasons: list[str] = []
        answer: Node | None = None
        for alternative in split_alternatives(variable.inside):
            try:
                answer = self._ask(alternative, place)
            except UnansweredError as error:
                if error.is_final:
                    raise
                reasons.append(str(error))
                continue
            if answer.value is not None:
                break
        if answer is None:
            raise UnansweredError(reason=f"`{variable}` has no value: {', '.join(dict.fromkeys(reasons))}")
        return answer

    def _ask(self, alternative: str, place: Place) -> Node:
        if literal := read_literal(alternative):
            value = literal[0]
            return self._expand(value, place) if isinstance(value, str) else Node(value, place)
        parts = self._split(alternative)
        if len(parts) == 1 and isinstance(parts[0], Variable):
            return self._answer(parts[0], place)
        text = str(self._expand(alternative, place).value)
        source = read_source(text)
        if source is None:
            raise UnansweredError(reason=f"`{text}` is neither a source nor a quoted text")
        if source.name not in self._sources:
            raise UnansweredError(reason=_why_not_asked(text, source.name))
        return self._sources[source.name](source, place)

    def _ask_options(self, source: Source, place: Place) -> Node:
        if source.address not in self._options:
            raise UnansweredError(reason=f"the option `--{source.address}` is not given")
        return Node(self._options[source.address], place)

    def _ask_self(self, source: Source, _place: Place) -> Node:
        return self._walk(self._document, source.address, "is not set")

    def _ask_environment(self, source: Source, place: Place) -> Node:
        if source.address not in self._environment:
            raise UnansweredError(reason=f"the environment variable `{source.address}` is not set")
        return Node(self._environment[source.address], place)

    def _ask_framework(self, source: Source, place: Place) -> Node:
        # The framework makes up an id for each run; one that stays the same keeps bundles the same.
        values = {"stage": self._stage, "instanceId": "lbundle"}
        if source.address not in values:
            raise UnansweredError(reason=f"`sls:{source.address}` is not known")
        return Node(values[source.address], place)

    def _ask_aws(self, source: Source, place: Place) -> Node:
        if source.address != "region":
            raise UnansweredError(reason=_why_not_asked(f"aws:{source.address}", "aws"))
        if "region" in self._options:
            return Node(self._options["region"], place)
        region = self._find(self._document, ["provider", "region"])
        return Node(DEFAULT_REGION, place) if region is None else region

    def _ask_parameters(self, source: Source, _place: Place) -> Node:
        # `params:` is the older spelling, `stages:` that of version 4; a stage's own value wins over `default`.
        for stage in (self._stage, "default"):
            for path in (f"params.{stage}", f"stages.{stage}.params"):
                table = self._find(self._document, path.split("."))
                value = self._find(table, [source.address]) if table else None
                if value is not None:
                    return value
        raise UnansweredError(reason=f"the parameter `{source.address}` is not set for stage `{self._stage}`")

    def _ask_file(self, source: Source, place: Place) -> Node:
        path = self._folder / expand_home(source.argument)
        if path.suffix in {".js", ".cjs", ".mjs", ".ts"}:
            raise UnansweredError(reason=f"`{source.argument}` is code, which lbundle does not run")
        if not is_file(path):
            raise UnansweredError(reason=f"the file `{source.argument}` is not there")
        if path not in self._files:
            self._files[path] = self._read_file(path, source.argument, place)
        document = self._files[path]
        return self._walk(document, source.address, f"is not in `{source.argument}`")

    def _read_file(self, path: Path, shown: str, place: Place) -> Node:
        if path.suffix in {".yml", ".yaml", ".json"}:
            return read_document(path, shown.removeprefix("./"))
        try:
            return Node(read_bounded(path).decode().strip(), place)
        except (OSError, UnicodeDecodeError) as error:
            raise UnansweredError(reason=f"the file `{shown}` cannot be read: {error}") from error

    def _to_bool(self, source: Source, place: Place) -> Node:
        words = {"true": True, "1": True, "false": False, "0": False}
        word = source.argument.strip("'\"").lower()
        if word not in words:
            raise UnansweredError(reason=f"`strToBool({source.argument})` is neither true nor false")
        return Node(words[word], place)

    def _walk(self, document: Node, address: str, otherwise: str) -> Node:
        node = self._find(document, address.split(".") if address else [])
        if node is None:
            raise UnansweredError(reason=f"`{address}` {otherwise}")
        return node

    def _find(self, node: Node, keys: list[str]) -> Node | None:
        node = self.resolve(node)
        for key in keys:
            child = _child(node, key)
            if child is None:
                return None
            node = self.resolve(child)
        return node


def _child(node: Node, key: str) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(key)
    if isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
        return node.value[int(key)]
    return None


def _why_not_asked(text: str, source: str) -> str:
    if source in NEEDS_AWS:
        return f"`{text}` needs AWS, which lbundle never asks"
    return f"`{text}` asks a source that lbundle does not know"

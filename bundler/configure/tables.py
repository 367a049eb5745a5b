"""Read settings key by key; what is wrong is noted with its place, and reading goes on."""

import difflib
from collections.abc import Callable, Collection

from bundler.configure.variables import UnansweredError
from bundler.configure.yaml_lines import Node, Place, Tagged
from bundler.errors import SettingsMistakesError

_TRUTHS = {"true": True, "false": False}


class Mistakes:
    """Collects what is wrong, one mistake for each key: the first is the cause of those that follow."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Place, str]] = {}

    def add(self, place: Place, key: str, problem: str) -> None:
        self._found.setdefault(key, (place, problem))

    def has(self, key: str) -> bool:
        return key in self._found

    def explain(self, key: str, way_out: str) -> None:
        """Add to the mistake of a key what mends it."""
        place, problem = self._found[key]
        self._found[key] = (place, f"{problem}; {way_out}")

    def raise_if_any(self, file: str) -> None:
        """Raise one error that lists every mistake, in the order of the file."""
        # Mistakes of included files come after those of the main file.
        found = [(place, f"{place}  {key}: {problem}") for key, (place, problem) in self._found.items()]
        found.sort(key=lambda item: (item[0].file != file, item[0].file, item[0].line))
        if found:
            raise SettingsMistakesError(file, tuple(line for _, line in found))


class Setting:
    """A value under its full key, its variables answered."""

    __slots__ = ("_mistakes", "_resolve", "key", "node")

    def __init__(self, key: str, node: Node, resolve: Callable[[Node], Node], mistakes: Mistakes) -> None:
        self.key = key
        self.node = node
        self._resolve = resolve
        self._mistakes = mistakes

    @property
    def place(self) -> Place:
        return self.node.place

    def reject(self, problem: str) -> None:
        """Note what is wrong with this setting."""
        self._mistakes.add(self.place, self.key, problem)

    def has(self, name: str) -> bool:
        """Tell whether a key is written down, whatever its value."""
        return isinstance(self.node.value, dict) and name in self.node.value

    def keys(self) -> tuple[str, ...]:
        """Return the keys of a mapping; anything else is a mistake."""
        return tuple(self._table())

    def get(self, name: str) -> "Setting | None":
        """Return the setting under a key; `None` when it is absent, empty or unanswered (which is noted)."""
        table = self._table()
        return self._open(f"{self.key}.{name}" if self.key else name, table[name]) if name in table else None

    def under(self, key: str, name: str) -> "Setting":
        """Return the setting under a key by another full key, even when it is empty or unanswered (which is noted)."""
        node = self._table()[name]
        return self._open(key, node) or Setting(key, Node({}, node.place), self._resolve, self._mistakes)

    def elements(self) -> list["Setting"]:
        """Return the settings of a list; a single value stands for a list of one."""
        if not isinstance(self.node.value, list):
            return [self]
        opened = [self._open(f"{self.key}[{index}]", node) for index, node in enumerate(self.node.value)]
        return [setting for setting in opened if setting is not None]

    def find(self, name: str) -> "Setting | None":
        """Return the setting under a key as `get` does, but note nothing: whoever asks can do without it."""
        node = self.node.value.get(name) if isinstance(self.node.value, dict) else None
        return self._open_quietly(f"{self.key}.{name}" if self.key else name, node) if node is not None else None

    def find_elements(self) -> list["Setting | None"]:
        """Return the settings of a list, `None` for each that is unanswered, and note nothing."""
        nodes = self.node.value if isinstance(self.node.value, list) else []
        return [self._open_quietly(f"{self.key}[{index}]", node) for index, node in enumerate(nodes)]

    def text(self) -> str | None:
        """Return the text of a setting; anything else is a mistake, and `None`."""
        if isinstance(self.node.value, str) and self.node.value:
            return self.node.value
        self.reject(self._expected("text"))
        return None

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts, or a single one."""
        texts = [element.text() for element in self.elements()]
        return tuple(text for text in texts if text is not None)

    def truth(self) -> bool | None:
        """Return true or false, also of a text that says so, as variables give it; `None` for anything else."""
        value = self.node.value
        return value if isinstance(value, bool) else _TRUTHS.get(str(value).lower())

    def boolean(self) -> bool:
        """Return true or false as `truth` does; anything else is a mistake."""
        if self.truth() is None:
            self.reject(self._expected("`true` or `false`"))
        return self.truth() is True

    def reject_unknown(self, known: Collection[str]) -> None:
        """Note every key that is not one of `known`, with the nearest that is."""
        for name, node in self._table().items():
            if name not in known:
                key = f"{self.key}.{name}"
                self._mistakes.add(node.place, key, f"unknown key, {suggest(name, known)}")

    def _table(self) -> dict[str, Node]:
        if isinstance(self.node.value, dict):
            return self.node.value
        self.reject(self._expected("a mapping"))
        return {}

    def _open(self, key: str, node: Node) -> "Setting | None":
        try:
            resolved = self._resolve(node)
        except UnansweredError as error:
            self._mistakes.add(node.place, key, str(error))
            return None
        return None if resolved.value is None else Setting(key, resolved, self._resolve, self._mistakes)

    def _open_quietly(self, key: str, node: Node) -> "Setting | None":
        try:
            resolved = self._resolve(node)
        except UnansweredError:
            return None
        return None if resolved.value is None else Setting(key, resolved, self._resolve, self._mistakes)

    def _expected(self, wanted: str) -> str:
        if isinstance(self.node.value, Tagged):
            return f"`{self.node.value.tag}` is filled in by CloudFormation, lbundle needs {wanted} here"
        return f"must be {wanted}, not {self.node.describe()}"


def suggest(word: str, known: Collection[str]) -> str:
    """Return the nearest of the known words as the end of a message, or all of them when none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"there is: {', '.join(f'`{name}`' for name in known)}" if known else "there is none"

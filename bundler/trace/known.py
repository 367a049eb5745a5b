"""What known packages hide from every general mechanism, read from `known_packages/*.toml`.

A file is named after a top-level module and holds rules: `hidden` modules it loads, `data` paths inside it, each with
the `evidence` that the rule is needed.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class _Rule:
    module: str
    hidden: tuple[str, ...]
    data: tuple[str, ...]


class Known:
    """Rules by the module that needs them."""

    def __init__(self) -> None:
        self._rules = _rules()

    def hidden(self, module: str) -> tuple[str, ...]:
        """Return the modules that `module` loads without saying so."""
        rule = self._rules.get(module)
        return rule.hidden if rule else ()

    def data(self, module: str) -> tuple[str, ...]:
        """Return the paths inside the package `module` that it opens without saying so."""
        rule = self._rules.get(module)
        return rule.data if rule else ()


@cache
def _rules() -> dict[str, _Rule]:
    rules = {}
    for entry in files(__package__).joinpath("known_packages").iterdir():
        if entry.name.endswith(".toml"):
            for rule in tomllib.loads(entry.read_text(encoding="utf-8"))["rule"]:
                module = rule["module"]
                rules[module] = _Rule(module, tuple(rule.get("hidden", ())), tuple(rule.get("data", ())))
    return rules

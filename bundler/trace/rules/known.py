"""What known packages hide from every general mechanism, read from `known_packages/*.toml`.

A file is named after a top-level module and holds rules: `hidden` modules it loads, `data` paths inside it, each with
the evidence that the rule is needed.

Evidence: each rule of `known_packages/` has its own.
Not caught: what a general mechanism finds as well, which needs no entry.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


@dataclass(frozen=True, slots=True)
class _Rule:
    module: str
    hidden: tuple[str, ...]
    data: tuple[str, ...]


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    rules = _rules()
    rule = rules.get(read.module.name)
    if rule is not None:
        hidden = (name for pattern in rule.hidden for name in view.index.matching(pattern))
        yield from (ModuleDemand(name, 0, name, EdgeKind.KNOWN) for name in hidden)
        for path in rule.data:
            files = view.assets.below_package(rule.module, path, view.index)
            yield FilesDemand(files, 0, path, EdgeKind.KNOWN)
    for fact in read.facts.imports:
        name = read.imported_module(fact)
        # The runtime's own modules are not read.
        if name in rules and name.partition(".")[0] not in view.index.top_level:
            hidden = (other for other in rules[name].hidden if other in view.index)
            yield from (ModuleDemand(other, fact.line, other, EdgeKind.KNOWN) for other in hidden)


RULE = Rule("known", lambda _: True, _visit)


@cache
def _rules() -> dict[str, _Rule]:
    rules = {}
    for entry in files("bundler.trace").joinpath("known_packages").iterdir():
        if entry.name.endswith(".toml"):
            for rule in tomllib.loads(entry.read_text(encoding="utf-8"))["rule"]:
                module = rule["module"]
                rules[module] = _Rule(module, tuple(rule.get("hidden", ())), tuple(rule.get("data", ())))
    return rules

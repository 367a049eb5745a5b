"""Modules that functions load by names which their callers give, in whole or in part: `load("nightly")`.

All calls that are reached count. Where such a function is handed on, or its module is, nobody can say who calls it with
what: then `*` stands for what is given, and a name of which nothing is known is doubt.

Evidence: Django 6.1 core/management/__init__.py:48 (`load_command_class`), docutils 0.22 readers/__init__.py:129.
Not caught: calls in code that is not reached, and functions below module level.
"""

from collections.abc import Iterable, Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule, SinkDemand
from bundler.trace.facts.parameters import Call, Caller, fill, without_marks
from bundler.trace.facts.sinks import is_unknown_name
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import full_pattern, modules_matching, name_in_string


def _names(view: View, read: ReadModule) -> tuple[tuple[str, int], ...]:
    """Return the names and globs that functions of a module load, with their lines."""
    found: dict[tuple[str, int], None] = {}
    for fact in read.facts.named_by_parameters:
        calls = _calls_of(view, read, fact.function)
        names = {without_marks(fact.template)} if calls is None else _filled(fact.template, calls)
        found.update(dict.fromkeys((name, fact.line) for name in sorted(names)))
    return tuple(found)


def _filled(template: str, calls: Iterable[Call]) -> set[str]:
    return {name for call in calls for name in fill(template, call)}


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for name, line in _names(view, read):
        pattern = full_pattern(read, name)
        for module in modules_matching(view, read, pattern):
            yield ModuleDemand(module, line, pattern)
        if is_unknown_name(name):
            yield SinkDemand("importlib.import_module", line)


def _calls_of(view: View, read: ReadModule, function: str) -> list[Call] | None:
    """Return all calls of a function of a module, by whatever names others have it; `None` for any."""
    if _is_out_of_sight(view, read.module.name, function):
        return None
    bindings = view.knowledge.bindings
    first = f"{read.module.name}.{function}"
    found = [_calls_in(view, read, first)]
    paths = [first]
    for path in paths:
        users = bindings.users_of(path, is_shared=path != first)
        found.extend(_calls_by(view, other, path, paths) for other in users)
    known = [calls for calls in found if calls is not None]
    return [call for calls in known for call in calls] if len(known) == len(found) else None


def _is_out_of_sight(view: View, module: str, function: str) -> bool:
    """Tell whether something may call that nobody sees: the runtime, settings, users of a layer or of a star."""
    if view.function is None or view.is_handler(module) or f"{module}.*" in view.knowledge.bindings.names:
        return True
    named = (name_in_string(module, mention.text) for mention in view.knowledge.mentions.get(module, ()))
    return any(name in {None, function} for name in named)


def _calls_by(view: View, user: ReadModule, path: str, paths: list[str]) -> list[Call] | None:
    """Return the calls in one file, and add the names under which others can take the function from it."""
    bindings = view.knowledge.bindings
    uses = bindings.uses_of(user)
    if uses is None:
        return None
    chains, binds = uses
    # Whoever is handed the module, or a package above it, may call the function.
    if any(path.startswith(f"{chain}.") for chain in chains):
        return None
    shared = [alias for alias, imported in binds if imported == path]
    if any(bindings.is_star_shared(user, alias) for alias in shared):
        return None
    paths.extend(name for alias in shared if (name := f"{user.module.name}.{alias}") not in paths)
    is_used = any(chain == path or chain.startswith(f"{path}.") for chain in chains)
    return _calls_in(view, user, path) if is_used else []


def _calls_in(view: View, user: ReadModule, path: str) -> list[Call] | None:
    return view.store.calls(user.file, path, Caller(user.module.name, user.package))


RULE = Rule("calls.parameter", lambda read: read.facts.named_by_parameters, _visit, _names)

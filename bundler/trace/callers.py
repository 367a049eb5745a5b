"""Follow the modules that functions load by names which their callers give, in whole or in part."""

from bundler.trace.doubt import Doubt
from bundler.trace.dynamic import NamedModules
from bundler.trace.facts.parameters import Call, Caller, fill, without_marks
from bundler.trace.facts.sinks import is_unknown_name
from bundler.trace.facts.source_facts import PatternFact, SinkFact
from bundler.trace.follow import Follower
from bundler.trace.knowledge.bindings import Bindings
from bundler.trace.lazy import name_in_string
from bundler.trace.read_module import ReadModule


class GivenNames:
    """Functions that load what they are given, and all calls of them that ship.

    Where one is handed on, or its module is, nobody can say who calls it with what: then `*` stands for what is given.
    """

    def __init__(self, walk: Follower, named: NamedModules, bindings: Bindings, doubt: Doubt) -> None:
        self._walk = walk
        self._named = named
        self._doubt = doubt
        self._bindings = bindings
        self._open: list[ReadModule] = []
        self._followed: set[tuple[str, str]] = set()
        self._is_called_by_anyone = False

    def note(self, user: ReadModule) -> None:
        """Remember a module with such functions."""
        if user[2].given:
            self._open.append(user)

    def expect_anyone(self) -> None:
        """From now on, callers are out of sight."""
        self._is_called_by_anyone = True

    def settle(self) -> None:
        """Follow what the calls that are reached by now give."""
        for user in list(self._open):
            found, file, facts = user
            for fact in facts.given:
                calls = None if self._is_called_by_anyone else self._calls_of(user, fact.function)
                names = {without_marks(fact.template)} if calls is None else set[str]()
                names.update(name for call in calls or () for name in fill(fact.template, call))
                for name in sorted(names):
                    if (found.name, name) not in self._followed:
                        self._followed.add((found.name, name))
                        self._named.follow_pattern(found, PatternFact(name, fact.line), "calls.given")
                        if is_unknown_name(name):
                            self._doubt.add(found, file, SinkFact("importlib.import_module", fact.line))

    def _calls_of(self, user: ReadModule, function: str) -> list[Call] | None:
        """Return all calls of a function of a module, by whatever names others have it; `None` for any."""
        found = user[0]
        if self._is_out_of_sight(found.name, function):
            return None
        first = f"{found.name}.{function}"
        found_calls = [self._calls_in(user, first)]
        paths = [first]
        for path in paths:
            users = self._bindings.users_of(path, is_shared=path != first)
            found_calls.extend(self._calls_by(other, path, paths) for other in users)
        known = [calls for calls in found_calls if calls is not None]
        return [call for calls in known for call in calls] if len(known) == len(found_calls) else None

    def _is_out_of_sight(self, module: str, function: str) -> bool:
        """Tell whether something may call that nobody sees: the runtime, settings, an extension, users of a star."""
        if self._walk.is_handler(module) or f"{module}.*" in self._bindings.names:
            return True
        named = (name_in_string(module, text) for _, text, _ in self._walk.knowledge.mentions.get(module, ()))
        return any(name in {None, function} for name in named)

    def _calls_by(self, user: ReadModule, path: str, paths: list[str]) -> list[Call] | None:
        """Return the calls in one file, and add the names under which others can take the function from it."""
        uses = self._bindings.uses_of(user)
        if uses is None:
            return None
        chains, binds = uses
        # Whoever is handed the module, or a package above it, may call the function.
        if any(path.startswith(f"{chain}.") for chain in chains):
            return None
        shared = [alias for alias, imported in binds if imported == path]
        if any(self._bindings.is_star_shared(user, alias) for alias in shared):
            return None
        paths.extend(name for alias in shared if (name := f"{user[0].name}.{alias}") not in paths)
        is_used = any(chain == path or chain.startswith(f"{path}.") for chain in chains)
        return self._calls_in(user, path) if is_used else []

    def _calls_in(self, user: ReadModule, path: str) -> list[Call] | None:
        found, file, _ = user
        return self._walk.store.calls(file, path, Caller(found.name, found.package))

"""Find the parameters by which what a function is given reaches a sink, through whatever others of its distribution."""

from collections.abc import Iterable, Iterator

from bundler.trace.facts.flows import Flow, Hand


class Reaching:
    """The parameters of a distribution's functions by which what they are given reaches a sink."""

    def __init__(self) -> None:
        self._named: dict[str, list[Flow]] = {}
        self._hands: dict[str, list[tuple[str, Hand]]] = {}
        """What a name is handed → by which function."""
        self._found: set[tuple[str, str]] = set()
        self._new: list[tuple[str, Hand]] = []
        """What was added since the last step."""
        self._changed: set[str] = set()
        """The functions of which more is known since the last step."""

    def add(self, flows: Iterable[Flow]) -> None:
        """Take the functions of one file."""
        for flow in flows:
            self._named.setdefault(flow.name, []).append(flow)
            self._changed.add(flow.name)
            for hand in flow.hands:
                self._hands.setdefault(hand.to, []).append((flow.name, hand))
                self._new.append((flow.name, hand))

    def add_sink(self, flow: Flow, sink: str, line: int) -> None:
        """Note a sink in a function: what its arguments are made of reaches it, or anything where it is handed on."""
        name = sink.rpartition(".")[2]
        given = {part for hand in flow.hands if (hand.to, hand.line) == (name, line) for part in hand.given}
        self._found.update((flow.name, part) for part in given or flow.parameters)
        self._changed.add(flow.name)

    @property
    def names(self) -> frozenset[str]:
        """The functions that are known by now to reach a sink."""
        return frozenset(name for name, _ in self._found)

    def step(self) -> bool:
        """Follow what the functions that are known by now are handed; tell whether that is new."""
        hands, self._new = [*self._new, *self._handed_to_changed()], []
        reached = {(name, part) for name, hand in hands if self._is_reached(hand) for part in hand.given}
        new = reached - self._found
        self._found |= new
        self._changed = {name for name, _ in new}
        return bool(new)

    def _handed_to_changed(self) -> Iterator[tuple[str, Hand]]:
        """Yield what is handed to the functions of which more is known, and to what returns one of them."""
        for name, flows in self._named.items():
            returned = {function for flow in flows for function in flow.returns}
            if name in self._changed or not returned.isdisjoint(self._changed):
                yield from self._hands.get(f"{name}()", ())
        for name in self._changed:
            yield from self._hands.get(name, ())

    def reaches(self, name: str, places: Iterable[str]) -> bool:
        """Tell whether any of some arguments of a function's call reaches a sink."""
        return any(self._is_reached(Hand(name, place, (), 0)) for place in places)

    def _is_reached(self, hand: Hand) -> bool:
        names = self._returned(hand.to.removesuffix("()")) if hand.to.endswith("()") else {hand.to}
        return any(self._is_place(flow, hand.place) for name in names for flow in self._named.get(name, ()))

    def _returned(self, name: str) -> set[str]:
        return {function for flow in self._named.get(name, ()) for function in flow.returns}

    def _is_place(self, flow: Flow, place: str) -> bool:
        found = {parameter for parameter in flow.parameters if (flow.name, parameter) in self._found}
        if not found or place == "*" or found == {"*"}:
            return bool(found)
        has_self = flow.parameters[:1] in {("self",), ("cls",)}
        if place == "self":
            return has_self and flow.parameters[0] in found
        if place.isdecimal():
            position = int(place) + has_self
            return position >= len(flow.parameters) or flow.parameters[position] in found
        return place in found or place not in flow.parameters

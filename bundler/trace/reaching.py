"""Find the parameters by which what a function is given reaches a sink, through whatever others of its distribution."""

from collections.abc import Iterable

from bundler.trace.facts.flows import Flow, Hand


class Reaching:
    """The parameters of a distribution's functions by which what they are given reaches a sink."""

    def __init__(self) -> None:
        self._named: dict[str, list[Flow]] = {}
        self._hands: list[tuple[str, Hand]] = []
        self._found: set[tuple[str, str]] = set()

    def add(self, flows: Iterable[Flow]) -> None:
        """Take the functions of one file."""
        for flow in flows:
            self._named.setdefault(flow.name, []).append(flow)
            self._hands.extend((flow.name, hand) for hand in flow.hands)

    def add_sink(self, flow: Flow, sink: str, line: int) -> None:
        """Note a sink in a function: what its arguments are made of reaches it, or anything where it is handed on."""
        name = sink.rpartition(".")[2]
        given = {part for hand in flow.hands if (hand.to, hand.line) == (name, line) for part in hand.given}
        self._found.update((flow.name, part) for part in given or flow.parameters)

    @property
    def names(self) -> frozenset[str]:
        """The functions that are known by now to reach a sink."""
        return frozenset(name for name, _ in self._found)

    def step(self) -> bool:
        """Follow what the functions that are known by now are handed; tell whether that is new."""
        new = {(name, part) for name, hand in self._hands if self._is_reached(hand) for part in hand.given}
        is_new = not new <= self._found
        self._found |= new
        return is_new

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

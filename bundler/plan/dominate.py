"""Find what hangs on what: the files that every chain from the handler to another file passes through."""

from collections.abc import Iterator, Mapping, Sequence

_START = ""
"""Stands for the settings, where every chain begins."""


def find_dominators(leads_to: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return, for every path that the start leads to, the nearest one that no chain to it can go around.

    The method is that of Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).

    Args:
        leads_to: path → the paths it leads to; those that ship in any case stand under the empty path.
    """
    order = _leave_order(leads_to)
    ranks = {path: rank for rank, path in enumerate(order)}
    comes_from: dict[str, list[str]] = {path: [] for path in order}
    for path in order:
        for target in leads_to.get(path, ()):
            comes_from[target].append(path)
    dominators = {_START: _START}
    is_settled = False
    while not is_settled:
        is_settled = True
        for path in reversed(order[:-1]):
            known = [source for source in comes_from[path] if source in dominators]
            nearest = known[0]
            for source in known[1:]:
                nearest = _meet(nearest, source, dominators, ranks)
            if dominators.get(path) != nearest:
                dominators[path] = nearest
                is_settled = False
    del dominators[_START]
    return dominators


def _leave_order(leads_to: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every path reached, in the order in which a walk in depth is done with it: the start comes last."""
    order = []
    seen = {_START}
    walks: list[tuple[str, Iterator[str]]] = [(_START, iter(leads_to.get(_START, ())))]
    while walks:
        path, targets = walks[-1]
        target = next((target for target in targets if target not in seen), None)
        if target is None:
            order.append(path)
            walks.pop()
        else:
            seen.add(target)
            walks.append((target, iter(leads_to.get(target, ()))))
    return order


def _meet(first: str, second: str, dominators: Mapping[str, str], ranks: Mapping[str, int]) -> str:
    """Return the nearest path that dominates both."""
    while first != second:
        if ranks[first] < ranks[second]:
            first = dominators[first]
        else:
            second = dominators[second]
    return first

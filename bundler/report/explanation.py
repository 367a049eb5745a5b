"""Answers to `lbundle why` and `lbundle trace`: chains of causes, and how to keep what was left out."""

from collections.abc import Iterable, Iterator, Sequence

from bundler.model.imports import Edge, EdgeKind
from bundler.model.plan import OMISSION_RULES, Omission, Plan
from bundler.model.remedies import how_to_keep
from bundler.report.measure import label_package
from bundler.sizes import format_bytes, format_count

_SHOWN_FILES = 20
_SHOWN_PATHS = 3

_SELF_EXPLAINING = frozenset(
    {EdgeKind.IMPORT, EdgeKind.TRY, EdgeKind.CONDITIONAL, EdgeKind.FUNCTION, EdgeKind.PACKAGE, EdgeKind.LINK}
)
"""Kinds whose edges ask for just what they lead to."""


def render_explanation(chains: Sequence[tuple[Edge, ...]], omissions: Sequence[Omission], *, what: str) -> str:
    """Return why `what` ships, one tree of causes for the nearest of its files, and by which rules parts do not."""
    shortest_first = sorted(chains, key=len)
    blocks = ["\n".join((f"`{what}` ships:", *_tree_lines(shortest_first[:_SHOWN_FILES])))] if chains else []
    if len(chains) > _SHOWN_FILES:
        blocks.append(f"… and {format_count(len(chains) - _SHOWN_FILES, 'file')} more")
    left_out = ["\n".join(lines) for lines in _omission_blocks(omissions)]
    if left_out:
        left_out[0] = f"`{what}` is left out{' in part' if chains else ''}:\n{left_out[0]}"
    return "\n\n".join((*blocks, *left_out))


def render_trace(plan: Plan) -> str:
    """Return every module that ships, with the kind of what led to it and where that stands."""
    rows = [
        (_kind(planned.cause), planned.module, _place(planned.cause))
        for planned in sorted(plan.files, key=lambda planned: planned.module or "")
        if planned.module is not None
    ]
    lines = [f"{format_count(len(rows), 'module')}, {format_count(len(plan.files), 'file')} in `{plan.function.name}`"]
    return "\n".join((*lines, *_columns(rows)))


def _tree_lines(chains: Iterable[tuple[Edge, ...]]) -> list[str]:
    """Return each edge of some chains once, below the one that leads to it, and further in where these are several."""
    following: dict[str, list[Edge]] = {}
    for edge in dict.fromkeys(edge for chain in chains for edge in chain):
        following.setdefault(edge.source, []).append(edge)
    rows = []
    waiting = [(edge, 0) for edge in reversed(following.get("", []))]
    while waiting:
        edge, depth = waiting.pop()
        rows.append((_place(edge), _kind(edge), f"{'  ' * depth}→ {_aim(edge)}"))
        others = following.pop(edge.target, [])
        waiting.extend((other, depth + (len(others) > 1)) for other in reversed(others))
    return _columns(rows)


def _place(edge: Edge) -> str:
    """Return where an edge begins, as editors open it."""
    if not edge.source:
        return "(settings)"
    return f"{edge.source}:{edge.line}" if edge.line else edge.source


def _kind(edge: Edge) -> str:
    """Return the kind of an edge, and the mechanism that found it where more than one makes edges of that kind."""
    return str(edge.kind) if edge.kind in _SELF_EXPLAINING or not edge.rule else f"{edge.kind} [{edge.rule}]"


def _aim(edge: Edge) -> str:
    return edge.target if edge.kind in _SELF_EXPLAINING or not edge.name else f"{edge.target} ({edge.name})"


def _columns(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    first, second = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return [f"  {row[0]:<{first}}  {row[1]:<{second}}  {row[2]}" for row in rows]


def _omission_blocks(omissions: Iterable[Omission]) -> Iterator[list[str]]:
    """Yield the omissions of each rule and owner together, the heaviest first."""
    groups: dict[tuple[str, str], list[Omission]] = {}
    for omission in omissions:
        groups.setdefault((omission.rule, omission.owner), []).append(omission)
    for (rule, owner), group in sorted(groups.items(), key=lambda item: (-_weigh(item[1]), item[0])):
        total = f"{format_count(len(group), 'file')}, {format_bytes(_weigh(group))}"
        yield [
            f"  {rule}: {OMISSION_RULES[rule]}; {total} of {label_package(owner)}",
            *(f"    {omission.path}" for omission in group[:_SHOWN_PATHS]),
            *([f"    … and {len(group) - _SHOWN_PATHS:,} more"] if len(group) > _SHOWN_PATHS else []),
            f"    to keep it: {how_to_keep(group[0])}",
        ]


def _weigh(omissions: Iterable[Omission]) -> int:
    return sum(omission.size_bytes for omission in omissions)

"""Walking syntax trees."""

import ast
import gc

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts.nodes import all_nodes, blocks_of, children, nodes_of, walk
from bundler.trace.facts.read import read_facts

SOURCE = """
@decorate(1)
async def f(a, /, b=2, *c, d: int = 3, **e) -> None:
    with open(a) as g, b: yield {**c, 'k': [x for x in d if x]}
    try: global h; del h
    except* OSError as error: raise error from None
    match a:
        case {'k': [1, *rest], **others} | C(p=True): return f'{a!r:>{b}}'
        case None: lambda z=1: (y := z) < 2 > 3
class C(f, metaclass=g): x: int = not a or b if c else -d
"""


def test_a_walk_gives_every_node_level_by_level():
    """All nodes come in the order of `ast.walk`, operators and contexts aside."""
    tree = ast.parse(SOURCE)
    aside = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)

    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, aside)]
    assert children(tree.body[0]) == [
        node for node in ast.iter_child_nodes(tree.body[0]) if not isinstance(node, aside)
    ]
    assert list(nodes_of(tree, ast.Call, ast.ClassDef)) == [
        node for node in ast.walk(tree) if isinstance(node, (ast.Call, ast.ClassDef))
    ]


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("x = 1", []),
        ("def f(): 1", ["1"]),
        ("if a: 1\nelse: 2", ["1", "2"]),
        ("try: 1\nexcept E: 2\nelse: 3\nfinally: 4", ["1", "2", "3", "4"]),
        ("match a:\n case 1: 1\n case 2: 2", ["1", "2"]),
    ],
)
def test_the_blocks_of_a_statement_are_those_right_inside_it(source, blocks):
    """Each block comes once, as they stand in the text."""
    found = [ast.unparse(block[0]) for block in blocks_of(ast.parse(source).body[0])]

    assert found == blocks


@pytest.mark.parametrize("source", [b"import a", b"import", b"f(__file__, [1, 2])"])
@pytest.mark.parametrize("collects", [True, False])
def test_reading_leaves_the_collector_as_it_was_and_keeps_no_tree(source, collects):
    """The collector of circles rests while a file is read, and goes on afterwards where it did before."""
    collected = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        read_facts(source, target=make_target("python3.12", Architecture.X86_64), is_own=True)
        is_collecting = gc.isenabled()
    finally:
        (gc.enable if collected else gc.disable)()

    assert is_collecting is collects
    assert all_nodes.cache_info().currsize == 0

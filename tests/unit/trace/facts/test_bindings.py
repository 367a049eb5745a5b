"""What names are bound to, in whatever way."""

import ast

import pytest

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names


def values(source, expression="name"):
    names = Names()
    names.collect(ast.parse(source))
    return sorted(Evaluator(names).evaluate(ast.parse(expression, mode="eval").body))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("name = 'a'", ["a"]),
        ("name, other = 'a', 'b'", ["a"]),
        ("other, (name, rest) = 'b', ('a', 'c')", ["a"]),
        ("for name in ('a', 'b'): ...", ["a", "b"]),
        ("ALL = ['a', 'b']\nfor name in ALL: ...", ["a", "b"]),
        ("ALL = {'k': 'a', 'l': 'b'}\nfor key, name in ALL.items(): ...", ["a", "b"]),
        ("ALL = {'a': 1}\nfor name, value in ALL.items(): ...", ["a"]),
        ("[load(name) for name in ['a', 'b']]", ["a", "b"]),
        ("if (name := 'a'): ...", ["a"]),
        ("for other, name in [('x', 'a'), ('y', 'b')]: ...", ["a", "b"]),
    ],
)
def test_what_is_written_down_is_known(source, expected):
    """Whatever statement or expression gives a name its values, those that are written down are known."""
    assert values(source) == expected


@pytest.mark.parametrize(
    "binder",
    [
        "def f(name): ...",
        "def f(*name): ...",
        "def f(**name): ...",
        "lambda name: name",
        "name, other = pair",
        "name, *other = 'b', 'c'",
        "for name in things: ...",
        "for name, other in things: ...",
        "[name for name, other in things]",
        "with things as (name, other): ...",
        "with open(x) as name: ...",
        "try: ...\nexcept E as name: ...",
        "if (name := read()): ...",
        "match x:\n case name: ...",
        "match x:\n case [*name]: ...",
        "match x:\n case {**name}: ...",
        "def f():\n    global name\n    name = read()",
    ],
)
def test_what_nobody_can_tell_is_unknown_beside_what_is_known(binder):
    """A name that anything binds to what only a run can tell may be that, whatever else it is bound to."""
    assert values(f"name = 'a'\n{binder}\n") == ["*", "a"]


def test_what_is_put_to_a_name_is_put_to_its_values():
    """`name += ".b"` leaves no value that a name never has."""
    assert values("name = 'a'\nname += '.b'\n") == ["*.b", "a"]

"""What expressions may be, worked out without running them."""

import ast

import pytest

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names


def evaluate(source, name):
    assignments = {node.targets[0].id: [node.value] for node in ast.parse(source).body}
    return Evaluator(Names(), assignments).evaluate(ast.parse(name, mode="eval").body)


GROWN = ("{0} + {0}", "{0}.join([{0}, {0}])", "'{{}}{{}}'.format({0}, {0})", "f'{{{0}}}{{{0}}}'", "'%s%s' % ({0}, {0})")


@pytest.mark.parametrize("grown", GROWN)
def test_values_that_double(grown):
    """A value that doubles from line to line is unknown once it is longer than any path, instead of a terabyte."""
    lines = ["a0 = 'xy'", *(f"a{n} = {grown.format(f'a{n - 1}')}" for n in range(1, 17))]

    assert evaluate("\n".join(lines), "a1") != {"*"}
    assert max(map(len, evaluate("\n".join(lines), "a16"))) <= 4096


def test_a_long_separator():
    """So is what a long text holds apart."""
    assert evaluate(f"a = {'x' * 5000!r}\nb = a.join(['y', 'z'])", "b") == {"*z"}

"""What expressions may be, worked out without running them."""

import ast
import signal

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names
from bundler.trace.facts.read import read_facts


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


@pytest.fixture
def ten_seconds():
    """End a test that would go on for ever."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it does not come to an end"))
    signal.alarm(10)
    yield
    signal.alarm(0)


LOOPS = """
import subprocess
def first():
    a = b
    return {0: b for b in a}
def second():
    for b in a:
        subprocess.run(b)
"""
ATTRIBUTES = "\n".join(
    [
        "import subprocess",
        "class A:",
        "    def run(self):",
        *(f"        self.a{n} = self.a{n + 1} + self.a{n + 1}" for n in range(30)),
        "        subprocess.run(self.a0)",
    ]
)


@pytest.mark.usefixtures("ten_seconds")
@pytest.mark.parametrize("source", [LOOPS, ATTRIBUTES])
def test_what_hangs_on_itself(source):
    """Names that hang on one another in several ways are unknown, and not looked into for ever."""
    target = make_target("python3.12", Architecture.X86_64)

    assert read_facts(source.encode(), target=target, is_own=True).error == ""

"""Functions that import, where code has them as values."""

import textwrap

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts.read import read_facts

TARGET = make_target("python3.12", Architecture.X86_64)
HEAD = """\
import importlib, itertools, asyncio
from functools import partial
from importlib import import_module
NAMES = ["one.a", "one.b"]
TABLE = {"x": "one.a", "y": "one.b"}
"""


def facts_of(code):
    return read_facts((HEAD + textwrap.dedent(code)).encode(), target=TARGET, is_own=True)


def found(facts):
    return sorted({fact.pattern for fact in facts.dynamic}), bool(facts.imports_unknown)


@pytest.mark.parametrize(
    "code",
    [
        "list(map(import_module, NAMES))",
        "list(map(importlib.import_module, ('one.a', 'one.b')))",
        "list(map(__import__, ['one.a', 'one.b']))",
        "[*map(import_module, sorted(NAMES))]",
        "list(map(import_module, [*NAMES]))",
        "list(map(import_module, TABLE.values()))",
        "list(map(import_module, 'one.a one.b'.split()))",
        "list(map(import_module, ['one.a'] + ['one.b']))",
        "dict(zip('xy', pool.map(import_module, NAMES)))",
        "list(itertools.starmap(import_module, [('one.a',), ('.b', 'one')]))",
        "list(map(import_module, ['.a', '.b'], ['one']))",
        "list(map(partial(import_module, package='one'), ['.a', '.b']))",
        "pool.submit(import_module, 'one.a')\npool.submit(import_module, '.b', 'one')",
        "def f(loop):\n    loop.run_in_executor(None, import_module, 'one.a')\n    loop.call(import_module, 'one.b')",
        "load = importlib.import_module\nload('one.a')\nload('.b', package='one')",
        "load = getattr(importlib, 'import_module')\nload('one.a')\nload('one.b')",
        "load = import_module if NAMES else __import__\nload('one.a')\nload('one.b')",
        "load = partial(import_module, package='one')\nload('.a')\nload('.b')",
        "def f():\n    load = import_module\n    again = load\n    again('one.a')\n    again('one.b')",
        "load = import_module\nlist(map(load, NAMES))",
        "partial(import_module, package='one')('.a')\npartial(import_module, 'one.b')()",
        "later = [partial(import_module, 'one.a'), partial(import_module, 'one.b')]",
    ],
)
def test_what_a_value_is_called_with(code):
    """A function under another name, in a partial or given to one that calls it, imports what it is given."""
    assert found(facts_of(code)) == (["one.a", "one.b"], False)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("list(map(import_module, (f'one.{n}' for n in range(3))))", ["one.*"]),
        ("name = ask()\npool.submit(import_module, 'one.' + name)", ["one.*"]),
        ("name = ask()\nload = import_module\nload(f'one.{name}.main')", ["one.*.main"]),
    ],
)
def test_names_that_are_put_together(code, expected):
    """Unknown parts of a name become a glob there too."""
    assert found(facts_of(code)) == (expected, False)


@pytest.mark.parametrize(
    "code",
    [
        "def f(names):\n    return list(map(import_module, names))",
        "load = import_module\ndef f(name):\n    return load(name)",
        "def f():\n    return import_module",
        "class Loader:\n    def __init__(self):\n        self.load = import_module",
        "def f(name, load=import_module):\n    return load(name)",
        "TOOLS = {'load': import_module}",
        "run(loader=import_module)",
        "load = cache(import_module)",
        "load = import_module\nrun(load)",
    ],
)
def test_a_value_that_goes_out_of_sight_imports_anything(code):
    """Then every module that strings of the file name counts."""
    facts = facts_of(code)

    assert (facts.is_lazy, bool(facts.imports_unknown)) == (True, True)
    assert {"one.a", "one.b"} <= {fact.pattern for fact in facts.strings}


@pytest.mark.parametrize(
    "code", ["load = import_module", "load = find = importlib.util.find_spec", "x = load is import_module"]
)
def test_a_value_that_nobody_calls_imports_nothing(code):
    """A name alone is no call."""
    assert found(facts_of(code)) == ([], False)


@pytest.mark.parametrize(
    "code",
    [
        "A = [*NAMES, *NAMES]\n"
        + "".join(f"A{n} = [*A{n - 1 or ''}, *A{n - 1 or ''}]\n" for n in range(1, 40))
        + "list(map(import_module, A39))",
        "list(map(import_module, MANY, MANY))\nMANY = [" + "'.a', " * 900 + "]",
        "A = [*A, 'one.a']\nlist(map(import_module, A))",
    ],
)
def test_what_is_looked_at_is_bounded(code):
    """Lists that double each other, or all pairs of two long ones, are as good as unknown."""
    assert facts_of(code).imports_unknown

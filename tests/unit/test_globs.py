"""Globs as Serverless reads them, in bounded time."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcmatch import glob

from bundler.expressions import matches_whole
from bundler.globs import _FLAGS, glob_problem, last_verdict

_PIECES = st.sampled_from(
    [*"*?ab/.", "**/", "*(a|b)", "+(ab|b)", "!(a)", "!(*.b)", "@(a|*b)", "?(a)", "[ab]", "[!a]", "*(a*)"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=4).map("".join), st.text(alphabet="aab/.", max_size=7))
def test_both_matchers_agree(pattern, text):
    """Where Python's own matcher comes to an end, the one that always does says the same."""
    expressions = glob.translate(pattern, flags=_FLAGS)[0]

    answers = [matches_whole(expression, text) for expression in expressions]

    assert answers == [re.match(expression, text) is not None for expression in expressions]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("@(a*)*(a*)*(a*)*(a*)*(a*)*(a*)b", "a" * 60, None),
        ("*(a*)b", "a" * 60 + "b", True),
        ("+(a|*(a|b))+(a|*(a|b))c", "ab" * 40, None),
        ("a!(*a*a*a*a*a*a*b)", "a" * 60, True),
        ("**/" * 50 + "x", "a/" * 50 + "y", None),
        ("**/a/**/a/**/a/**/a/**/b", "a/" * 50 + "c", None),
        ("*.+(js|ts)", "app.ts", True),
    ],
)
def test_globs_that_take_for_ever(pattern, path, fits):
    """A glob takes a moment, however it could be shared out over a path."""
    assert last_verdict(path, (pattern,)) is fits


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("{1..100000000}", "too many globs of it"),
        ("!" + "{a,b}" * 25, "too many globs of it"),
        ("@(" * 3000, "nested too deeply"),
        ("a" * 10_001, "10,001 characters, at most 10,000 are read"),
    ],
)
def test_globs_that_cannot_be_used(pattern, problem):
    """A glob that would fill the memory is none; the reason names the bound."""
    assert problem in (glob_problem(pattern) or "")


@pytest.mark.parametrize("pattern", ["**/*.py", "!tests/**", "[", "{a,{b,{c,{d}}}}", "!!!!", "*" * 200 + "x", "[z-a]"])
def test_odd_globs(pattern):
    """Others may be used, however odd."""
    assert glob_problem(pattern) is None

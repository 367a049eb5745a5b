import pytest

from bundler.model.imports import EdgeKind
from bundler.report import render_explanation, render_trace
from tests.support.metafiles import make_edge, make_omission, make_plan, make_planned
from tests.support.sites import make_function

START = make_edge("", "app.py", EdgeKind.HANDLER, 0, "app.handle")


def test_chain_has_place_kind_and_target():
    """Each step tells its place, its kind and what it leads to; a string's text and the mechanism are told as well."""
    chain = (
        START,
        make_edge("app.py", "anyio/__init__.py", EdgeKind.IMPORT, 3, "anyio"),
        make_edge(
            "anyio/__init__.py", "anyio/_backends/_asyncio.py", EdgeKind.DYNAMIC, 112, "anyio._backends._*", "calls.x"
        ),
    )

    text = render_explanation((chain,), (), what="anyio._backends")

    assert text == _CHAIN_HAS_PLACE_KIND_AND_TARGET


_CHAIN_HAS_PLACE_KIND_AND_TARGET = """\
`anyio._backends` ships:
  (settings)             handler            → app.py (app.handle)
  app.py:3               import             → anyio/__init__.py
  anyio/__init__.py:112  dynamic [calls.x]  → anyio/_backends/_asyncio.py (anyio._backends._*)"""


def test_one_tree():
    """What several files have in common is told once; the nearest are shown, and the rest is counted."""
    package = make_edge("app.py", "p/__init__.py", line=1)
    parts = [make_edge("p/__init__.py", f"p/{number}.py", line=number) for number in range(1, 23)]
    long = (START, package, parts[0], make_edge("p/1.py", "p/long.py", line=9))

    text = render_explanation((long, (START, package), *((START, package, part) for part in parts)), (), what="p")

    shown = "".join(f"  p/__init__.py:{line:<2}  import     → p/{line}.py\n" for line in range(1, 20))
    assert text == f"{_ONE_TREE}{shown}\n… and 4 files more"


_ONE_TREE = """\
`p` ships:
  (settings)        handler  → app.py (app.handle)
  app.py:1          import   → p/__init__.py
"""


def test_branches_of_a_tree():
    """What leads on from a branch stands below it."""
    one, other = make_edge("app.py", "one.py", line=1), make_edge("app.py", "other.py", line=2)
    chains = [
        (START, one, make_edge("one.py", "p/a.py", line=3)),
        (START, other, make_edge("other.py", "p/b.py", line=4)),
    ]

    text = render_explanation(chains, (), what="p")

    assert text == _BRANCHES_OF_A_TREE


_BRANCHES_OF_A_TREE = """\
`p` ships:
  (settings)  handler  → app.py (app.handle)
  app.py:1    import     → one.py
  one.py:3    import     → p/a.py
  app.py:2    import     → other.py
  other.py:4  import     → p/b.py"""


def test_omissions_are_told_with_their_rule():
    """What is left out is told by rule and owner, the heaviest first, with three paths and how to keep it."""
    omissions = (
        make_omission("pandas/_testing.pyi", "pandas", 500, "stub"),
        *(make_omission(f"pandas/tests/{number}.py", "pandas", 2_000, "tests") for number in range(5)),
    )
    chain = (START, make_edge("app.py", "pandas/__init__.py"))

    text = render_explanation((chain,), omissions, what="pandas")

    assert text == _OMISSIONS_ARE_TOLD_WITH_THEIR_RULE


_OMISSIONS_ARE_TOLD_WITH_THEIR_RULE = """\
`pandas` ships:
  (settings)  handler  → app.py (app.handle)
  app.py:1    import   → pandas/__init__.py

`pandas` is left out in part:
  tests: it belongs to a package's own tests; 5 files, 10.0 kB of pandas
    pandas/tests/0.py
    pandas/tests/1.py
    pandas/tests/2.py
    … and 2 more
    to keep it: add `pandas.tests.0` to `include-modules`

  stub: it only serves type checkers; 1 file, 500 B of pandas
    pandas/_testing.pyi
    to keep it: open it in your own code through `importlib.resources.files(…)`"""


@pytest.mark.parametrize(
    ("path", "owner", "rule", "remedy"),
    [
        ("lib/a.py", "", "unreached", "add `lib/a.py` to `include`"),
        ("tests/a.json", "", "tests", "add `tests/a.json` to `include`"),
        ("a.csv", "", "patterns", "add `a.csv` to `package.patterns` or to `include`"),
        ("a.csv", "", "excluded", "add `!a.csv` at the end of `exclude`"),
        ("p/a.csv", "p", "excluded", "add `!p/a.csv` at the end of `exclude`"),
        ("p/a.py", "p", "external", "take `p` out of `external`"),
        ("p/a.py", "p", "runtime", "set `external: []`, which ships the packages that the runtime brings as well"),
        ("p/tests/__init__.py", "p", "tests", "add `p.tests` to `include-modules`"),
        ("p/_fast.cpython-312-x86_64-linux-gnu.so", "p", "unreached", "add `p._fast` to `include-modules`"),
        ("six.py", "six", "optional", "add `six` to `include-modules`"),
        ("p.libs/libx.so", "p", "unlinked", "add the extension module that loads it to `include-modules`"),
        ("p/a.md", "p", "documentation", "open it in your own code through `importlib.resources.files(…)`"),
    ],
)
def test_remedy_fits_rule_and_owner(path, owner, rule, remedy):
    """How to keep a file depends on the rule, and on whether it is the project's own."""
    text = render_explanation((), (make_omission(path, owner, 1, rule),), what="x")

    assert text.splitlines()[0] == "`x` is left out:"
    assert text.splitlines()[-1] == f"    to keep it: {remedy}"


def test_trace_lists_modules(tmp_path):
    """Modules are listed by name with what led to them; data files are only counted."""
    plan = make_plan(
        make_function(tmp_path),
        files=(
            make_planned("pandas/io/sql.py", "pandas", make_edge("pandas/x.py", "", EdgeKind.TRY, 30), "pandas.io.sql"),
            make_planned("app.py", "", START, "app"),
            make_planned("app.json", "", make_edge("app.py", "app.json", EdgeKind.DATA, 4), None),
        ),
    )

    assert render_trace(plan) == _TRACE_LISTS_MODULES


_TRACE_LISTS_MODULES = """\
2 modules, 3 files in `app`
  handler  app            (settings)
  try      pandas.io.sql  pandas/x.py:30"""

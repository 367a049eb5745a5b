from bundler.model.report import Finding
from bundler.report import render_table
from tests.support.metafiles import make_report

WEAK = {
    "distribution": "sqlalchemy",
    "bytes": 15_000_000,
    "edge": {"source": "pandas/io/sql.py", "target": "x", "kind": "function", "line": 1650, "name": "sqlalchemy"},
}


def test_table_of_several_functions():
    """The table names sizes, biggest packages and savings of each function, then all that is to be said about them."""
    report = make_report(
        "dailyReport",
        9_600_000,
        31_250_000,
        {
            "pandas": (3, 19_000_000, 5_500_000),
            "numpy": (2, 12_000_000, 3_900_000),
            "pytz": (1, 200_000, 150_000),
            "": (1, 50_000, 20_000),
        },
        omissions=(
            ("tests", "pandas", 1400, 20_000_000),
            ("tests", "numpy", 2, 1_000_000),
            ("unreached", "pandas", 150, 9_000_000),
            ("stub", "numpy", 80, 700_000),
            ("build", "numpy", 60, 600_000),
            ("metadata", "numpy", 4, 4_000),
        ),
        weak_edges=[WEAK],
        warnings=[
            "app.py:3 imports `yaml`, which nothing provides; did you mean `pyyaml`? Or is it only there by chance",
            "b",
        ],
    )
    audit = make_report(
        "auditLog",
        1_900,
        2_600,
        {"": (2, 2_600, 1_700)},
        weak_edges=[{**WEAK, "bytes": 14_000_000}],
        warnings=["b"],
        locks=["requirements.txt", "constraints.txt"],
    )
    finding = Finding(
        name="zip-over-limit",
        level="error",
        function="dailyReport",
        message="the zip has 9,600,000 bytes, its limit is 9,000,000; biggest: pandas 5.5 MB, numpy 3.9 MB",
    )

    text = render_table(
        [report, audit],
        [finding],
        unchanged=frozenset({"auditLog", "other"}),
        is_whole=False,
        seconds=3.14159,
        width=80,
    )

    assert text == _TABLE_OF_SEVERAL_FUNCTIONS
    assert max(len(line) for line in text.splitlines()) <= 80


_TABLE_OF_SEVERAL_FUNCTIONS = """\
function          zip   unzipped   files
dailyReport    9.6 MB    31.2 MB       7
  pandas 5.5 MB, numpy 3.9 MB, pytz 150.0 kB
  left out 31.3 MB in 1,696 files: tests 21.0 MB, unreached 9.0 MB,
    stub 700.0 kB, build 600.0 kB, …
auditLog       1.9 kB     2.6 kB       2  unchanged
  (own code) 1.7 kB
  nothing left out
total          9.6 MB    31.3 MB       9

Optional imports that ship; `exclude-modules` or `external` leaves them out:
  pandas/io/sql.py:1650 → sqlalchemy, 15.0 MB unzipped, only inside functions

warning: dailyReport: app.py:3 imports `yaml`, which nothing provides; did you
  mean `pyyaml`? Or is it only there by chance
warning: b

error: dailyReport: the zip has 9,600,000 bytes, its limit is 9,000,000;
  biggest: pandas 5.5 MB, numpy 3.9 MB (zip-over-limit)

Built 1 function, kept 1 unchanged in 3.14 s, pins from requirements.txt,
  constraints.txt"""


def test_table_of_one_function():
    """A single function has no total."""
    text = render_table(
        [make_report("app", 999, 1_500, {"": (1, 1_500, 880)})],
        [],
        unchanged=frozenset(),
        is_whole=False,
        seconds=0.2,
        width=80,
    )

    assert text == _TABLE_OF_ONE_FUNCTION


_TABLE_OF_ONE_FUNCTION = """\
function       zip   unzipped   files
app          999 B     1.5 kB       1
  (own code) 880 B
  nothing left out

Built 1 function in 0.20 s"""


def test_long_names_have_lines_of_their_own():
    """A name that leaves no room for figures in 80 columns stands above them, whole."""
    metafile = make_report("n" * 64, 999, 1_500, {"": (1, 1_500, 880)})

    text = render_table([metafile], [], unchanged=frozenset({"n" * 64}), is_whole=False, seconds=0.2, width=80)

    assert text == _LONG_NAMES_HAVE_LINES_OF_THEIR_OWN


_LONG_NAMES_HAVE_LINES_OF_THEIR_OWN = """\
function                                       zip   unzipped   files
nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
                                             999 B     1.5 kB       1  unchanged
  (own code) 880 B
  nothing left out

Built 0 functions, kept 1 unchanged in 0.20 s"""


def test_narrow_terminals_have_short_lines():
    """In 40 columns a name stands above its figures where it has to, and nothing is wider."""
    metafiles = [make_report(name, 999, 1_500, {"": (1, 1_500, 880)}) for name in ("app", "dailyReport", "n" * 39)]

    text = render_table(metafiles, [], unchanged=frozenset(), is_whole=False, seconds=0.2, width=40)

    assert max(map(len, text.splitlines())) <= 40
    assert "dailyReport     999 B     1.5 kB       1" in text


def test_nothing_built():
    """A project without functions has no table."""
    assert (
        render_table([], [], unchanged=frozenset(), is_whole=False, seconds=0.01, width=80)
        == "Built 0 functions in 0.01 s"
    )


def test_packages_nobody_reaches_are_named():
    """With all functions of a service at hand, locked packages that none of them reaches are told."""
    one, two = (
        make_report(
            name, 999, 1_500, {"": (1, 1_500, 880)}, omissions=[("unreached", owner, 1, 10) for owner in owners]
        )
        for name, owners in (("one", ("rich", "numpy", "")), ("two", ("rich", "")))
    )

    whole = render_table([one, two], [], unchanged=frozenset(), is_whole=True, seconds=0.2, width=80)
    part = render_table([one, two], [], unchanged=frozenset(), is_whole=False, seconds=0.2, width=80)

    assert "note: no function reaches rich\n" in whole
    assert "note:" not in part


def test_characters_that_cannot_be_seen():
    """A warning quotes names that others chose: control sequences in them do not reach the terminal."""
    report = make_report("hello", 1_900, 2_600, {"": (2, 2_600, 1_700)}, warnings=["`bad/\x1b[31mred.txt` is odd"])

    text = render_table([report], (), unchanged=frozenset(), is_whole=True, seconds=1.0, width=100)

    assert "warning: `bad/\\x1b[31mred.txt` is odd" in text
    assert "\x1b" not in text

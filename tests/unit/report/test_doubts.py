"""What ships in doubt, and what it costs."""

from dataclasses import replace

import pytest

from bundler.model.imports import EdgeKind
from bundler.model.metafile import OmissionEntry
from bundler.report import render_shake
from bundler.report.doubts import describe_doubts, note_first_party, summarise_doubts
from tests.support.metafiles import make_edge, make_packed, make_report

SINK = make_edge("lib/load.py", "lib/a.py", EdgeKind.DOUBT, 7, "import_module", "doubt.sink")


def packed(path, cause, zipped):
    return make_packed(path, "lib", 2 * zipped, zipped, cause=cause, origin=path)


FILES = [
    packed("lib/load.py", make_edge("app.py", "lib/load.py"), 10),
    packed("lib/a.py", SINK, 100),
    packed("lib/b.py", make_edge("lib/a.py", "lib/b.py"), 20),
]


@pytest.fixture
def doubts():
    return describe_doubts([SINK, replace(SINK, line=9, rule="doubt.folder")], FILES)


def test_what_a_sink_costs(doubts):
    """A sink costs all whose chain passes through its edge; one that costs nothing is told too."""
    assert [(one.distribution, one.source, one.line, one.sink, one.files, one.zipped, one.size) for one in doubts] == [
        ("lib", "lib/load.py", 7, "import_module", 2, 120, 240),
        ("lib", "lib/load.py", 9, "import_module", 0, 0, 0),
    ]
    assert [one.rule for one in doubts] == ["doubt.sink", "doubt.folder"]


def test_what_every_way_to_shake_weighs(doubts):
    """`traced` weighs what ships for sure; what nothing costs is not told."""
    metafile = replace(make_report("app", 1000, 2000, {"lib": (3, 260, 130)}), doubts=doubts)
    text = render_shake([metafile], 10)
    assert "lib/load.py:7 import_module" in text
    assert "lib/load.py:9" not in text
    assert [line.split()[0] for line in text.splitlines()[1:4]] == ["traced", "safe", "whole"]
    assert "nothing ships in doubt" in render_shake([make_report("app", 1000, 2000, {"lib": (3, 260, 130)})], 10)
    assert summarise_doubts(metafile) == "in doubt 120 B, 2 files (lib)"


def test_a_sink_that_may_want_first_party_code(doubts):
    """It is told once, where first-party modules stay out."""
    left_out = OmissionEntry(rule="unreached", owner="", files=3, bytes=10)
    metafile = replace(make_report("app", 1000, 2000, {"lib": (3, 260, 130)}), doubts=doubts, omissions=(left_out,))
    note = note_first_party([metafile, metafile])
    assert note.startswith("`lib/load.py:7` may load what nobody can tell")
    assert "(3 of a function at most)" in note
    assert note_first_party([replace(metafile, omissions=())]) == ""
    assert note_first_party([replace(metafile, doubts=())]) == ""

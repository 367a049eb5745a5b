"""What ships as source beside bytecode, and why."""

from dataclasses import replace

from bundler.model.imports import SourceNeed
from bundler.records import to_json
from bundler.report import render_report
from bundler.report.kept_sources import describe_kept_sources
from tests.support.metafiles import make_edge, make_packed, make_planned, make_report


def test_sources_and_their_readers():
    """Each distribution is told with the weight of its source and with what reads that; own code is not among them."""
    edge = make_edge("app.py", "")
    first = SourceNeed(reader="z.py", line=3, why="reads source")
    second = SourceNeed(reader="b.py", line=0, why="finds its own file")
    planned = [
        replace(make_planned("a/one.py", "a", edge, "a.one"), source_need=first),
        replace(make_planned("a/two.py", "a", edge, "a.two"), source_need=second),
        replace(make_planned("a/three.py", "a", edge, "a.three"), source_need=first),
        replace(make_planned("b.py", "b", edge, "b"), source_need=second),
        replace(make_planned("app.py", "", edge, "app"), source_need=first),
        make_planned("c.py", "c", edge, "c"),
    ]
    names = {"a/one.py": "a", "a/two.py": "a", "a/three.py": "a", "b.py": "b", "app.py": "", "c.py": "c"}
    packed = [make_packed(path, owner, 10, 4, kind="source", origin=path) for path, owner in names.items()]
    packed.append(make_packed("a/__pycache__/one.pyc", "a", 30, 20, origin="a/one.py"))

    assert to_json(describe_kept_sources(planned, packed)) == [
        {
            "distribution": "a",
            "files": 3,
            "size": 30,
            "zipped": 12,
            "readers": [
                {"source": "b.py", "line": 0, "why": "finds its own file"},
                {"source": "z.py", "line": 3, "why": "reads source"},
            ],
        },
        {
            "distribution": "b",
            "files": 1,
            "size": 10,
            "zipped": 4,
            "readers": [{"source": "b.py", "line": 0, "why": "finds its own file"}],
        },
    ]


def test_the_report_tells_of_sources():
    """The report has the price of source beside bytecode, and what asks for it."""
    readers = [{"source": "b.py", "line": 7, "why": "reads source"}, {"source": "c.py", "line": 0, "why": "lists pkg"}]
    sources = [{"distribution": "a", "files": 3, "size": 30_000, "zipped": 12_000, "readers": readers}]

    metafile = make_report("app", 10, 20, {}, kept_sources=sources)

    text = render_report([metafile], top=5, is_whole=False)

    lines = text.partition("source beside bytecode")[2].splitlines()[1:3]
    assert [line.split() for line in lines] == [
        ["a", "3", "files", "12.0", "kB", "30.0", "kB"],
        ["b.py:7", "reads", "source,", "and", "1", "more"],
    ]

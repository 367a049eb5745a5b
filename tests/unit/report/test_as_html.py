import json
import re
from dataclasses import replace

import pytest

from bundler.commands.page_parts import read_page_parts
from bundler.report import compare_sizes, measure_sizes, render_changes_html, render_report_html
from bundler.report.page_data import describe_metafile, describe_size
from tests.support.metafiles import make_report


def _file(path, cause, *, owner="", kind="bytecode", through=""):
    origin = path.removesuffix("c") if path.endswith(".pyc") else path
    source, line, name = cause
    described = {"kind": "import" if source else "handler", "source": source, "line": line, "name": name}
    sizes = {"size": 10, "zipped": 4}
    return {
        "path": path,
        **sizes,
        "owner": owner,
        "kind": kind,
        "origin": origin,
        "cause": described,
        "through": through,
    }


def _metafile(name="app", **parts):
    files = [
        _file("app.py", ("", 0, "app.handle"), kind="source"),
        _file("app.pyc", ("", 0, "app.handle")),
        _file("pkg/a.pyc", ("app.py", 3, "pkg.a"), owner="pkg", through="app.py"),
    ]
    known = {"files": files, "zip": {"overhead_bytes": 18}, **parts}
    return make_report(name, 30, 30, {"": (2, 20, 8), "pkg": (1, 10, 4)}, **known)


def _data(page):
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


@pytest.fixture(scope="module")
def parts():
    return read_page_parts()


def test_metafile_becomes_rows():
    """Files name what they were made from by number; a path that two files are made from stands there once."""
    assert describe_metafile(_metafile()) == {
        "runtime": "python3.12",
        "architecture": "x86_64",
        "handler": "app.handler",
        "zip": 30,
        "overhead": 18,
        "versions": {"": "1.0", "pkg": "1.0"},
        "exact": True,
        "coarse": False,
        "owners": ["", "pkg"],
        "kinds": ["bytecode", "source"],
        "files": [["app.py", 10, 4, 0, 1, 0], ["app.pyc", 10, 4, 0, 0, 0], ["pkg/a.pyc", 10, 4, 1, 0, 1]],
        "origins": [["app.py", "handler", -1, 0, "app.handle", -1, ""], ["pkg/a.py", "import", 0, 3, "pkg.a", 0, ""]],
    }


def test_source_that_does_not_ship_has_no_cause():
    """A chain may come from a file that is not in the zip: it stands there without a kind."""
    metafile = _metafile(files=[_file("a.pyc", ("boto3/x.py", 2, "a"))])

    origins = describe_metafile(metafile)["origins"]
    assert origins == [["boto3/x.py", "", -1, 0, "", -1, ""], ["a.py", "import", 0, 2, "a", -1, ""]]


def test_older_metafile_is_not_exact():
    """Without the record of what every chain passes through, the page is told so."""
    metafile = _metafile()
    metafile = replace(metafile, files=(replace(metafile.files[0], through=None), *metafile.files[1:]))

    assert describe_metafile(metafile)["exact"] is False


def test_baseline_becomes_one_file_for_each_package():
    """Of a baseline the packages and own files are known, and the import that leads to each package."""
    size = measure_sizes([_metafile()])["app"]

    described = describe_size(size)

    assert described["coarse"] is True
    assert described["versions"] == {"pkg": "1.0"}
    assert described["files"] == [["app.py", 0, 8, 0, 0, 0], ["pkg", 0, 4, 1, 0, 1]]
    assert described["origins"] == [["app.py", "", -1, 0, "", -1, ""], ["pkg", "import", 0, 3, "pkg.a", -1, ""]]


def test_page_holds_every_function(parts):
    """The page's data are all functions of the report, in its order."""
    page = render_report_html([_metafile("one", service="shop", stage="dev"), _metafile("two")], parts)

    data = _data(page)
    assert "<h1>lbundle report shop dev</h1>" in page
    assert data["mode"] == "report"
    assert [(function["name"], function["before"]) for function in data["functions"]] == [("one", None), ("two", None)]
    assert data["functions"][0]["after"] == describe_metafile(_metafile("one"))


def test_names_cannot_leave_the_data(parts):
    """Names that would end a script, open a comment, break a line or look like a placeholder come back as they are."""
    name = "</script><!-- \u2028 %%script%% \udc80 &amp; é"

    page = render_report_html([_metafile(name, service="</title><script>alert(1)</script>")], parts)

    assert _data(page)["functions"][0]["name"] == name
    assert "\u2028" not in page
    assert "<title>lbundle report &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in page


def test_page_is_filled_and_asks_nobody(parts):
    """No placeholder is left, and nothing in the page names something to load."""
    page = render_report_html([_metafile()], parts)

    assert re.findall(r"%%\w+%%", page) == []
    assert page.count("</script>") == 4
    assert re.findall(r"""(?:src=|url\(|@import|<link[^>]+href="(?!data:))""", page) == []
    assert "default-src 'none'" in page


def test_same_metafiles_give_the_same_page(parts):
    """A page depends on nothing but what it shows."""
    assert render_report_html([_metafile()], parts) == render_report_html([_metafile()], parts)


def test_comparison_holds_both_sides(parts):
    """Functions of either state are there, those that changed most first, with the reasons."""
    old = [_metafile("app"), _metafile("gone", zip={"bytes": 20})]
    new = [_metafile("app", zip={"bytes": 35})]
    before, after = ((measure_sizes(side), {one.function: one for one in side}) for side in (old, new))

    page = render_changes_html(compare_sizes(before[0], after[0]), before, after, parts, names=("git:main", "<new>"))

    data = _data(page)
    assert data["mode"] == "diff"
    assert "lbundle diff git:main → &lt;new&gt;" in page
    assert [function["name"] for function in data["functions"]] == ["gone", "app"]
    assert data["functions"][0]["before"] == describe_metafile(old[1])
    assert data["functions"][0]["after"] is None
    assert data["functions"][0]["reasons"] == [["the function is gone", -20]]
    assert data["functions"][1]["after"] == describe_metafile(new[0])


def test_comparison_with_a_baseline_is_by_package(parts):
    """Where one state has no metafile, neither side of a function is told by file."""
    sizes = measure_sizes([_metafile()])

    page = render_changes_html(
        compare_sizes(sizes, sizes), (sizes, {}), (sizes, {"app": _metafile()}), parts, names=("a", "b")
    )

    (function,) = _data(page)["functions"]
    assert function["before"] == function["after"] == describe_size(sizes["app"])

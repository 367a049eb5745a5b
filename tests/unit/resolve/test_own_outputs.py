"""What lbundle and Terraform wrote is known by its content, whatever it is called."""

import io
import json
import zipfile

import pytest

from bundler.commands.page_parts import read_page_parts
from bundler.model.report import Finding
from bundler.report import (
    compare_sizes,
    measure_sizes,
    render_changes,
    render_changes_html,
    render_changes_markdown,
    render_gitlab,
    render_junit,
    render_report,
    render_report_html,
    render_report_markdown,
    render_sarif,
    write_baseline,
)
from bundler.resolve.own_outputs import rule_by_content
from tests.support.metafiles import make_report

ZIP = {"bytes": 2_000, "unzipped_bytes": 3_000, "overhead_bytes": 100}
REPORTS = [make_report("one", 2_000, 3_000, {"": (1, 300, 200), "lib": (2, 2_000, 900)}, zip=ZIP)]
FINDING = Finding(name="grew", level="error", function="one", message="grew by 5 kB")


def sizes():
    return measure_sizes(REPORTS)


WRITTEN = {
    "report": lambda: render_report(REPORTS, top=5, is_whole=True),
    "report-markdown": lambda: render_report_markdown(REPORTS, top=5, is_whole=True),
    "report-html": lambda: render_report_html(REPORTS, read_page_parts()),
    "report-json": lambda: json.dumps({"schema": "lbundle-report/1", "functions": []}, indent=1),
    "diff": lambda: render_changes(compare_sizes(sizes(), sizes())),
    "diff-markdown": lambda: render_changes_markdown(compare_sizes(sizes(), sizes())),
    "diff-html": lambda: render_changes_html(
        compare_sizes(sizes(), sizes()), (sizes(), {}), (sizes(), {}), read_page_parts(), names=("a", "b")
    ),
    "gitlab": lambda: render_gitlab([FINDING], "serverless.yml"),
    "gitlab-empty": lambda: render_gitlab([], "serverless.yml"),
    "junit": lambda: render_junit([FINDING], ["one"]),
    "sarif": lambda: render_sarif([FINDING], "serverless.yml"),
    "baseline": lambda: write_baseline(sizes()).rstrip("\n"),
    "lock": lambda: "# Made by `lbundle lock` from requirements.in for python3.12.\nidna==3.10",
    "pylock": lambda: 'lock-version = "1.0"\ncreated-by = "lbundle"',
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_own_outputs(tmp_path, kind):
    """Every kind of file that an option `--output` of lbundle's writes is known."""
    path = tmp_path / "any"
    path.write_text(f"{WRITTEN[kind]()}\n")

    assert rule_by_content(path) == "junk"


def test_state_and_plans(tmp_path):
    """Terraform's state and saved plans are secrets under any name."""
    state, plan = tmp_path / "state.json", tmp_path / "plan.out"
    state.write_text('{\n  "version": 4,\n  "terraform_version": "1.11.0",\n  "serial": 1\n}\n')
    with zipfile.ZipFile(plan, "w") as archive:
        archive.writestr("tfplan", "x")

    shown = tmp_path / "plan.json"
    shown.write_text('{"format_version":"1.2","terraform_version":"1.11.0","variables":{}}')

    assert [rule_by_content(path) for path in (state, plan, shown)] == ["secret", "secret", "secret"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]\n",
        b"{}",
        b'{"version": 4, "name": "x"}',
        b"| function | price |\n| --- | --- |\n",
        b"# Made by hand\nidna==3.10\n",
        b'<?xml version="1.0"?>\n<testsuite name="shop"/>',
        b"<!doctype html>\n<title>lbundle and others</title>",
    ],
)
def test_data(tmp_path, content):
    """What is only like that is data."""
    path = tmp_path / "data"
    path.write_bytes(content)

    assert rule_by_content(path) is None


def test_other_zips(tmp_path):
    """A zip of anything else is data, and so is what cannot be read."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.txt", "x")
    path = tmp_path / "data.zip"
    path.write_bytes(stream.getvalue())

    assert [rule_by_content(path), rule_by_content(tmp_path / "gone")] == [None, None]

"""Records of builds: which one counts, and that a damaged one counts for nothing."""

import time
from pathlib import Path

import pytest

from bundler.build_record import Request, find_unchanged_build, keep_record
from bundler.model.summary import BuildSummary
from bundler.system.seen import OTHERS, make_seen, now

SUMMARY = BuildSummary(functions=(), layers=(), optional=("a",), unreached=(), findings=(), notes=("b",))


@pytest.fixture
def request_(tmp_path, monkeypatch):
    """A way to build, with a cache of its own."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    return Request(str(tmp_path), str(tmp_path / "out"), None, None, (), None, None, allows_missing=False)


def keep(request):
    keep_record(request, make_seen(now(), "", {}, {name: {} for name in OTHERS}, {}), SUMMARY)


def test_what_was_kept(request_):
    """A build with nothing to do says what the last one said."""
    assert find_unchanged_build(request_) is None
    keep(request_)
    assert find_unchanged_build(request_) == SUMMARY


@pytest.mark.parametrize(
    "change",
    [
        {"output": "/other"},
        {"functions": ("one",)},
        {"stage": "prod"},
        {"settings": "{}"},
        {"runtime": "python3.13"},
        {"architecture": "arm64"},
        {"allows_missing": True},
    ],
    ids=str,
)
def test_another_way_to_build(request_, change):
    """What is asked for has a record of its own."""
    keep(request_)

    assert find_unchanged_build(request_._replace(**change)) is None


def test_another_day(request_, monkeypatch):
    """A runtime may be out of support tomorrow, which each build says."""
    keep(request_)
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((2040, 1, 1, 0, 0, 0, 0, 1, 0)))

    assert find_unchanged_build(request_) is None


def test_another_lbundle(request_, monkeypatch):
    """Another state of lbundle or of what it stands on builds anew."""
    keep(request_)
    monkeypatch.setattr("bundler.build_record._digest_tools", lambda: "another")

    assert find_unchanged_build(request_) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"seen": [], "made": [], "tools": ""}', '{"seen": 1}'])
def test_damaged_record(request_, content):
    """A record that is cut off or somebody else's counts for nothing."""
    keep(request_)
    Path(request_.record_path).write_text(content)

    assert find_unchanged_build(request_) is None

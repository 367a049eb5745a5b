"""JSON paths: what they name, and what is no such path."""

import pytest

from bundler.json_paths import parse_path, replace_places, spell_key

VALUE = {"id": 1, "items": [{"id": 2, "at": "x"}, {"id": 3, "at": "y"}], "odd key": {"id": 4}, "text": "id"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.id", {**VALUE, "id": 0}),
        ("$['odd key'].id", {**VALUE, "odd key": {"id": 0}}),
        ("$.items[1].at", {**VALUE, "items": [{"id": 2, "at": "x"}, {"id": 3, "at": 0}]}),
        ("$.items[*].at", {**VALUE, "items": [{"id": 2, "at": 0}, {"id": 3, "at": 0}]}),
        ("$.items[*].*", {**VALUE, "items": [{"id": 0, "at": 0}, {"id": 0, "at": 0}]}),
        ("$..id", {"id": 0, "items": [{"id": 0, "at": "x"}, {"id": 0, "at": "y"}], "odd key": {"id": 0}, "text": "id"}),
        ("$.items", {**VALUE, "items": 0}),
        ("$.nothing.id", VALUE),
        ("$.text.id", VALUE),
        ("$.items[7]", VALUE),
    ],
)
def test_places(path, expected):
    """What a path leads to is replaced, and nothing else."""
    assert replace_places(VALUE, [parse_path(path)], 0) == expected


@pytest.mark.parametrize("text", ["", "$", "id", "$.", "$id", "$.a b", "$[", "$[x]", "$.items[?(@.id)]", "$.a[-1]"])
def test_no_path(text):
    """Anything else is no path, rather than one that names nothing."""
    assert parse_path(text) is None


def test_spelled_keys_lead_back():
    """What is told of a place can be written into the settings."""
    for key in ("id", "odd key", "a-b"):
        assert replace_places({key: 1}, [parse_path(f"${spell_key(key)}")], 0) == {key: 0}

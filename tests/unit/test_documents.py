"""JSON and TOML that cannot be read is one kind of error, whatever is wrong with it."""

import pytest

from bundler.documents import parse_json, parse_toml

DEEP = 100_000


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP])
def test_json(content):
    """JSON that ends early, is no text, or is nested deeper than Python calls."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(content)


@pytest.mark.parametrize("text", ["=", "a = ", f"a = {'[' * 5_000}", f"a = {'[' * 5_000}{']' * 5_000}"])
def test_toml(text):
    """The same for TOML."""
    with pytest.raises(ValueError, match=r"."):
        parse_toml(text)


def test_what_can_be_read():
    """What is right comes back."""
    assert (parse_json(b'{"a": [1]}'), parse_toml("a = [1]")) == ({"a": [1]}, {"a": [1]})

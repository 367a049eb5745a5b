"""Modules that stored objects of first-party code name."""

from bundler.trace.rules.first_party_stored import RULE

STORED = b"\x80\x04\x8c\x05parts\x8c\x04Part\x93."


def test_what_it_finds(brought):
    """A model that ships leads to the module of what it holds."""
    assert brought(RULE, {"app.py": "", "model.pkl": STORED, "parts.py": "", "other.py": ""}) == ["parts.py"]


def test_what_it_must_not_catch(brought):
    """What does not begin like a stored object names nothing so."""
    assert brought(RULE, {"app.py": "", "model.bin": b"....parts", "parts.py": ""}) == []

"""Metadata by the name of its distribution."""

from bundler.trace.rules.metadata_asked import RULE


def test_what_it_finds(brought):
    """A distribution that code asks about by name keeps what it says of itself."""
    own = {"app.py": "from importlib.metadata import version\nversion('pkg')\n"}
    packages = {"pkg": {"pkg.py": ""}, "other": {"other.py": ""}}

    assert brought(RULE, own, packages) == ["pkg-1.0.dist-info/METADATA"]


def test_what_it_must_not_catch(brought):
    """A `version` of something else asks for nothing."""
    own = {"app.py": "from lib import version\nversion('pkg')\n"}
    packages = {"pkg": {"pkg.py": ""}}

    assert brought(RULE, own, packages) == []

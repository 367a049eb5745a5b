"""What known packages hide."""

from bundler.trace.rules.known import RULE


def test_what_it_finds(brought):
    """The standard library's `zoneinfo` opens `tzdata`."""
    own = {"app.py": "import zoneinfo\n"}
    packages = {"tzdata": {"tzdata/__init__.py": "", "tzdata/zones": ""}}

    assert brought(RULE, own, packages) == ["tzdata/__init__.py", "tzdata/zones"]


def test_what_it_must_not_catch(brought):
    """Where nothing imports it, it does not ship."""
    own = {"app.py": ""}
    packages = {"tzdata": {"tzdata/__init__.py": ""}}

    assert brought(RULE, own, packages) == []

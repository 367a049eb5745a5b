"""First-party files by their names at the root."""

from bundler.trace.rules.data_from_root import RULE


def test_what_it_finds(brought):
    """What looks like junk ships where code names it."""
    own = {"app.py": "open('.env')\n", ".env": "", ".env.dev": ""}

    assert brought(RULE, own) == [".env"]


def test_what_it_must_not_catch(brought):
    """Packages name files of their own."""
    own = {"app.py": "import pkg\n", ".env": ""}
    packages = {"pkg": {"pkg.py": "open('.env')\n"}}

    assert brought(RULE, own, packages) == []

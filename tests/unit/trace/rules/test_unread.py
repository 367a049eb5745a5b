"""What nobody can read."""

from bundler.trace.rules.unread import RULE


def test_what_it_finds(brought):
    """All of a distribution may be what bytecode asks for that nothing here loads."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.pyc": "broken", "pkg/one.py": "", "pkg/a.txt": ""}}

    assert brought(RULE, own, packages) == ["pkg/a.txt", "pkg/one.py"]


def test_what_it_must_not_catch(brought):
    """Source with a mistake asks for nothing."""
    own = {"app.py": "import pkg\n"}
    packages = {"pkg": {"pkg/__init__.py": "def broken(:\n", "pkg/one.py": ""}}

    assert brought(RULE, own, packages) == []

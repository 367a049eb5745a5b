"""What text of first-party code names."""

from bundler.trace.rules.settings_text import RULE


def test_what_it_finds(brought):
    """Settings that ship name modules, and folders of scripts."""
    own = {"app.py": "", "log.yml": "class: tools.Handler\n", "alembic.ini": "script_location = migrations\n"}
    own |= {"tools.py": "", "migrations/one.py": ""}
    assert brought(RULE, own) == ["migrations/one.py", "tools.py"]


def test_what_it_must_not_catch(brought):
    """The function's own handler and words that name no module lead nowhere."""
    assert brought(RULE, {"app.py": "", "log.yml": "handler: app.handle\nother: nothing.Here\n", "tools.py": ""}) == []

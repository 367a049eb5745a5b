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


def test_relative_names_of_first_party_modules(brought):
    """A relative name starts at a first-party package that the same file names, or at the folder of the file."""
    own = {"app.py": "", "bots.json": '{"package": "cogs", "extensions": [".staff"]}', "shop/a.yml": "use: .parts\n"}
    own |= dict.fromkeys(
        ("cogs/__init__.py", "cogs/staff.py", "cogs/other.py", "shop/__init__.py", "shop/parts.py"), ""
    )

    assert brought(RULE, own) == ["cogs/__init__.py", "cogs/staff.py", "shop/__init__.py", "shop/parts.py"]


def test_words_where_first_party_code_loads_by_name(brought):
    """A word that stands alone names a package only where first-party code loads what others tell it."""
    settings = '{"module": "grammar", "title": "the colours of it"}'
    packages = {"grammar": {"grammar.py": ""}, "colours": {"colours.py": ""}}
    loads = "import importlib, json\ndef load(x):\n    return importlib.import_module(json.load(open(x))['module'])\n"

    assert brought(RULE, {"app.py": loads, "languages.json": settings}, packages) == ["grammar.py"]
    assert brought(RULE, {"app.py": "", "languages.json": settings}, packages) == []

"""What `package.patterns` decide, and what they leave to import statements."""

import pytest

PACKAGE = {"web": {"web/__init__.py": "from importlib import import_module\ndef load(name): import_module(name)\n"}}
BLANKET = ("!**", "app.py")


def paths(plan):
    return sorted(planned.file.path for planned in plan.files if not planned.file.owner)


def rules(plan):
    return {omission.path: omission.rule for omission in plan.omissions if not omission.owner}


def test_patterns_choose_own_data_never_modules_that_must_load(plan):
    """A module that the handler imports when it loads ships whatever patterns say."""
    result = plan(
        {"app.py": "import helper\n", "helper.py": "", "data/a.json": "", "data/b.json": "", "docs/x.txt": ""},
        patterns=("!**", "data/**", "!data/b.json"),
    )

    assert paths(result) == ["app.py", "data/a.json", "helper.py"]
    assert rules(result) == {"data/b.json": "patterns", "docs/x.txt": "patterns"}
    assert result.warnings == ()


@pytest.mark.parametrize("patterns", [BLANKET, ("!private/**",), ("!private/key.txt", "!private/*.json")])
@pytest.mark.parametrize(
    "use",
    [
        "open(HERE / 'private' / 'key.txt')",
        "open(HERE / 'private' / name)",
        "list((HERE / 'private').glob('*.txt'))",
        "list((HERE / 'private').rglob('*'))",
        "os.listdir(HERE / 'private')",
        "read(HERE)",
        "open('private/key.txt')",
        "pkgutil.get_data('private', 'key.txt')",
        "(importlib.resources.files('private') / 'key.txt').read_text()",
    ],
)
def test_data_that_a_pattern_leaves_out_never_ships(plan, patterns, use):
    """Whether code names a file, globs for it, lists its folder or hands the folder on: the user's word counts."""
    source = f"import importlib.resources, os, pkgutil\nfrom pathlib import Path\nHERE = Path(__file__).parent\n{use}\n"
    own = {"app.py": source, "private/key.txt": "k", "private/__init__.py": "", "private/more.json": "{}"}

    result = plan(own, patterns=patterns)

    assert not {"private/key.txt", "private/more.json"} & set(paths(result))
    assert rules(result)["private/key.txt"] == "patterns"
    assert {"private/key.txt", "private/more.json"} <= set(paths(plan(own)))


@pytest.mark.parametrize("pattern", ["!.env", "!**"])
def test_names_of_files_are_no_stronger_than_a_pattern(plan, pattern):
    """A hidden file that code names ships, unless the user leaves it out."""
    own = {"app.py": "load('.env')\n", ".env": "KEY=1\n"}

    assert [".env" in paths(plan(own, patterns=patterns)) for patterns in ((), (pattern,))] == [True, False]


@pytest.mark.parametrize("patterns", [BLANKET, ("!jobs/**",), ("!jobs/big.py",)])
@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("import importlib\nimportlib.import_module('jobs.big')\n", {}),
        ("import importlib\nimportlib.import_module(f'jobs.{name}')\n", {}),
        ("import importlib\nimportlib.import_module(name)\nNAMES = ['jobs.big']\n", {}),
        ("import web\nJOBS = 'jobs.big.run'\n", {}),
        ("import pkgutil, jobs\nlist(pkgutil.iter_modules(jobs.__path__))\n", {}),
        ("import glob, os\nglob.glob(os.path.join(os.path.dirname(__file__), 'jobs', '*.py'))\n", {}),
        ("import os, runpy\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'jobs', 'big.py'))\n", {}),
        ("", {"settings.toml": "job = 'jobs.big'\n"}),
        ("", {"model.pkl": b"cjobs.big\nRun\n."}),
    ],
)
def test_no_guess_beats_a_pattern(plan, patterns, source, more):
    """Strings, names worked out, listings, globs, settings and stored objects do not lead around a pattern."""
    own = {"app.py": source, "jobs/__init__.py": "", "jobs/big.py": "import web\n", **more}

    result = plan(own, PACKAGE, patterns=(*patterns, *more))

    assert "jobs/big.py" not in paths(result)
    assert "jobs/big.py" in paths(plan(own, PACKAGE))
    assert "jobs/big.py" not in " ".join(result.warnings)


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("def f():\n    import lib.debug\n", "in a function"),
        ("try:\n    from lib import debug\nexcept ImportError:\n    pass\n", "in `try`"),
        ("if x:\n    from lib.debug import f\n", "under a condition"),
    ],
)
def test_what_may_be_done_without_ships_unless_a_pattern_names_it(plan, source, where):
    """A statement in a function, in `try` or under a condition stands above `!**` alone; the build tells the rest."""
    own = {"app.py": f"import lib\n{source}", "lib/__init__.py": "", "lib/debug.py": "import web\n"}

    blanket, named = plan(own, PACKAGE, patterns=BLANKET), plan(own, PACKAGE, patterns=("!lib/debug.py",))

    assert (paths(blanket), blanket.warnings) == (["app.py", "lib/__init__.py", "lib/debug.py"], ())
    assert (paths(named), rules(named)) == (["app.py", "lib/__init__.py"], {"lib/debug.py": "patterns"})
    assert named.warnings == (f"`app.py:3` imports `lib/debug.py` {where}, which `!lib/debug.py` leaves out",)
    assert not [planned for planned in named.files if planned.file.owner]


def test_a_pattern_that_is_overruled_is_named(plan):
    """What runs at load ships all the same, with the packages above it, and the build says so once for each pattern."""
    own = {
        "src/app.py": "import src.lib.a.one\nimport src.two\n",
        "src/lib/a/__init__.py": "",
        "src/lib/a/one.py": "",
        "src/two.py": "",
    }

    result = plan(own, handler="src.app.handle", patterns=("!src/**", "!src/lib/**"))

    reason = "`src/app.py:1` does not load without it"
    assert paths(result) == sorted(own)
    assert result.warnings == (
        "`src/app.py` (and 1 more) ships although `!src/**` leaves it out: it holds the handler",
        f"`src/lib/a/one.py` (and 1 more) ships although `!src/lib/**` leaves it out: {reason}",
    )


@pytest.mark.parametrize("patterns", [("!**",), ("!./**",), ("!**/*",), ("!**", "!*/**")])
def test_all_left_out_is_no_word_about_a_file(plan, patterns):
    """`!**` only says that what ships is listed: code that statements import comes along without a warning."""
    result = plan({"app.py": "import one\ndef f():\n    import two\n", "one.py": "", "two.py": ""}, patterns=patterns)

    assert (paths(result), result.warnings) == (["app.py", "one.py", "two.py"], ())


def test_the_users_own_list_stands_above_patterns(plan):
    """What `include` and `include-modules` name ships although a pattern leaves it out, and that is nothing to tell."""
    own = {"app.py": "", "jobs/big.py": "", "jobs/small.py": "", "data/x.txt": ""}

    result = plan(own, patterns=("!jobs/**", "!data/**"), include=("data/**",), include_modules=("jobs.big",))

    assert (paths(result), result.warnings) == (["app.py", "data/x.txt", "jobs/big.py"], ())


def test_patterns_say_nothing_of_packages(plan):
    """Patterns are about the function's own folder."""
    result = plan({"app.py": "import web\n"}, PACKAGE, patterns=("!web/**",))

    assert "web/__init__.py" in [planned.file.path for planned in result.files]

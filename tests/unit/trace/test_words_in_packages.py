"""What the words in a package say of the project's own modules: nothing, since those have short names."""

import pytest

from tests.support.elf import make_elf

LOADER = "from importlib import import_module\ndef load(name): return import_module(name)\n"
OWN = {"app.py": "import words\n", "gen.py": "import heavy\n", "jobs/big.py": "import heavy\n"}
HEAVY = {"heavy": {"heavy.py": ""}}


def with_words(code):
    return {"words": {"words/__init__.py": code}, **HEAVY}


@pytest.mark.parametrize(
    "code",
    [
        f"{LOADER}WORDS = ['gen.gamma', 'jobs.big', 'gen', 'gen.x:main']\n",
        f"{LOADER}NAMES = {{'a': 'gen', 'b': 'jobs.big'}}\ndef __getattr__(name): return load(NAMES[name])\n",
        "import lazy_loader\n__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, ['gen', 'jobs.big'])\n",
        "x = import_optional('gen')\ny = load('jobs.big')\n",
        "register_backend('gen')\nload_plugin('jobs.big')\n",
        "TEMPLATE = 'import gen'\nOTHER = 'from jobs.big import x'\nexec(TEMPLATE)\n",
        "COMMANDS = ['gen = gen:main', 'big = jobs.big:main']\n",
        "import pkgutil\nPACKAGES = ['jobs.big']\nfor p in PACKAGES:\n    pkgutil.iter_modules(p)\n",
        f"{LOADER}ENDS = load(name + '_py')\nNAME = 'jobs.bi'\n".replace("_py", "ig"),
        "import pkgutil\nFOUND = [m for m in pkgutil.iter_modules() if m.name.startswith('gen_')]\n",
        "Loader('jobs', 'templates')\n",
        "STATIC = Files(packages=['jobs'])\n",
    ],
)
def test_words_lead_to_no_own_module(found, code):
    """A developer's script does not ship because a package has its name among its words."""
    own = {**OWN, "gen_data.py": "import heavy\n", "jobs/__init__.py": "import heavy\n", "jobs/templates/a.html": ""}

    reached = found(own, with_words(code))

    assert [path for path in reached if path.endswith(".py") and path != "words/__init__.py"] == []


@pytest.mark.parametrize("word", [b"jobs.big", b"import gen"])
def test_names_in_extensions_lead_to_no_own_module(found, word):
    """Nor does a name in the text of an extension module."""
    extension = {
        "words/_fast.cpython-312-x86_64-linux-gnu.so": make_elf(sections={".rodata": b"PyInit_fast\0%s\0" % word})
    }
    packages = {"words": {"words/__init__.py": "from . import _fast\n", **extension}, **HEAVY}

    assert "heavy.py" not in found(OWN, packages)


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module('gen')\n",
        "__import__('gen')\n",
        "def f():\n    import gen\n",
        "try:\n    import gen\nexcept ImportError:\n    gen = None\n",
    ],
)
def test_what_a_package_imports_is_no_word(found, code):
    """Frameworks import modules that projects give fixed names: `celeryconfig`, `settings`."""
    assert {"gen.py", "heavy.py"} <= found(OWN, with_words(code)).keys()


@pytest.mark.parametrize("word", ["gen:main", "jobs.big.run"])
def test_own_code_tells_a_package_what_to_load(found, word):
    """What own code names is loaded, whoever does so."""
    own = {**OWN, "app.py": f"import words\nwords.load('{word}')\n"}

    assert "heavy.py" in found(own, with_words(LOADER))


def test_own_plugins_have_the_name_of_their_package(found):
    """A package that looks for plugins among all modules finds those of the project that start with its own name."""
    code = "import pkgutil\nFOUND = [m for m in pkgutil.iter_modules() if m.name.startswith('words_')]\n"

    assert "heavy.py" in found({**OWN, "words_more.py": "import heavy\n"}, with_words(code))

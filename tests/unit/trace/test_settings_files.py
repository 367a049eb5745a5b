"""Data files of own code lead to what they name where they are there when the function runs, and only there."""

from dataclasses import replace

import pytest

from bundler.model.project import Deployment, NamedCode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

TOOLS = {"tools.py": "import pickle\n", "big.py": "import json\n"}
WORDS = "run: tools.main\nhandler: big.main\n"


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Return what ships for `app.handle` beside `app.py`; `settings` are files that say how functions are built."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    def run(own, packages=None, *, settings=(), handlers=("big.main",), **options):
        site = make_site(tmp_path / "own", {"app.py": "", **TOOLS, **own}, packages)
        site = replace(site, held_back=dict.fromkeys(settings, "settings"))
        function = make_function(tmp_path / "own", **options)
        (graph,) = trace_functions((function,), site, Deployment(handlers=frozenset(handlers)))
        return sorted({planned.file.path for planned in plan_files(function, graph, site).files} - {"app.py"})

    return run


def test_data_leads(shipped):
    """A data file of no tool's ships and leads on, but not to the handlers of other functions."""
    assert shipped({"routes.yml": WORDS}) == ["routes.yml", "tools.py"]


def test_settings_are_no_data(shipped):
    """What lbundle reads to know how functions are built neither ships nor leads anywhere."""
    assert shipped({"functions.yml": WORDS}, settings=["functions.yml"]) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("functions.yml", "open('functions.yml')"),
        ("functions.yml", "import os\nopen(os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'functions.yml'))"),
        ("config/dev.yml", "import os\nopen(f\"config/{os.environ['STAGE']}.yml\")"),
        ("config/dev.yml", "import os\nopen('config/%s.yml' % os.environ['STAGE'])"),
        ("config/dev.yml", "import os\nopen('conf' + os.sep + stage + '.yml')"),
        ("config/dev.yml", "from pathlib import Path\nlist(Path('config').iterdir())"),
        ("serverless.yml", "open('serverless.yml')"),
    ],
)
def test_settings_that_code_opens(shipped, path, code):
    """Code that opens them, by whatever part of their names, makes them data: the function needs them."""
    assert path in shipped({"app.py": f"{code}\n", path: "stage: dev\n"}, settings=[path])


def test_settings_that_a_variable_names(shipped):
    """A variable of the function may hold the path of what it is to open."""
    named = (NamedCode(variable="CONFIG", name="config.dev.yml"),)

    assert shipped({"config/dev.yml": ""}, settings=["config/dev.yml"], named=named) == ["config/dev.yml"]


def test_settings_that_other_names_mean(shipped):
    """Code that opens other files does not make all settings data."""
    own = {"app.py": "open('prices.yml')\nopen(name)\n", "prices.yml": "", "functions.yml": "", "serverless.yml": ""}

    assert shipped(own, settings=["functions.yml", "serverless.yml"]) == ["prices.yml"]


def test_opened_settings_name_no_handlers(shipped):
    """Settings that code opens lead on to what they name, but neither to handlers nor through tables of tools."""
    own = {
        "app.py": "open('pyproject.toml')\n",
        "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['checks']\n[tool.poe.tasks]\ndeploy = 'deploy.py'\n"
        "[tool.lbundle.functions.big]\nhandler = 'big.main'\n[tool.shop]\nplugin = 'tools.main'\n",
        "checks/test_app.py": "",
        "deploy.py": "",
    }

    assert shipped(own, settings=["pyproject.toml"]) == ["pyproject.toml", "tools.py"]


@pytest.mark.parametrize(
    "options", [{"patterns": ("!routes.yml",)}, {"patterns": ("!**", "app.py")}, {"exclude": ("routes.yml",)}]
)
def test_what_the_user_leaves_out_leads_nowhere(shipped, options):
    """A file that does not ship cannot be read when the function runs."""
    assert shipped({"routes.yml": WORDS}, **options) == []


def test_the_file_is_the_reason(tmp_path, monkeypatch):
    """The chain to what a settings file names leads through that file."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    site = make_site(tmp_path / "own", {"app.py": "", **TOOLS, "routes.yml": WORDS})
    function = make_function(tmp_path / "own")
    (graph,) = trace_functions((function,), site)

    (cause,) = [one.cause for one in plan_files(function, graph, site).files if one.file.path == "tools.py"]

    assert (cause.source, cause.name) == ("routes.yml", "tools.main")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("suites/shop.robot", "*** Settings ***\nLibrary    shop.keywords.ShopKeywords\n", ["keywords.py"]),
        ("shop/configure.zcml", '<adapter factory=".keywords.Price" />', ["keywords.py"]),
        ("flow.tpl", "{% uses shop.keywords %}", ["keywords.py"]),
        ("catalog.yml", "thing:\n  type: shop.keywords.Thing\n", ["keywords.py"]),
        ("notes.txt", "See lib.more for more.", []),
        ("notes.txt", "The shop is closed.", []),
        ("data.bin", "\0shop.keywords", []),
    ],
)
def test_text_that_names_first_party_code(shipped, path, text, expected):
    """Text of any kind that ships leads to the first-party modules that it names, in full or from its own folder."""
    own = {"shop/__init__.py": "", "shop/keywords.py": "", path: text}
    found = shipped(own, {"lib": {"lib/__init__.py": "", "lib/more.py": ""}})
    ways = [*(f"shop/{name}" for name in expected), *(["shop/__init__.py"] if expected else [])]
    assert found == sorted([path, *ways])

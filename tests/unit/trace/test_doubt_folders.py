"""Data that ships because a folder is taken and nobody can tell what is opened there."""

import pytest

from bundler.model.project import Shake, ShakeMode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

DATA = {
    "lib/data/one.sql": "",
    "lib/data/tests/two.sql": "",
    "lib/data/three.rst": "",
    "lib/data/four.po": "",
    "lib/data/four.mo": "",
    "lib/data/five.h": "",
    "lib/data/six.pyi": "",
}
OPENED = ["lib/data/four.mo", "lib/data/one.sql", "lib/data/tests/two.sql", "lib/data/three.rst"]


@pytest.fixture
def data(tmp_path):
    """Return the data of packages that a plan ships, in order."""

    def run(packages, own=None, *, shake=None, **more):
        site = make_site(tmp_path / "own", own or {"app.py": "import lib"}, packages, **more)
        function = make_function(tmp_path / "own", shake=shake or Shake())
        (graph,) = trace_functions((function,), site)
        paths = (planned.file.path for planned in plan_files(function, graph, site).files if planned.file.owner)
        return [path for path in paths if not path.endswith(".py") and ".dist-info/" not in path]

    return run


@pytest.mark.parametrize(
    "code",
    [
        "import os\nHERE = os.path.dirname(__file__)\nread(HERE)",
        "import os\ndef read(kind):\n    return open(os.path.join(os.path.dirname(__file__), 'data', kind))",
        "import pathlib\nROOT = pathlib.Path(__file__).parent / 'data'\nread(ROOT)",
        "from importlib.resources import files\nread(files('lib') / 'data')",
        "from importlib.resources import files\nread(files(__package__))",
        "read(__path__)",
        "read(__path__[0])",
        "from lib import other\nimport os\nread(os.path.dirname(other.__file__))",
        "import importlib\ndef read(name):\n    return importlib.import_module(name).__file__",
        "import pkgutil\ndef read(package, name):\n    return pkgutil.get_data(package, name)",
        "import inspect\ndef read(thing):\n    return inspect.getfile(thing)",
        "import sys\ndef read(name):\n    return sys.modules[name].__file__",
    ],
)
def test_a_folder_that_is_taken(data, code):
    """All data below it ships, whatever its ending and its folder's name, but for what no run can need."""
    package = {"lib/__init__.py": code, "lib/other.py": "", **DATA}
    assert data({"lib": package}) == OPENED


@pytest.mark.parametrize(
    "code",
    [
        "import os\nopen(os.path.join(os.path.dirname(__file__), 'data', 'one.sql'))",
        "import os\nNAME = os.path.basename(__file__)",
        "import logging, os\nlogging.getLogger(__name__).info(__file__)",
    ],
)
def test_what_is_told(data, code):
    """A path that is known to its end, or that is told, takes no folder."""
    package = {"lib/__init__.py": code, **DATA, "lib/big.py": f"'''{'x' * 1000}'''"}
    assert data({"lib": package}) in (["lib/data/one.sql"], [])


def test_stubs_ship_to_who_reads_stubs(data):
    """Stubs ship where code of their distribution names files of that ending."""
    package = {
        "lib/__init__.py": "import os, lib.load\nread(os.path.join(os.path.dirname(__file__), 'typeshed'))",
        "lib/load.py": "def name(module): return module + '.pyi'",
        "lib/typeshed/stdlib/os.pyi": "",
    }
    assert data({"lib": package}) == ["lib/typeshed/stdlib/os.pyi"]
    package["lib/load.py"] = ""
    assert data({"lib": package}) == []


def test_without_doubt(data):
    """`traced` ships what it did before: data by its endings."""
    package = {"lib/__init__.py": "read(__path__)", **DATA}
    found = data({"lib": package}, shake=Shake(default=ShakeMode.TRACED))
    assert found == ["lib/data/four.mo", "lib/data/one.sql"]


@pytest.mark.parametrize(
    "code",
    [
        "from lib.include import PATH\nread(PATH)",
        "from lib import include\nread(include.PATH)",
        "import lib.include\nread(lib.include.PATH)",
        "import lib.include as inside\nread(path=inside.PATH)",
        "from . import include\nread(include.PATH)",
    ],
)
def test_a_folder_that_another_module_has_a_name_for(data, code):
    """A path that a module gives a name is taken by whoever imports the name, or takes it as an attribute."""
    package = {
        "lib/__init__.py": code,
        "lib/include/__init__.py": f"import os\nPATH = os.path.dirname(__file__)\n{'#' * 500}",
        "lib/include/tests/one.sql": "",
        "lib/other.sql": "",
    }
    assert data({"lib": package}) == ["lib/include/tests/one.sql"]
    package["lib/__init__.py"] = "from lib import include"
    assert data({"lib": package}) == []


def test_the_folder_of_an_entry_point(data):
    """Who takes the folder of what an entry point loads may open the data beside it."""
    packages = {
        "lib": {
            "lib/__init__.py": "import os\nfrom importlib.metadata import entry_points\n"
            "for point in entry_points(group='lib.themes'):\n    read(os.path.dirname(point.load().__file__))\n"
        },
        "theme": {"theme/__init__.py": "", "theme/main.html": "", "other/more.html": ""},
    }
    found = data(packages, entry_points={"theme": (("lib.themes", "theme", "theme"),)})
    assert found == ["theme/main.html"]


def test_a_module_that_hands_itself_on(data):
    """Who is handed a module and takes its folder may open the data beside it; nobody else may."""
    packages = {
        "taker": {"taker.py": "import sys\ndef make(name): return sys.modules[name].__file__"},
        "other": {"other.py": ""},
        "lib": {
            "lib/__init__.py": f"import taker, other\nX = taker.make(__name__)\n{'#' * 500}",
            "lib/one.sql": "",
            "more.sql": "",
        },
    }
    assert data(packages, requires={"lib": ("taker",)}) == ["lib/one.sql"]
    packages["taker"] = {"taker.py": "def make(name): return name"}
    assert data(packages, requires={"lib": ("taker",)}) == []


def test_a_package_that_is_handed_on(tmp_path):
    """Who is handed a package and walks it may load any of its modules."""
    packages = {
        "walker": {"walker.py": "import pkgutil\ndef load(package): pkgutil.walk_packages(package.__path__)"},
        "lib": {"lib/__init__.py": "", "lib/plugins/__init__.py": "", "lib/plugins/one.py": "", "lib/other.py": ""},
    }
    own = {"app.py": "import walker\nimport lib.plugins\nwalker.load(lib.plugins)"}
    site = make_site(tmp_path / "own", own, packages)
    (graph,) = trace_functions((make_function(tmp_path / "own"),), site)
    paths = [file.file.path for file in plan_files(make_function(tmp_path / "own"), graph, site).files]
    assert "lib/plugins/one.py" in paths
    assert "lib/other.py" not in paths


@pytest.mark.parametrize(
    "asking",
    [
        "import inspect\ndef here():\n    return inspect.stack()[1].filename",
        "import sys\ndef here():\n    return sys._getframe(1).f_globals['__file__']",
        "import inspect\ndef here():\n    return inspect.getfile(inspect.currentframe().f_back)",
    ],
)
def test_a_function_that_takes_the_folder_of_its_caller(data, asking):
    """It stands for the caller's own folder where it is called."""
    packages = {
        "locate": {"locate/__init__.py": "from locate.ask import here", "locate/ask.py": asking},
        "lib": {"lib/__init__.py": f"from locate import here\nDATA = here()\n{'#' * 500}", "lib/words.gz": "x"},
        "plain": {"plain/__init__.py": f"import locate\n{'#' * 500}", "plain/words.gz": "x"},
    }
    assert data(packages, {"app.py": "import lib, plain"}, requires={"lib": ("locate",)}) == ["lib/words.gz"]


def test_data_that_nothing_seems_to_open(data):
    """Where it is most of what a distribution holds, it ships; where it is little, it does not."""
    package = {"lib/__init__.py": "", "lib/words.gz": "x" * 100}
    assert data({"lib": package}) == ["lib/words.gz"]
    assert data({"lib": {**package, "lib/more.py": "#" * 200}}) == []

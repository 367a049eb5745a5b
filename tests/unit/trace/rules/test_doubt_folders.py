"""Data that ships because a folder is taken and nobody can tell what is opened there."""

import pytest

from bundler.model.project import Shake, ShakeMode

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

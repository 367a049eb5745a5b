"""Packages that look for Python files in folders of theirs: what they find ships, with its source."""

import pytest

IMPORTS = (
    "import fnmatch, glob, importlib, inspect, os, re, sys\nfrom importlib import resources\n"
    "from os.path import dirname\nfrom pathlib import Path\n"
)
PLUGINS = {
    "pkg/plugins/a.py": "",
    "pkg/plugins/b.py": "",
    "pkg/plugins/deep/c.py": "",
    "pkg/plugins/deep/__init__.py": "",
}
FLAT = ["pkg/plugins/__init__.py", "pkg/plugins/a.py", "pkg/plugins/b.py"]


@pytest.mark.parametrize(
    "found",
    [
        "[f[:-3] for f in os.listdir(dirname(__file__)) if f.endswith('.py')]",
        "[f for f in os.listdir(dirname(__file__)) if f.endswith(('.py', '.txt'))]",
        "[f for f in os.listdir(os.path.split(__file__)[0]) if os.path.splitext(f)[1] == '.py']",
        "[f for f in os.listdir(__path__[0]) if f.rpartition('.')[2] == 'py']",
        "[f for folder in __path__ for f in os.listdir(folder) if f.endswith('.py')]",
        "[f.stem for f in Path(__file__).parent.iterdir() if f.suffix == '.py']",
        "[f.stem for f in Path(__file__).resolve().parent.glob('*') if f.suffix == '.py']",
        "[f.stem for f in Path(__file__).parent.glob('[!_]*.py')]",
        "glob.glob(os.path.join(dirname(__file__), '*.py'))",
        "[f for f in glob.glob(dirname(__file__) + '/*') if f.endswith('.py')]",
        "fnmatch.filter(os.listdir(dirname(__file__)), '*.py')",
        r"list(map(re.compile(r'^([^_.]+)\.py$').match, os.listdir(dirname(__file__))))",
        "list(map(re.compile('([a-z]+)[.]py$').match, os.listdir(dirname(__file__))))",
        "[inspect.getmodulename(f) for f in os.listdir(dirname(__file__))]",
        "[f[:-3] for f in os.listdir(dirname(__file__)) if f[0] != '_']",
        "[e.name for e in os.scandir(dirname(os.path.abspath(__file__))) if e.name[-3:] == '.py']",
        "[f.name for f in resources.files(__name__).iterdir() if f.name.endswith('.py')]",
        "[f.name for f in resources.files('pkg.plugins').iterdir() if f.name.endswith('.py')]",
        "[f for f in resources.contents(__package__) if f.endswith('.py')]",
        "[f for f in os.listdir(__file__.replace('__init__.py', '')) if f != 'x']",
        "[f for f in os.listdir(dirname(sys.modules[__name__].__file__)) if f.endswith('.py')]",
    ],
)
def test_a_package_that_lists_itself(kept, found):
    """However a package looks for files that end with `.py` in its own folder, they are there."""
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": f"{IMPORTS}FOUND = {found}\n", **PLUGINS}}

    assert [path for path in kept({"app.py": "import pkg.plugins\n"}, packages) if "/deep/" not in path] == FLAT


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("[f for _, _, names in os.walk(dirname(__file__)) for f in names if f.endswith('.py')]", 5),
        ("[f for f in Path(__file__).parent.rglob('*') if f.suffix == '.py']", 5),
        ("[f for f in os.listdir(dirname(__file__)) if os.path.exists(f'{dirname(__file__)}/{f}/__init__.py')]", 4),
        ("[f for f in os.listdir(dirname(__file__)) if f.endswith('.json')]", 0),
        ("[f for f in glob.glob(dirname(__file__) + '/*.json')] + ['.py']", 0),
        ("glob.glob(dirname(__file__) + '/*/__plug_in__.py')", 0),
        ("glob.glob(dirname(__file__) + '/*/c.py')", 1),
        ("glob.glob(dirname(__file__) + '/*a.py')", 1),
        ("os.listdir('/tmp') + ['.py']", 0),
        ("[f for f in Path('/tmp').iterdir() if f.suffix == '.py']", 0),
    ],
)
def test_what_is_listed(kept, found, expected):
    """Folders below count where they are looked into; a listing that looks for something else needs no source."""
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": f"{IMPORTS}FOUND = {found}\n", **PLUGINS}}

    assert len(kept({"app.py": "import pkg.plugins\n"}, packages)) == expected


HELPER = f"{IMPORTS}def find(folder, ending='.py'):\n    return [f for f in os.listdir(folder) if f.endswith(ending)]\n"
GLOB = f"{IMPORTS}def find(folder):\n    return glob.glob(os.path.join(folder, '*.py'))\n"
PATH_GLOB = f"{IMPORTS}def find(folder):\n    return list(Path(folder).glob('*.py'))\n"
BY_NAME = HELPER.replace("listdir(folder)", "listdir(dirname(sys.modules[folder].__file__))")
CALLER = HELPER.replace("find(folder, ", "find(").replace(
    "(folder)", "(dirname(sys._getframe(1).f_globals['__file__']))"
)
CLASS = (
    f"{IMPORTS}class Finder:\n    def __init__(self, folder):\n        self.folder = folder\n"
    "    def all(self):\n        return [f for f in self.folder.iterdir() if f.suffix == '.py']\n"
)
WRAPPED = "\ndef every(folder):\n    return find(folder)\n"


@pytest.mark.parametrize(
    ("helper", "use"),
    [
        (HELPER, "from pkg.helper import find\nFOUND = find(dirname(__file__))\n"),
        (HELPER, "from .. import helper\nFOUND = helper.find(folder=__path__[0])\n"),
        (HELPER, "from ..helper import find as search\nHERE = dirname(__file__)\nFOUND = search(HERE)\n"),
        (HELPER + WRAPPED, "from ..helper import every\nFOUND = every(dirname(__file__))\n"),
        (GLOB, "from ..helper import find\nFOUND = find(dirname(__file__))\n"),
        (PATH_GLOB, "from ..helper import find\nFOUND = find(dirname(__file__))\n"),
        (BY_NAME, "from ..helper import find\nFOUND = find(sys.modules[__name__])\n"),
        (BY_NAME, "from ..helper import find\nFOUND = find(__name__)\n"),
        (BY_NAME, "from ..helper import find\nFOUND = find('pkg.plugins')\n"),
        (BY_NAME, "from ..helper import find\nimport pkg.plugins\nFOUND = find(pkg.plugins)\n"),
        (CALLER, "from ..helper import find\nFOUND = find()\n"),
        (CLASS, "from ..helper import Finder\nFOUND = Finder(Path(__file__).parent).all()\n"),
    ],
)
def test_a_package_that_gives_its_folder_to_a_helper(kept, helper, use):
    """A function of the same distribution that lists what it is given finds what is in the folder."""
    packages = {
        "pkg": {"pkg/__init__.py": "", "pkg/helper.py": helper, "pkg/plugins/__init__.py": IMPORTS + use, **PLUGINS}
    }

    assert kept({"app.py": "import pkg.plugins\n"}, packages) == FLAT


def test_a_folder_that_another_module_names(kept):
    """The path of a folder may come from another module."""
    code = f"{IMPORTS}from .places import HERE\n[f for f in os.listdir(HERE) if f.endswith('.py')]\n"
    packages = {
        "pkg": {
            "pkg/__init__.py": code,
            "pkg/places.py": "import os\nHERE = os.path.join(os.path.dirname(__file__), 'plugins')\n",
            "pkg/plugins/__init__.py": "",
            **PLUGINS,
        }
    }

    assert kept({"app.py": "import pkg\n"}, packages) == FLAT


@pytest.mark.parametrize(
    "code",
    [
        "class F:\n    base = Path(__file__).parent\n    def all(self):\n        list(self.base.iterdir()), '.py'\n",
        "class F:\n    def __init__(self):\n        self.b = dirname(__file__)\n        os.listdir(self.b), '.py'\n",
        "SPEC = importlib.util.find_spec(__name__)\nos.listdir(next(iter(SPEC.search_locations))), SPEC, '.py'\n",
        "class F:\n    def all(self, base):\n        os.listdir(base), '.py'\nF().all(dirname(__file__))\n",
    ],
)
def test_a_folder_that_a_file_keeps(kept, code):
    """An attribute, or a way that is out of sight, may lead from a module's own folder to where it is listed."""
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": f"{IMPORTS}{code}", **PLUGINS}}

    assert kept({"app.py": "import pkg.plugins\n"}, packages) == FLAT


def test_own_code_that_lists_a_package(kept):
    """Own code may list the folder of a package too."""
    code = f"{IMPORTS}import pkg.plugins\n[f for f in os.listdir(dirname(pkg.plugins.__file__)) if f.endswith('.py')]\n"
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": "", **PLUGINS}}

    assert kept({"app.py": code}, packages) == FLAT


@pytest.mark.parametrize(
    ("code", "is_looked_for"),
    [
        (
            "def is_ours(f):\n    return f[-3:] == '.py'\nfilter(is_ours, os.listdir(dirname(__file__)))\n",
            True,
        ),
        ("def names():\n    return os.listdir(dirname(__file__))\ndef all():\n    [f[:-3] for f in names()]\n", True),
        ("END = '.py'\ndef all():\n    return [f for f in os.listdir(dirname(__file__)) if f.endswith(END)]\n", True),
        ("def key():\n    return 'x.py'\ndef all():\n    return os.listdir(dirname(__file__))\n", False),
        ('def all():\n    """Not x.py."""\n    return os.listdir(dirname(__file__))\n', False),
    ],
)
def test_where_the_ending_is_tested(kept, code, is_looked_for):
    """What tests for `.py` has to do with what lists the folder, by its name."""
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": f"{IMPORTS}{code}", **PLUGINS}}

    assert kept({"app.py": "import pkg.plugins\n"}, packages) == (FLAT if is_looked_for else [])


def test_methods_of_the_same_name(kept):
    """A method of a name that another class has for listing a folder is given no module's name for that."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/helper.py": CLASS.replace("def all(self)", "def send(self, folder)").replace(
                "self.folder.", "folder."
            ),
            "pkg/plugins/__init__.py": "from .. import helper\ndef f(x):\n    x.send(sender=__name__)\n",
            **PLUGINS,
        }
    }

    assert kept({"app.py": "import pkg.plugins\n"}, packages) == []


def test_helpers_of_others(kept):
    """What is given to a function that lists nothing leads nowhere."""
    use = "from pkg.helper import find, show\nFOUND = find('x')\nshow(dirname(__file__))\n"
    packages = {
        "pkg": {
            "pkg/__init__.py": "",
            "pkg/helper.py": f"{HELPER}def show(folder): ...\n",
            "pkg/plugins/__init__.py": IMPORTS + use,
            **PLUGINS,
        }
    }

    assert kept({"app.py": "import pkg.plugins\n"}, packages) == []

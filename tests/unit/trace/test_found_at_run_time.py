"""Modules and data that code finds while it runs: in folders, in lists of everything."""

import pytest


def test_a_default_says_where_modules_are(found):
    """A parameter's default is one of its values: `import_module(f"{base}.{name}")` may lead below it."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg.load import get\n",
            "pkg/load.py": (
                "from importlib import import_module\n"
                "def get(name, *, base='pkg.dialects'):\n    return import_module(f'{base}.{name}')\n"
            ),
            "pkg/dialects/__init__.py": "",
            "pkg/dialects/ansi.py": "",
            "pkg/other.py": "",
        }
    }

    assert found({"app.py": "import pkg\npkg.get(input())\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/dialects/__init__.py": "package",
        "pkg/dialects/ansi.py": "dynamic",
        "pkg/load.py": "import",
    }


@pytest.mark.parametrize("name", ["f'.{kind}'", "'.' + kind", "'.%s' % kind"])
def test_any_module_of_a_package_by_relative_name(found, name):
    """`import_module(f".{kind}", package)` may lead to any module of that package, beside or elsewhere."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg import load\n",
            "pkg/load.py": (
                "from importlib import import_module\nPLUGINS = 'pkg.plugins'\n"
                f"def get(kind):\n    package = PLUGINS\n    return import_module({name}, package)\n"
            ),
            "pkg/plugins/__init__.py": "",
            "pkg/plugins/plain.py": "",
            "pkg/other.py": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/load.py": "import",
        "pkg/plugins/__init__.py": "package",
        "pkg/plugins/plain.py": "dynamic",
    }


def test_lazy_exports_by_relative_name(found):
    """A package's `__getattr__` imports what the package exports: what its strings name, not all there is."""
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import importlib\n__all__ = ['one']\n"
                "def __getattr__(name):\n    return importlib.import_module('.' + name, __name__)\n"
            ),
            "pkg/one.py": "",
            "pkg/other.py": "",
        }
    }

    assert found({"app.py": "import pkg\nprint(pkg)\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/one.py": "dynamic",
    }


def test_a_module_behind_a_package_of_its_name(found):
    """A package may run the top-level file that it hides from imports, which it looks for on the path."""
    packages = {
        "new": {
            "parts/__init__.py": (
                "import importlib.util, sys\nfrom pathlib import Path\nfor folder in sys.path:\n"
                "    spec = importlib.util.spec_from_file_location('parts', Path(folder, 'parts.py'))\n"
            )
        },
        "old": {"parts.py": ""},
    }

    assert found({"app.py": "import parts\n"}, packages) == {
        "parts.py": "data",
        "parts/__init__.py": "import",
    }


def test_a_dotted_name_that_is_loaded(found):
    """A function whose name says that it loads is given a module's dotted name; a single word may be anything."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg.raw import load_library\nload_library('pkg._fast')\nload_library('other')\n",
            "pkg/raw.py": "def load_library(name): ...\n",
            "pkg/_fast.abi3.so": b"",
        },
        "other": {"other.py": ""},
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/_fast.abi3.so": "dynamic",
        "pkg/raw.py": "import",
    }


@pytest.mark.parametrize(
    "search",
    [
        "from glob import glob\nfiles = glob(os.path.join(os.path.dirname(__file__), 'rules', '*.py'))\n",
        "from pathlib import Path\nfiles = Path(__file__).parent.joinpath('rules').rglob('*.py')\n",
    ],
)
def test_a_glob_finds_python_files(found, search):
    """Python files that a glob finds are modules, and ship as files: their names are looked at."""
    packages = {
        "pkg": {
            "pkg/__init__.py": f"import os\n{search}",
            "pkg/rules/one.py": "import pkg.help\n",
            "pkg/rules/tests/test_one.py": "",
            "pkg/help.py": "",
            "pkg/unused.py": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/help.py": "import",
        "pkg/rules/one.py": "data",
    }


def test_files_that_are_executed_by_their_path(found):
    """Where a package executes Python files it finds, the folders that it names anywhere are looked into."""
    names_folder = "import os\nFOLDER = os.path.join(os.path.dirname(__file__), '{}')\n"
    packages = {
        "pkg": {
            "pkg/__init__.py": f"from pkg import run\n{names_folder.format('rules')}",
            "pkg/run.py": (
                "import importlib.util\ndef run(name):\n"
                "    if name.endswith('.py'):\n"
                "        spec = importlib.util.spec_from_file_location('rule', name)\n"
                "        spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
            ),
            "pkg/rules/deep/one.py": "",
            "pkg/unused.py": "",
        },
        "pure": {
            "pure/__init__.py": names_folder.format("data"),
            "pure/data/x.py": "",
        },
    }

    assert found({"app.py": "import pkg, pure\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/rules/deep/one.py": "data",
        "pkg/run.py": "import",
        "pure/__init__.py": "import",
    }


def test_packages_of_scripts_that_are_executed(found):
    """A package that is named where files are compiled and executed holds scripts, whatever their names."""
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "from importlib.machinery import SOURCE_SUFFIXES\nFOLDERS = ('pkg.mibs',)\n"
                "def run(package, path):\n    __import__(package)\n"
                "    exec(compile(open(path + SOURCE_SUFFIXES[0]).read(), path, 'exec'))\n"
            ),
            "pkg/mibs/__init__.py": "",
            "pkg/mibs/IF-MIB.py": "",
            "pkg/unused.py": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/mibs/IF-MIB.py": "data",
        "pkg/mibs/__init__.py": "data+dynamic+package",
    }


def test_a_module_that_walks_its_own_folder(found):
    """A module that looks for Python files in its own folder and below, and imports them, needs them as files."""
    walk = (
        "import os\ndef load():\n    for folder, _, names in os.walk(os.path.dirname(__file__)):\n"
        "        [__import__(name) for name in names if name.endswith('.py')]\n"
    )
    packages = {"pkg": {"pkg/__init__.py": walk, "pkg/match/to_ip.py": "", "pkg/one.py": ""}}

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/match/to_ip.py": "data+dynamic",
        "pkg/one.py": "data+dynamic",
    }


def test_resources_that_others_name(found):
    """A package that opens resources by names it is given ships all its data; one that names them, those."""
    packages = {
        "told": {
            "told/__init__.py": "from pkgutil import get_data\ndef load(package, path):\n    get_data(package, path)\n",
            "told/grammars/common.lark": "",
        },
        "knows": {
            "knows/__init__.py": "import pkgutil\ndata = pkgutil.get_data(__name__, 'one.txt')\n",
            "knows/one.txt": "",
            "knows/two.txt": "",
        },
    }

    assert found({"app.py": "import told, knows\n"}, packages) == {
        "knows/__init__.py": "import",
        "knows/one.txt": "data",
        "told/__init__.py": "import",
        "told/grammars/common.lark": "data",
    }


def test_folders_of_scripts_by_default(found):
    """Own scripts lie where a package looks when it is told nothing, or where a path in own code says."""
    own = {
        "app.py": "import pkg\npkg.run('ops/daily')\n",
        "migrations/env.py": "",
        "ops/daily/report.py": "",
        "ops/yearly/report.py": "",
    }
    packages = {"pkg": {"pkg/__init__.py": "def run(name, directory: str = 'migrations'): ...\n"}}

    assert found(own, packages) == {
        "migrations/env.py": "data",
        "ops/daily/report.py": "data",
        "pkg/__init__.py": "import",
    }


def test_folders_beside_the_code_by_what_takes_them(found):
    """A parameter or variable whose name says that it holds a folder names one beside the code: templates, for one."""
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "from os import path\n"
                "pages = Blueprint('pages', __name__, template_folder=path.join('templates', theme), url='other')\n"
                "pages.static_folder = 'static'\nkind_path = 'ui{}/x'.format(3)\n"
            ),
            "pkg/templates/plain/page.html": "",
            "pkg/static/tests/x.css": "",
            "pkg/static/style.css": "",
            "pkg/ui3/x/y.html": "",
            "pkg/other/z.html": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import",
        "pkg/static/style.css": "data",
        "pkg/templates/plain/page.html": "data",
        "pkg/ui3/x/y.html": "data",
    }


def test_plugins_by_the_start_of_their_names(found):
    """Who lists all modules looks for names that start as a string says: its own or of a package that calls it."""
    lists_all = "import pkgutil\ndef scan(expression):\n    return [m.name for m in pkgutil.iter_modules()]\n"
    packages = {
        "finder": {"finder.py": lists_all},
        "host": {
            "host/__init__.py": "import finder\nfinder.scan('^host_.+$')\nMORE = ['host.formats', 'sources.file']\n",
            "host/formats.py": "",
            "host/sources/file.py": "",
            "host/unused.py": "",
        },
        "host-plugin": {
            "host_xls/__init__.py": "from host import register\nregister(__name__, reads='reader.Book')\n",
            "host_xls/reader.py": "",
            "host_xls/unused.py": "",
        },
        "stranger": {"stranger/__init__.py": "PREFIX = 'odd_'\n"},
        "odd": {"odd_one.py": ""},
    }

    assert found({"app.py": "import host, stranger\n"}, packages, requires={"host": ("finder",)}) == {
        "finder.py": "import",
        "host/__init__.py": "import+package",
        "host/formats.py": "dynamic",
        "host/sources/file.py": "dynamic",
        "host_xls/__init__.py": "dynamic+package",
        "host_xls/reader.py": "dynamic",
        "stranger/__init__.py": "import",
    }


def test_entry_points_of_all_distributions(found):
    """Going through all distributions is a search for entry points of a group that bears the searcher's name."""
    packages = {
        "host": {"host.py": "from importlib.metadata import distributions\nall = list(distributions())\n"},
        "plugin": {"plugin.py": "", "other.py": ""},
    }
    entry_points = {"plugin": (("host", "one", "plugin:load"), ("elsewhere", "two", "other"))}

    assert found({"app.py": "import host\n"}, packages, entry_points=entry_points) == {
        "host.py": "import",
        "plugin-1.0.dist-info/METADATA": "metadata",
        "plugin-1.0.dist-info/entry_points.txt": "metadata",
        "plugin.py": "entry-point",
    }


def test_classes_that_settings_of_logging_name(found):
    """A package that sets up logging has the classes imported that its dotted strings name."""
    packages = {
        "host": {
            "host/__init__.py": "from host.settings import SETTINGS\nimport host.setup\n",
            "host/settings.py": "SETTINGS = {'class': 'host.handlers.Queue'}\n",
            "host/setup.py": "import logging.config\ndef run(all):\n    logging.config.dictConfig(all)\n",
            "host/handlers.py": "",
        },
        "stranger": {"stranger/__init__.py": "NAME = 'stranger.handlers.Queue'\n", "stranger/handlers.py": ""},
    }

    reached = found({"app.py": "import host, stranger\n"}, packages)

    assert {path for path, kind in reached.items() if kind == "dynamic"} == {"host/handlers.py"}


def test_groups_of_entry_points_that_others_name(found):
    """A package that is told which entry points to look for is told so by its users' strings."""
    packages = {
        "manager": {
            "manager.py": "from importlib.metadata import entry_points\ndef load(name):\n    entry_points(group=name)\n"
        },
        "host": {"host.py": "import manager\nmanager.load('host.parts')\n"},
        "stranger": {"stranger.py": "NAME = 'stranger.parts'\n"},
        "plugin": {"one.py": "", "two.py": "", "three.py": ""},
    }
    entry_points = {"plugin": (("host.parts", "a", "one"), ("shop", "b", "two"), ("stranger.parts", "c", "three"))}

    reached = found(
        {"app.py": "import host, stranger\nhost.manager.load('shop')\n"},
        packages,
        entry_points=entry_points,
        requires={"host": ("manager",)},
    )

    assert {path for path, kind in reached.items() if kind == "entry-point"} == {"one.py", "two.py"}


@pytest.mark.parametrize(
    "code", ["settings = {'host.includes': 'extra other'}", "read(path, engine='extra')", "config.include('extra')"]
)
def test_names_under_keys_that_say_they_are_loaded(found, code):
    """Own code names a module by one word where the key, keyword or function says that it is loaded."""
    packages = {"extra": {"extra/__init__.py": "", "extra/deep.py": ""}}

    assert found({"app.py": f"{code}\n"}, packages) == {"extra/__init__.py": "dynamic"}


def test_single_words_elsewhere_name_nothing(found):
    """A word that happens to be the name of a package is just a word."""
    packages = {"extra": {"extra/__init__.py": ""}}

    assert found({"app.py": "price({'kind': 'extra', 'include': 3}, size='extra')\n"}, packages) == {}


@pytest.mark.parametrize("order", ["user, loader", "loader, user"])
def test_what_a_package_tells_a_loader_that_it_requires(found, order):
    """A package names modules of another one, which loads what it is told: extensions of a template engine."""
    packages = {
        "loader": {
            "loader/__init__.py": "from importlib import import_module\ndef load(name):\n    import_module(name)\n",
            "loader/ext.py": "",
            "loader/other.py": "",
        },
        "user": {"user.py": "EXTENSIONS = ['loader.ext.i18n', 'third.part']\n"},
        "third": {"third/__init__.py": "", "third/part.py": ""},
    }

    reached = found({"app.py": f"import {order}\n"}, packages, requires={"user": ("loader",)})

    assert reached == {"loader/__init__.py": "import+package", "loader/ext.py": "dynamic", "user.py": "import"}


def test_names_that_own_code_puts_together(found):
    """Own code hands names of own modules to whoever imports them; with one dot they may be those of loggers."""
    own = {
        "app.py": "names = [f'shop.pages.{page}' for page in settings]\nlogger = f'shop.{kind}'\n",
        "shop/__init__.py": "",
        "shop/other.py": "",
        "shop/pages/__init__.py": "",
        "shop/pages/home.py": "",
    }

    assert found(own) == {
        "shop/__init__.py": "package",
        "shop/pages/__init__.py": "package",
        "shop/pages/home.py": "dynamic",
    }


def test_files_that_a_distribution_records(found):
    """A package that lists its own files looks for one of them: data and libraries ship, with the record."""
    packages = {
        "tree": {
            "tree/__init__.py": "import importlib.metadata\nlisted = importlib.metadata.files('tree')\n",
            "tree.libs/libspatial-1.so": "",
            "tree/include/spatial.h": "",
            "tree/more.py": "",
            "tree-1.0.dist-info/RECORD": "",
        },
        "other": {"other/__init__.py": "", "other.libs/libother.so": ""},
    }

    assert found({"app.py": "import tree\n"}, packages) == {
        "tree/__init__.py": "import",
        "tree.libs/libspatial-1.so": "data",
        "tree-1.0.dist-info/METADATA": "metadata",
        "tree-1.0.dist-info/RECORD": "data",
    }


def test_packages_that_are_given_in_a_list(found):
    """Whoever is given packages in a list opens files in them; a build's own lists of packages are not reached."""
    packages = {
        "server": {"server.py": "def serve(packages, folder='statics'):\n    return packages, folder\n"},
        "admin": {
            "admin/__init__.py": (
                "from server import serve\nserve(packages=['theme'])\nserve(**{'packages': ['admin']})\n"
            ),
            "admin/statics/page.css": "",
            "admin/more.py": "",
        },
        "theme": {"theme/__init__.py": "", "theme/css/dark.css": ""},
        "other": {"other/__init__.py": "", "other/page.css": ""},
    }

    assert found({"app.py": "import admin\n"}, packages) == {
        "admin/__init__.py": "import",
        "admin/statics/page.css": "data",
        "server.py": "import",
        "theme/__init__.py": "dynamic",
        "theme/css/dark.css": "data",
    }


def test_classes_that_a_package_tells_a_loader(found):
    """Classes by their full names may be the teller's own, or of what it requires; names of loggers are none."""
    packages = {
        "loader": {"loader.py": "from importlib import import_module\ndef load(name):\n    import_module(name)\n"},
        "user": {
            "user/__init__.py": (
                "EXTENSIONS = ['user.ext.Slugs', 'needed.more.Dates', 'third.part.Other']\nLOGGER = 'user.log.io'\n"
            ),
            "user/ext.py": "",
            "user/log.py": "",
        },
        "needed": {"needed/__init__.py": "", "needed/more.py": ""},
        "third": {"third/__init__.py": "", "third/part.py": ""},
    }

    reached = found({"app.py": "import user, loader\n"}, packages, requires={"user": ("loader", "needed")})

    assert reached == {
        "loader.py": "import",
        "needed/__init__.py": "package",
        "needed/more.py": "dynamic",
        "user/__init__.py": "import+package",
        "user/ext.py": "dynamic",
    }


def test_a_name_that_gets_an_ending_elsewhere(found):
    """A package may name its modules in one file, and put an ending to the names in another before it imports them."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from pkg.load import load\nMODULE = 'pkg.metrics'\nratio = load(MODULE)\n",
            "pkg/load.py": (
                "from importlib import import_module\ndef load(module):\n    return import_module(module + '_py')\n"
            ),
            "pkg/metrics_py.py": "",
            "pkg/other_py.py": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "import+package",
        "pkg/load.py": "import",
        "pkg/metrics_py.py": "dynamic",
    }

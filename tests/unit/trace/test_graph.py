"""What a handler can need, through a whole site."""

import pytest

from bundler.errors import HandlerNotFoundError
from bundler.trace import trace_functions
from tests.support.sites import WITHOUT_DOUBT, make_function, make_site

LOADER = "from importlib import import_module\ndef load(name):\n    return import_module(name)\n"


@pytest.fixture
def trace(tmp_path):
    """Return the edges from a site's files as `target (kind)`, by source."""

    def run(own, packages=None, **more):
        options = more.pop("options", {})
        site = make_site(tmp_path / "own", own, packages, **more)
        return next(trace_functions((make_function(tmp_path / "own", **{"shake": WITHOUT_DOUBT, **options}),), site))

    return run


def reached(graph):
    """Return every file that an edge leads to, with the kinds of the edges."""
    found = {}
    for edges in graph.edges.values():
        for edge in edges:
            found.setdefault(edge.target, set()).add(str(edge.kind))
    return {path: "+".join(sorted(kinds)) for path, kinds in sorted(found.items())}


def test_ancestors_submodules_and_attributes(trace):
    """`from pkg.sub import module, attribute` reaches the module and every `__init__` above it."""
    graph = trace(
        {"app.py": "from pkg.sub import module, attribute\n"},
        {
            "pkg": {
                "pkg/__init__.py": "",
                "pkg/other.py": "",
                "pkg/sub/__init__.py": "attribute = 1\n",
                "pkg/sub/module.py": "from . import sibling\nfrom .. import other\n",
                "pkg/sub/sibling.py": "",
                "pkg/sub/unused.py": "",
            }
        },
    )

    assert reached(graph) == {
        "pkg/__init__.py": "import+package",
        "pkg/other.py": "import",
        "pkg/sub/__init__.py": "import+package",
        "pkg/sub/module.py": "import",
        "pkg/sub/sibling.py": "import",
    }


def test_star_imports_follow_all(trace):
    """`from pkg import *` imports the submodules that `__all__` names."""
    graph = trace(
        {"app.py": "from pkg import *\n"},
        {"pkg": {"pkg/__init__.py": "__all__ = ['one', 'name']\nname = 1\n", "pkg/one.py": "", "pkg/two.py": ""}},
    )

    assert reached(graph) == {"pkg/__init__.py": "import+package", "pkg/one.py": "import"}


def test_namespaces_span_wheels(trace):
    """PEP 420 packages are made of several wheels, without a file of their own."""
    graph = trace(
        {"app.py": "import ns.one.a\nfrom ns import two\n"},
        {"ns-one": {"ns/one/a.py": ""}, "ns-two": {"ns/two/__init__.py": ""}},
    )

    assert reached(graph) == {"ns/one/a.py": "import", "ns/two/__init__.py": "import"}


def test_extensions_are_those_of_the_target(trace):
    """An extension module of another Python or machine is no module; the target's wins over source."""
    files = {
        "pkg/__init__.py": "from . import fast, slow\n",
        "pkg/fast.cpython-312-x86_64-linux-gnu.so": b"not elf",
        "pkg/fast.py": "import pkg.helper\n",
        "pkg/helper.py": "",
        "pkg/slow.cpython-311-x86_64-linux-gnu.so": b"not elf",
        "pkg/slow.abi3.so": b"not elf",
    }

    graph = trace({"app.py": "import pkg\n"}, {"pkg": files})

    assert reached(graph) == {
        "pkg/__init__.py": "import+package",
        "pkg/fast.cpython-312-x86_64-linux-gnu.so": "import",
        "pkg/helper.py": "import",
        "pkg/slow.abi3.so": "import",
    }


def test_the_standard_library_and_the_runtime_are_no_misses(trace):
    """Only what nothing provides is missing, with its line."""
    graph = trace({"app.py": "import json, boto3\nimport nowhere\n"})

    assert [(missing.source, missing.line, missing.name) for missing in graph.missing] == [("app.py", 2, "nowhere")]


def test_globs_of_module_names(trace):
    """A name with an unknown part keeps every module that it may stand for."""
    graph = trace(
        {"app.py": "import pkg\npkg.f(input())\n"},
        {
            "pkg": {
                "pkg/__init__.py": "import importlib\ndef f(n):\n    importlib.import_module(f'pkg.backends.{n}')\n",
                "pkg/backends/__init__.py": "",
                "pkg/backends/one.py": "",
                "pkg/backends/tests/test_one.py": "",
                "pkg/frontend.py": "",
            }
        },
    )

    assert [path for path, kind in reached(graph).items() if kind == "dynamic"] == ["pkg/backends/one.py"]


def test_lazy_exports_follow_their_strings(trace):
    """A module with `__getattr__` leads to the modules its strings name, relative or absolute."""
    graph = trace(
        {"app.py": "import pkg\n"},
        {
            "pkg": {
                "pkg/__init__.py": "_MAP = {'A': '.one', 'B': 'two', 'C': ('pkg.three', 1)}\ndef __getattr__(n): ...\n",
                "pkg/one.py": "",
                "pkg/two.py": "",
                "pkg/three.py": "",
                "pkg/four.py": "",
            }
        },
    )

    assert sorted(reached(graph)) == ["pkg/__init__.py", "pkg/one.py", "pkg/three.py", "pkg/two.py"]


@pytest.mark.parametrize(
    "settings",
    [
        "BACKEND = 'pkg.backends.one.Backend'\n",
        "class Languages:\n    packages = ('pkg.backends.', '')\n",
        "def name(kind, one):\n    return f'pkg.{kind}.{one}.Backend'\n",
        "NAME = 'pkg.backends.%s'\n",
    ],
)
def test_names_in_strings_count_where_a_package_loads_by_name(trace, settings):
    """A name that one module has, or puts together, and another imports meet at run time."""
    files = {
        "pkg/__init__.py": "from . import settings, loader\n",
        "pkg/settings.py": settings,
        "pkg/loader.py": LOADER,
        "pkg/backends/__init__.py": "",
        "pkg/backends/one.py": "",
        "pkg/other.py": "",
    }

    with_loader = trace({"app.py": "import pkg\n"}, {"pkg": files})
    without = trace({"app.py": "import pkg\n"}, {"pkg": {**files, "pkg/loader.py": ""}})

    assert "pkg/backends/one.py" in reached(with_loader)
    assert "pkg/other.py" not in reached(with_loader)
    assert "pkg/backends/one.py" not in reached(without)


def test_heads_of_names_of_other_packages_do_not_count(trace):
    """A head that names another package, or too little of one, is no name to import."""
    text = f"keys = 'other.things.', 'pkg.'\n{LOADER}"

    graph = trace(
        {"app.py": "import pkg\n"},
        {"pkg": {"pkg/__init__.py": text, "pkg/one.py": ""}, "other": {"other/things/a.py": ""}},
    )

    assert reached(graph) == {"pkg/__init__.py": "import"}


def test_lazy_names_with_an_end_put_to_them(trace):
    """Code that imports by names it puts together may put an end that it holds to a name that it holds."""
    packages = {
        "pkg": {
            "pkg/__init__.py": f"{LOADER}for name in ['pkg.core', 'pkg.opt']:\n    load(name + '.plugins')\n",
            "pkg/core/__init__.py": "",
            "pkg/core/plugins.py": "",
            "pkg/opt/__init__.py": "",
            "pkg/opt/plugins/__init__.py": "",
            "pkg/unnamed/plugins.py": "",
        }
    }

    graph = trace({"app.py": "import pkg\n"}, packages)

    assert sorted(reached(graph)) == [
        "pkg/__init__.py",
        "pkg/core/__init__.py",
        "pkg/core/plugins.py",
        "pkg/opt/__init__.py",
        "pkg/opt/plugins/__init__.py",
    ]


def test_lazy_exports_below_a_condition(trace):
    """A module's `__getattr__` counts wherever it is bound at module level; a class's own is none."""
    text = """\
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from ._one import one
else:
    __all__, __getattr__ = make(__name__, ["._one.one"])
class Lazy:
    def __getattr__(self, name):
        return "._two.two"
"""
    files = {"pkg/_one.py": "", "pkg/_two.py": ""}

    lazy = trace({"app.py": "import pkg\n"}, {"pkg": {"pkg/__init__.py": text, **files}})
    only_class = trace(
        {"app.py": "import pkg\n"}, {"pkg": {"pkg/__init__.py": text.replace("__getattr__ =", "x ="), **files}}
    )

    assert "pkg/_one.py" in reached(lazy)
    assert reached(only_class) == {"pkg/__init__.py": "import"}


def test_data_names_data_beside_it(trace):
    """Text that a module opens leads to the files beside it that it names, and those to others."""
    module = "from pathlib import Path\nunits = (Path(__file__).parent / 'units.txt').read_text()\n"
    files = {
        "pkg/__init__.py": module,
        "pkg/units.txt": "@import constants.txt\n",
        "pkg/constants.txt": "see more.json\n",
        "pkg/more.json": "{}",
        "pkg/unused.txt": "units.txt",
        # Named nowhere, though its name ends another's.
        "pkg/s.txt": "",
    }

    graph = trace({"app.py": "import pkg\n"}, {"pkg": files})

    assert reached(graph) == {
        "pkg/__init__.py": "import",
        "pkg/constants.txt": "data",
        "pkg/more.json": "data",
        "pkg/units.txt": "data",
    }


def test_members_of_a_workspace_are_no_scripts(trace):
    """A folder named in settings holds scripts to ship, but not where its parts are projects of their own."""
    own = {
        "app.py": "settings = open('pyproject.toml')\n",
        "pyproject.toml": "[tool.uv.workspace]\nmembers = ['packages/*']\n[tool.alembic]\nscripts = 'migrations'\n",
        "packages/common/pyproject.toml": "",
        "packages/common/src/common.py": "",
        "migrations/one.py": "",
    }

    graph = trace(own)

    assert reached(graph) == {"migrations/one.py": "data", "pyproject.toml": "data"}


def test_own_strings_name_modules_and_packages(trace):
    """Strings in own code name modules; a whole package named in one is installed by a framework."""
    graph = trace(
        {
            "app.py": "APPS = ['blog', 'proj.tasks.send']\n",
            "proj/__init__.py": "",
            "proj/tasks.py": "",
            "proj/no.py": "",
        },
        {"blog": {"blog/__init__.py": "", "blog/models.py": "", "blog/tests/test_x.py": ""}},
    )

    assert sorted(reached(graph)) == ["blog/__init__.py", "blog/models.py", "proj/__init__.py", "proj/tasks.py"]


@pytest.mark.parametrize("name", ["logging.yml", "model/MLmodel", ".settings"])
def test_own_settings_files_name_modules(trace, name):
    """A class named in the project's own settings is loaded by whoever reads that file."""
    graph = trace(
        {"app.py": "import logging.config\n", name: "handlers:\n  h:\n    class: fmt.core.Formatter\n"},
        {"fmt": {"fmt/__init__.py": "", "fmt/core.py": ""}},
    )

    assert sorted(reached(graph)) == ["fmt/__init__.py", "fmt/core.py"]


def test_entry_points_of_a_group(trace):
    """`entry_points(group=…)` leads to every entry point of that group, with the metadata that lists it."""
    graph = trace(
        {"app.py": "from importlib.metadata import entry_points\nentry_points(group='my.plugins')\n"},
        {"plug": {"plug/__init__.py": "", "plug/main.py": ""}, "other": {"other/__init__.py": ""}},
        entry_points={
            "plug": (("my.plugins", "x", "plug.main:run"), ("console_scripts", "plug", "plug:cli")),
            "other": (("your.plugins", "y", "other:run"),),
        },
    )

    assert reached(graph) == {
        "plug-1.0.dist-info/METADATA": "metadata",
        "plug-1.0.dist-info/entry_points.txt": "metadata",
        "plug/__init__.py": "package",
        "plug/main.py": "entry-point",
    }


def test_data_files_by_evidence(trace):
    """A path that is written down ships its file; a bare folder its data, but neither tests nor headers."""
    graph = trace(
        {"app.py": "import one, two\n"},
        {
            "one": {
                "one/__init__.py": "from pathlib import Path\nx = (Path(__file__).parent / 'a.json').read_text()\n",
                "one/a.json": "{}",
                "one/b.json": "{}",
            },
            "two": {
                "two/__init__.py": "import os\nos.listdir(os.path.dirname(__file__))\n",
                "two/data/a.bin": "",
                "two/include/a.h": "",
                "two/tests/a.bin": "",
                "two/a.pyi": "",
            },
        },
    )

    assert [path for path, kind in reached(graph).items() if kind == "data"] == ["one/a.json", "two/data/a.bin"]


def test_tests_are_reached_by_hard_edges_only(trace):
    """A guess or an import inside a function does not drag in a package's tests; an import at load does."""
    lazy = {
        "pkg/__init__.py": "def test():\n    from .tests import run\n",
        "pkg/tests/__init__.py": "",
        "pkg/tests/run.py": "",
    }
    hard = {**lazy, "pkg/__init__.py": "from .tests import run\n"}

    assert "pkg/tests/run.py" not in reached(trace({"app.py": "import pkg\n"}, {"pkg": lazy}))
    assert "pkg/tests/run.py" in reached(trace({"app.py": "import pkg\n"}, {"pkg": hard}))
    assert "pkg/tests/run.py" in reached(trace({"app.py": "def f():\n    from pkg.tests import run\n"}, {"pkg": lazy}))


def test_excluded_modules_are_not_followed(trace):
    """`exclude-modules` cuts a module and all below it."""
    graph = trace(
        {"app.py": "import pkg.heavy.core\nimport pkg.light\n"},
        {"pkg": {"pkg/__init__.py": "", "pkg/heavy/__init__.py": "", "pkg/heavy/core.py": "", "pkg/light.py": ""}},
        options={"exclude_modules": ("pkg.heavy",)},
    )

    assert sorted(reached(graph)) == ["pkg/__init__.py", "pkg/light.py"]


def test_zone_data_hides_behind_the_standard_library(trace):
    """`zoneinfo` opens the package tzdata, which no code imports."""
    graph = trace(
        {"app.py": "from zoneinfo import ZoneInfo\n"},
        {"tzdata": {"tzdata/__init__.py": "", "tzdata/zoneinfo/Europe/Paris": "x", "tzdata/zones": "x"}},
    )

    assert set(reached(graph).values()) == {"known", "package"} - {"package"} | {"known"}
    assert "tzdata/zoneinfo/Europe/Paris" in reached(graph)


def test_a_handler_that_is_not_there_is_an_error(trace):
    """The handler's module has to be among the project's files."""
    with pytest.raises(HandlerNotFoundError) as caught:
        trace({"other.py": ""})

    assert caught.value.message == "the handler `app` of `app` is not a module of the project"


def test_nothing_is_imported_or_run(trace, tmp_path):
    """Tracing reads; code that would leave a mark when run leaves none."""
    mark = tmp_path / "ran"

    trace(
        {"app.py": f"open({str(mark)!r}, 'w')\nimport pkg\n"},
        {"pkg": {"pkg/__init__.py": f"open({str(mark)!r}, 'w')\n"}},
    )

    assert not mark.exists()


def test_broken_packages_warn(trace):
    """A file that is no Python is a warning, and ships all the same."""
    graph = trace({"app.py": "import pkg\n"}, {"pkg": {"pkg/__init__.py": "def broken(:\n"}})

    assert [warning.source for warning in graph.warnings] == ["pkg/__init__.py"]
    assert "pkg/__init__.py" in graph.modules


def test_a_folder_of_test_data_is_no_way_into_tests(trace):
    """A namespace package inside tests is one of the tests, though it has no file to tell by."""
    files = {
        "pkg/__init__.py": "from importlib import import_module\ndef f(n):\n    import_module(f'pkg.{n}')\n",
        "pkg/tests/__init__.py": "",
        "pkg/tests/data/sample.py": "",
    }

    assert sorted(reached(trace({"app.py": "import pkg\n"}, {"pkg": files}))) == ["pkg/__init__.py"]


def test_sources_for_compilers_and_type_checkers_are_no_data(trace):
    """A path to a C source or a stub is for developers; the stub that a lazy loader reads at run time is not."""
    files = {
        "pkg/__init__.py": (
            "import os\nimport lazy_loader\nhere = os.path.dirname(__file__)\nopen(os.path.join(here, 'a.c'))\n"
            "open(os.path.join(here, 'b.pyi'))\n"
            "__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)\n"
        ),
        "pkg/__init__.pyi": "from .lazy import thing\n",
        "pkg/a.c": "",
        "pkg/b.pyi": "",
        "pkg/lazy.py": "",
    }

    graph = trace({"app.py": "import pkg\n"}, {"pkg": files, "lazy-loader": {"lazy_loader/__init__.py": ""}})

    assert {path: kind for path, kind in reached(graph).items() if path.startswith("pkg/")} == {
        "pkg/__init__.py": "import+package",
        "pkg/__init__.pyi": "data",
        "pkg/lazy.py": "dynamic",
    }


def test_folders_of_scripts_that_settings_name(trace):
    """A folder that is no package, named in settings or own strings, holds scripts a framework loads by path."""
    own = {
        "app.py": "CONFIG = 'jobs'\n",
        "alembic.ini": "[alembic]\nscript_location = db/migrations\n",
        "db/migrations/env.py": "import pkg\n",
        "db/migrations/versions/0001_first.py": "",
        "jobs/nightly.py": "",
        "other/unnamed.py": "",
        "package/__init__.py": "",
    }

    graph = trace(own, {"pkg": {"pkg/__init__.py": ""}})

    assert sorted(reached(graph)) == [
        "db/migrations/env.py",
        "db/migrations/versions/0001_first.py",
        "jobs/nightly.py",
        "pkg/__init__.py",
    ]

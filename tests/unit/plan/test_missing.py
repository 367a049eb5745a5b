"""First-party imports that nothing provides: which of them surely keep a function from starting."""

from dataclasses import replace

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

ERROR = "`app.py:1` imports `absent`, which nothing provides; is its package in the requirements?"
SIX = {"shim": {"shim.py": "import sys, types\nsys.modules['absent'] = types.ModuleType('absent')\n"}}


@pytest.fixture
def unimportable(tmp_path):
    """Return what surely keeps `app.handle` from being imported."""

    def run(own, packages=None, **options):
        site = make_site(tmp_path / "own", own if isinstance(own, dict) else {"app.py": own}, packages)
        function = make_function(tmp_path / "own", **options)
        (graph,) = trace_functions((function,), site)
        return plan_files(function, graph, site).unimportable

    return run


@pytest.mark.parametrize(
    ("code", "packages"),
    [
        ("import absent\n", {}),
        ("import absent.part as part\n", {}),
        ("from absent import part\n", {}),
        ("import absent, lib\n", {"lib": {"lib.py": "import sys\nsys.modules['other'] = None\n"}}),
        # In a comment, or in a package that does not ship.
        ("import absent  # sys.modules\n", SIX),
        ("import absent\nimport sys\nsys.path.insert(0, 'vendored')\n", {}),
    ],
)
def test_surely(unimportable, code, packages):
    """A top-level module that nothing has, imported when the handler loads, is an error."""
    own = {"app.py": code, "vendored/other.py": ""}

    (problem,) = unimportable(own, packages)

    assert problem.startswith("`app.py:1` imports `absent")


def test_through_modules(unimportable):
    """Imports at load lead to the error from file to file, and each module is told once."""
    own = {
        "app.py": "from shop import orders\nimport shop.other\n",
        "shop/__init__.py": "",
        "shop/orders.py": "class Order:\n    import absent\n",
        "shop/other.py": "import absent\n",
    }

    assert unimportable(own) == (ERROR.replace("app.py:1", "shop/orders.py:2"),)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    import absent\nexcept ImportError:\n    absent = None\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import absent\n",
        "def handle(event, context):\n    import absent\n",
        "import os\nif os.environ.get('X'):\n    import absent\n",
        "import os\nfor name in os.environ:\n    import absent\n",
        "import os\nwhile os.environ.get('X'):\n    import absent\n",
        "import os\nmatch os.environ.get('X'):\n    case 'a':\n        import absent\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import absent\n",
        "import os\nif os.environ.get('X'):\n    import part\n",
        "def handle(event, context):\n    import part\n",
        "NAMES = ['part.x']\n",
    ],
)
def test_not_surely(unimportable, code):
    """What may not run when the handler loads, or comes by anything else than imports at load, is none."""
    assert unimportable({"app.py": code, "part.py": "import absent\n"}) == ()


@pytest.mark.parametrize(
    "code",
    [
        "import sys\nsys.modules['absent'] = sys\nimport absent\n",
        "import sys as system\nsystem.meta_path.append(object())\nimport absent\n",
        "from sys import modules\nimport absent\n",
        "import sys\nsys.path.append('/mnt/packages')\nimport absent\n",
        "import os, sys\nsys.path.append(os.environ['PACKAGES'])\nimport absent\n",
        "import helper\nimport absent\n",
    ],
)
def test_first_party_code_that_may_make_it(unimportable, code):
    """First-party code that touches the machinery of imports may make any module."""
    assert unimportable({"app.py": code, "helper.py": "import sys\nsys.path_hooks.insert(0, print)\n"}) == ()


def test_a_package_that_makes_it(unimportable):
    """A package that ships and makes modules under that very name brings it."""
    assert unimportable("import shim\nimport absent\n", SIX) == ()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("absent", {"has_foreign_layers": True}),
        ("absent", {"external": ("absent",)}),
        ("boto3", {}),
        ("json", {}),
        ("simplejson", {"runtime": "python3.9"}),
    ],
)
def test_what_something_else_brings(unimportable, name, options):
    """Layers of which nothing is known, what the settings say and what a runtime may have are no error."""
    assert unimportable(f"import {name}\n", **options) == ()


def test_packages_are_only_warned_of(unimportable):
    """An import of a package's that nothing provides may be one that no use of it reaches."""
    assert unimportable("import lib\n", {"lib": {"lib.py": "import absent\n"}}) == ()


def test_folders_that_are_not_on_the_path(unimportable):
    """Where the project has the module below a folder, the message says how that comes on the path."""
    own = {"app.py": "from shop.orders import Order\n", "src/shop/__init__.py": "", "src/shop/orders.py": ""}

    (problem,) = unimportable(own)

    assert problem.partition("; ")[2] == (
        "`src` has it, and is not on Python's path: `PYTHONPATH: src` among the variables puts it there"
    )


def test_folders_of_data(unimportable):
    """A folder without a Python file is a package all the same."""
    assert unimportable({"app.py": "import config\n", "config/dev.yml": ""}) == ()


def test_parts_that_a_package_lacks(unimportable):
    """A package may make the parts of itself that no file is."""
    assert unimportable("import lib.moves\n", {"lib": {"lib/__init__.py": ""}}) == ()


def test_a_reason_that_cannot_be(tmp_path):
    """What a module asks for behind an import that it cannot survive is the reason for nothing that has another one."""
    packages = {
        "lib": {
            "lib/__init__.py": "try:\n    from lib import broken\nexcept ImportError:\n    pass\nimport lib.deep\n",
            "lib/broken.py": "import early\nimport absent\ndef run():\n    import helper, only\n",
            "lib/deep.py": "import lib.deeper\n",
            "lib/deeper.py": "import helper\n",
        },
        "helper": {"helper.py": ""},
        "early": {"early.py": ""},
        "only": {"only.py": ""},
    }
    site = make_site(tmp_path / "own", {"app.py": "import lib\n"}, packages)
    function = make_function(tmp_path / "own")
    (graph,) = trace_functions((function,), site)

    causes = {one.file.path: one.cause.source for one in plan_files(function, graph, site).files}

    assert [causes[name] for name in ("helper.py", "early.py", "only.py")] == [
        "lib/deeper.py",
        "lib/broken.py",
        "lib/broken.py",
    ]


ROOT = "the top level, where no module has a package"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({"app.py": "from .helper import V\n", "helper.py": ""}, ("app.py:1", ".helper", ROOT)),
        (
            {"app.py": "import helper\n", "helper.py": "from . import other\n", "other.py": ""},
            ("helper.py:1", ".", ROOT),
        ),
        ({"app.py": "from ..a.b import c\n", "a/b.py": ""}, ("app.py:1", "..a.b", ROOT)),
        (
            {"app.py": "from shop import one\n", "shop/one.py": "from ..helper import V\n", "helper.py": ""},
            ("shop/one.py:1", "..helper", "its top-level package `shop`"),
        ),
        ({"app.py": "class C:\n    from .helper import V\n", "helper.py": ""}, ("app.py:2", ".helper", ROOT)),
        ({"app.py": "try:\n    from .helper import V\nexcept KeyError:\n    pass\n"}, ("app.py:2", ".helper", ROOT)),
    ],
)
@pytest.mark.parametrize("has_foreign_layers", [False, True])
def test_relative_imports_that_lead_out(unimportable, own, expected, has_foreign_layers):
    """Lambda imports a handler at the root as a module of no package: whatever lies beside it, a dot leads nowhere."""
    place, name, where = expected

    (problem,) = unimportable(own, has_foreign_layers=has_foreign_layers)

    assert problem.startswith(f"`{place}` has the relative import `{name}`, which leads out of {where}; ")


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    from .helper import V\nexcept ImportError:\n    from helper import V\n",
        "try:\n    from .helper import V\nexcept Exception:\n    V = 1\n",
        "__package__ = 'shop'\nfrom .helper import V\n",
        "def handle(event, context):\n    from .helper import V\n",
        "import os\nif os.environ.get('X'):\n    from .helper import V\n",
        "if __name__ == '__main__':\n    from .helper import V\n",
        "import shop.one\n",
        "def handle(event, context):\n    import loose\n",
    ],
)
def test_relative_imports_that_may_do(unimportable, code):
    """One that is caught, does not run at load or stands in a package is none that keeps a function from starting."""
    own = {
        "app.py": code,
        "helper.py": "",
        "loose.py": "from .helper import V\n",
        "shop/__init__.py": "",
        "shop/one.py": "from . import two\nfrom .two import V\n",
        "shop/two.py": "",
    }

    assert unimportable(own) == ()


def test_a_module_that_has_a_package_under_another_name(unimportable):
    """What lies in a folder on the path may be loaded by its longer name, by which the import works."""
    own = {
        "app.py": "import sys\nsys.path.insert(0, 'shop')\nimport one\n",
        "shop/one.py": "from .two import V\n",
        "shop/two.py": "",
    }

    assert unimportable(own) == ()


def test_a_handler_in_a_folder_on_the_path(tmp_path):
    """The handler is imported by the name that the settings give it, wherever it lies."""
    site = make_site(tmp_path / "own", {"src/app.py": "from .helper import V\n", "src/helper.py": ""})
    function = replace(make_function(tmp_path / "own"), search_folders=("src",), handler_path="src/app.py")

    (graph,) = trace_functions((function,), site)

    (problem,) = plan_files(function, graph, site).unimportable
    assert problem.startswith(f"`src/app.py:1` has the relative import `.helper`, which leads out of {ROOT}; ")


def test_a_relative_import_in_a_function_is_told(plan):
    """It fails when the function runs."""
    result = plan({"app.py": "def handle(event, context):\n    from .helper import V\n", "helper.py": ""})

    (warning,) = result.warnings
    assert warning.startswith(f"`app.py:2` has the relative import `.helper`, which leads out of {ROOT}; ")
    assert warning.endswith(" (Python refuses it where it runs)")

"""Own packages that are looked through for modules, and functions that are only called so."""

import pytest

from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

LISTER = """\
import pkgutil
from importlib import import_module


def scan(package=None): return walk(package)
def find_modules(package): return walk(package)
class PackageLoader:
    def autodiscover(self, package): return walk(package)
def walk(package): return [import_module(found.name) for found in pkgutil.walk_packages(package.__path__)]
"""
LOADER = "from importlib import import_module\ndef load_parts(name): return import_module(name)\n"
OWN = {"shop/__init__.py": "", "shop/views/__init__.py": "", "shop/views/deep/one.py": "", "shop/other.py": ""}


@pytest.mark.parametrize(
    "call",
    [
        "import shop.views\nfinder.scan(shop.views)",
        "import shop.views\nfrom finder import scan as look\nlook(shop.views)",
        "from shop import views\nfinder.find_modules(package=views)",
        "finder.PackageLoader().autodiscover('shop.views')",
        "from host import Configurator\nfrom shop import views\nConfigurator().scan(views)",
        "from shop.tools import scan\nscan('shop.views')",
    ],
)
def test_own_packages_that_are_scanned(found, call):
    """An own package that is given to a function which looks for modules is used whole, whoever hands it on."""
    own = {**OWN, "app.py": f"import finder\n{call}\n", "shop/tools.py": "import finder\ndef scan(p): finder.walk(p)\n"}
    host = "import finder\nclass Configurator:\n    def scan(self, package): finder.walk(package)\n"

    reached = found(own, {"finder": {"finder.py": LISTER}, "host": {"host.py": host}}, requires={"host": ("finder",)})

    assert reached["shop/views/deep/one.py"] == "dynamic"
    assert "shop/other.py" not in reached


@pytest.mark.parametrize(
    "code",
    [
        "table = boto3.resource('dynamodb').Table('t')\ntable.scan()",
        "db.scan()",
        "redis.Redis().scan(__name__)",
        "from redis import Redis as r\nr().scan('shop')",
        "logger.register('shop')",
        "'a shop'.find('shop')\ntext.find('shop')",
        "json.load('shop')",
        "import shop\nshop.other.find(shop)",
    ],
)
@pytest.mark.parametrize("more", [{}, {"lister": {"lister.py": LISTER.replace("scan", "look_through")}}])
def test_functions_that_are_only_called_so(found, code, more):
    """Nothing that ships, and has a function of that name, looks through packages: a table is read, a text searched."""
    packages = {"redis": {"redis.py": "class Redis:\n    def scan(self, cursor=0): ...\n"}, **more}
    imports = "".join(f"import {name}\n" for name in ["boto3", "json", *packages])
    own = {
        **OWN,
        "app.py": "import shop\n",
        "shop/__init__.py": f"{imports}from shop import db\n{code}\n",
        "shop/db.py": "",
    }

    assert not {"shop/other.py", "shop/views/__init__.py"} & found(own, packages).keys()


@pytest.mark.parametrize("own_lister", [True, False])
def test_own_code_looks_through_its_packages(found, own_lister):
    """A function of the project's own counts where it lists packages that it is given."""
    own = {**OWN, "app.py": "from shop import views\nfrom lister import scan\nscan(views)\n"}

    reached = found({**own, "lister.py": LISTER if own_lister else "def scan(package): return package.tables\n"})

    assert ("shop/views/deep/one.py" in reached) is own_lister


def test_who_imports_by_name_may_look_through_what_it_is_given(found):
    """A library that imports what it is told may make names of what lies in a package."""
    own = {**OWN, "app.py": "from shop import views\nimport loader\nloader.load_parts(views)\n"}

    assert "shop/views/deep/one.py" in found(own, {"loader": {"loader.py": LOADER}})


def test_who_lists_a_path_that_a_package_may_have(found):
    """What is listed may come from a package in more than one way."""
    lister = (
        "import pkgutil\ndef scan(module):\n    path = getattr(module, '__path__', None)\n"
        "    base = f'{module}/{path}'\n    path = base\n    return list(pkgutil.iter_modules(path))\n"
    )
    own = {**OWN, "app.py": "import shop\n", "shop/__init__.py": "import lister\nlister.scan()\n"}

    assert "shop/other.py" in found(own, {"lister": {"lister.py": lister}})


def test_a_layer_from_elsewhere_may_bring_who_scans(found):
    """Of what a layer brings nothing is known."""
    own = {**OWN, "app.py": "import shop\n", "shop/__init__.py": "import finder\nfinder.scan()\n"}

    assert ["shop/other.py" in found(own, has_foreign_layers=is_brought) for is_brought in (False, True)] == [
        False,
        True,
    ]


@pytest.mark.parametrize("name", ["'shop'", "__name__", "__package__"])
@pytest.mark.parametrize(("folder", "is_scanned"), [("templates", False), ("parts", True), ("none", True)])
def test_own_packages_that_are_named_for_their_data(found, name, folder, is_scanned):
    """A package that is given to a loader along with a folder of data in it is not looked through for modules."""
    own = {
        "app.py": "import shop\n",
        "shop/__init__.py": f"from pages import PackageLoader\nPackageLoader({name}, '{folder}')\n",
        "shop/one.py": "",
        "shop/parts/__init__.py": "",
        "shop/templates/a.html": "",
    }

    reached = found(own, {"pages": {"pages.py": LISTER}})

    assert ("shop/one.py" in reached) is is_scanned


def test_scan_looks_through_the_package_that_calls_it(found):
    """`scan()` takes the package of the module that calls it."""
    own = {"app.py": "import shop\n", "shop/__init__.py": "import finder\nfinder.scan()\n", "shop/one.py": ""}

    assert found(own, {"finder": {"finder.py": LISTER}})["shop/one.py"] == "dynamic"


def test_packages_of_others_are_not_scanned_whole(found):
    """A package of another distribution stays what its own code leads to; so does a package that only logs by name."""
    own = {"app.py": "import pkg, logging\npkg.find(pkg)\nlogging.getLogger('shop')\n"}
    own |= {"shop/__init__.py": "", "shop/one.py": ""}

    assert set(found(own, {"pkg": {"pkg/__init__.py": "", "pkg/one.py": ""}})) == {"pkg/__init__.py"}


@pytest.mark.parametrize(
    ("external", "is_followed"), [(("quiet",), False), (("finder",), True), (("quiet", "elsewhere"), True)]
)
def test_what_is_external_may_scan(tmp_path, external, is_followed):
    """What something else provides is not traced, but what of it is in the lock says whether it lists packages."""
    own = {**OWN, "app.py": "import shop\n", "shop/__init__.py": "import finder\nfinder.scan()\n"}
    packages = {"quiet": {"quiet.py": ""}, "finder": {"finder.py": LISTER if "finder" in external else ""}}
    site = make_site(tmp_path / "own", own, packages)

    (graph,) = trace_functions((make_function(tmp_path / "own", external=external),), site)

    assert ("shop/other.py" in graph.modules) is is_followed

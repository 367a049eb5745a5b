"""Data and modules of what is handed to who takes folders."""

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


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

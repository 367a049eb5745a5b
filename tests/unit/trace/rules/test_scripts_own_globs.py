"""Files that their own glob finds."""

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

LISTS = "import glob, os\nfound = glob.glob(os.path.join(os.path.dirname(__file__), '{}'))\n"


def kept_sources(folder, package):
    site = make_site(folder / "own", {"app.py": "import pkg\n"}, {"pkg": package})
    function = make_function(folder / "own")
    (graph,) = trace_functions((function,), site)
    return [one.file.path for one in plan_files(function, graph, site).files if one.source_need and one.file.owner]


def test_what_it_finds(tmp_path):
    """A file that looks for Python files in its own folder is to find itself."""
    assert "pkg/__init__.py" in kept_sources(tmp_path, {"pkg/__init__.py": LISTS.format("*.py")})


def test_what_it_must_not_catch(tmp_path):
    """A glob for other files does not find it."""
    assert kept_sources(tmp_path, {"pkg/__init__.py": LISTS.format("*.csv"), "pkg/a.csv": ""}) == []

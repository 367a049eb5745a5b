"""Every edge tells which mechanism made it, so that each can be weighed by itself."""

from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


def edges_of(folder, own, packages=None):
    site = make_site(folder / "own", own, packages)
    (graph,) = trace_functions((make_function(folder / "own"),), site)
    return [edge for found in graph.edges.values() for edge in found]


def test_every_edge_has_a_rule(tmp_path):
    """Statements, packages, strings and data each go by the name of their mechanism."""
    own = {
        "app.py": (
            "import importlib, os\nfrom pkg import part\nimportlib.import_module('named')\n"
            "open(os.path.join(os.path.dirname(__file__), 'data', 'table.csv'))\ndef handle(event, context): ...\n"
        ),
        "named.py": "",
        "data/table.csv": "",
    }
    edges = edges_of(tmp_path, own, {"pkg": {"pkg/__init__.py": "", "pkg/part.py": ""}})

    assert {(edge.target, edge.rule) for edge in edges} >= {
        ("pkg/__init__.py", "package"),
        ("pkg/part.py", "import"),
        ("named.py", "calls.import-module"),
        ("data/table.csv", "data.path"),
    }
    assert all(edge.rule for edge in edges)


def test_two_mechanisms_that_find_the_same_both_tell(tmp_path):
    """What one alone brings can only be told where another's edge to the same file is kept too."""
    own = {"app.py": "import importlib\nimportlib.import_module('pkg.part')\nuse('pkg.part:name')\nhandle = 1\n"}
    edges = edges_of(tmp_path, own, {"pkg": {"pkg/__init__.py": "", "pkg/part.py": ""}})

    found = {edge.rule for edge in edges if edge.target == "pkg/part.py"}
    assert found == {"calls.import-module", "first-party.strings"}

"""Modules that ship because first-party code hands a value from outside to what makes code of it."""

import pytest

from bundler.model.project import Deployment, Shake, ShakeMode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

TASK = (
    "from importlib import import_module\ndef handle(event, context):\n    return import_module(event['task']).run()\n"
)


@pytest.fixture
def shipped(tmp_path):
    """Return the modules that a plan ships beside the handler, those in doubt with a question mark."""

    def run(own, packages=None, *, handler="app.handle", handlers=(), **options):
        site = make_site(tmp_path / "own", own, packages)
        function = make_function(tmp_path / "own", handler, **options)
        deployment = Deployment(handler_files=frozenset(tmp_path / "own" / path for path in handlers))
        (graph,) = trace_functions((function,), site, deployment)
        files = [planned for planned in plan_files(function, graph, site).files if planned.module is not None]
        marks = {file.file.path: "?" if file.cause.kind == "doubt" else "" for file in files}
        return [f"{path}{mark}" for path, mark in sorted(marks.items()) if path != function.handler_path]

    return run


def test_a_handler_at_the_root(shipped):
    """Any module of the root and its packages may be meant, but no other function's handler, no test and no tool."""
    own = {
        "app.py": TASK,
        "other.py": "import shop.helper",
        "tasks.py": "",
        "shop/__init__.py": "",
        "shop/helper.py": "",
        "tests/test_app.py": "",
        "setup.py": "",
        "conftest.py": "",
    }
    found = shipped(own, handlers=("app.py", "other.py"))
    assert found == ["shop/__init__.py?", "shop/helper.py?", "tasks.py?"]


def test_a_handler_in_a_package(shipped):
    """Any module of the handler's own top-level package may be meant, and none beside it."""
    own = {"shop/__init__.py": "", "shop/api.py": TASK, "shop/tasks/mail.py": "import helpers", "lone.py": ""}
    own["helpers.py"] = ""
    found = shipped(own, handler="shop.api.handle")
    assert found == ["helpers.py", "shop/__init__.py", "shop/tasks/mail.py?"]


def test_a_head_that_is_known(shipped):
    """Where the name's head is written down, what it means ships and nothing else."""
    code = "from importlib import import_module\ndef handle(event, context): import_module('tasks.' + event['task'])\n"
    own = {"app.py": code, "tasks/__init__.py": "", "tasks/one.py": "", "lone.py": ""}
    assert shipped(own) == ["tasks/__init__.py", "tasks/one.py"]


def test_distributions_that_first_party_code_imports(shipped):
    """All their modules may be meant; those of others, whoever requires them, may not."""
    own = {"app.py": f"import lib.core\n{TASK}"}
    packages = {
        "lib": {"lib/__init__.py": "import below", "lib/core.py": "", "lib/image/svg.py": "", "lib/tests/x.py": ""},
        "below": {"below/__init__.py": "", "below/more.py": ""},
        "unused": {"unused.py": ""},
    }
    found = ["below/__init__.py", "lib/__init__.py", "lib/core.py", "lib/image/svg.py?"]
    assert shipped(own, packages) == found
    assert shipped(own, packages, shake=Shake(default=ShakeMode.TRACED)) == found[:3]


def test_what_the_user_leaves_out(shipped):
    """Excluded files and patterns stand above doubt."""
    own = {"app.py": TASK, "one.py": "", "two.py": "", "three.py": ""}
    assert shipped(own, exclude=("two.py",), patterns=("!three.py",)) == ["one.py?"]


def test_a_value_that_can_be_told(shipped):
    """What first-party code writes down is no doubt."""
    own = {"app.py": "from importlib import import_module\nimport_module('one')\n", "one.py": "", "two.py": ""}
    assert shipped(own) == ["one.py"]


def test_imports_of_what_ships_in_doubt(shipped):
    """First-party code in doubt leads on into what ships anyway, in functions too, and brings no other distribution."""
    own = {"app.py": f"import lib\n{TASK}", "one.py": "import alone\ndef f():\n    import lib.more"}
    packages = {"lib": {"lib/__init__.py": "", "lib/more.py": ""}, "alone": {"alone.py": ""}}
    without = Shake(distributions=(("lib", ShakeMode.TRACED),))
    assert shipped(own, packages, shake=without) == ["lib/__init__.py", "lib/more.py", "one.py?"]
    assert shipped(own, packages, shake=Shake(default=ShakeMode.TRACED)) == ["lib/__init__.py"]


LOADS = "def load(name):\n    return __import__(name)\n"
THROUGH = {
    "a function": "from lib.loads import load\ndef decode(text):\n    name = text.strip()\n    return load(name)\n",
    "a method": "from lib.loads import load\nclass decode:\n"
    "    def __init__(self, text): self.text = text\n    def run(self): return load(self.text)\n",
    "a value": "from lib import loads\ndef pick(): \n    made = loads.load\n    return made\n"
    "def decode(text):\n    run = pick()\n    return run(text)\n",
    "a name": "from lib import loads\ndecode = loads.load\n",
    "many": "from lib.loads import load\ndef decode(text): return more(name=text)\ndef more(name): return load(name)\n",
}


@pytest.mark.parametrize("way", THROUGH)
def test_a_parameter_that_reaches_a_sink(shipped, way):
    """A value that first-party code hands to such a parameter may name its own code."""
    packages = {"lib": {"lib/__init__.py": "", "lib/loads.py": LOADS, "lib/api.py": THROUGH[way]}}
    run = ".run()" if way == "a method" else ""
    own = {
        "app.py": f"from lib import api\ndef handle(event, context): api.decode(event['body']){run}\n",
        "one.py": "",
    }
    assert "one.py?" in shipped(own, packages)


@pytest.mark.parametrize(
    ("api", "call"),
    [
        ("from lib.loads import load\ndef decode(text): return load('lib.loads')\n", "api.decode(event)"),
        ("from lib.loads import load\ndef decode(text): return load(text)\n", "api.decode('lib.loads')"),
        ("from lib.loads import load\ndef decode(text, kind): return load(kind)\n", "api.decode(event, 'lib.loads')"),
        (
            "from lib.loads import load\ndef decode(text): return load(text)\ndef other(t): return t\n",
            "api.other(event)",
        ),
        ("def decode(text): return text.load()\n", "api.decode(event)"),
    ],
)
def test_a_parameter_that_does_not(shipped, api, call):
    """What is told, or is handed to another parameter or function, names nothing."""
    packages = {"lib": {"lib/__init__.py": "", "lib/loads.py": LOADS, "lib/api.py": api}}
    own = {"app.py": f"from lib import api\ndef handle(event, context):\n    {call}\n", "one.py": ""}
    assert "one.py?" not in shipped(own, packages)

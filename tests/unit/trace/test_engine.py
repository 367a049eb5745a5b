"""What the engine promises to rules: none is left out, and none has to come before another."""

import random
from importlib import import_module
from pathlib import Path

import pytest

from bundler.trace import engine, rules, trace_functions
from bundler.trace.rules import FILE_RULES, RULES, RULES_IN_DOUBT, SHIPPING_RULES
from tests.support.sites import make_function, make_site

FOLDER = Path(rules.__file__).parent

SITES = {
    "plugins": (
        {"app.py": "import host\nNAMES = ['host_one']\n"},
        {
            "host": {
                "host/__init__.py": (
                    "import pkgutil, importlib\n"
                    "def load():\n"
                    "    for found in pkgutil.iter_modules():\n"
                    "        if found.name.startswith('host_'):\n"
                    "            importlib.import_module(found.name)\n"
                ),
            },
            "host_one": {"host_one/__init__.py": "PARTS = ['part.Thing']\n", "host_one/part.py": ""},
        },
    ),
    "lazy": (
        {"app.py": "from kit import load, made\nload('fast')\n"},
        {
            "kit": {
                "kit/__init__.py": (
                    "import importlib\n_NAMES = {'made': '.maker', 'other': '.unused'}\n"
                    "def __getattr__(name):\n"
                    "    return getattr(importlib.import_module(_NAMES[name], __name__), name)\n"
                    "from kit.loading import load\n"
                ),
                "kit/loading.py": (
                    "import importlib\ndef load(name):\n    return importlib.import_module('kit.parts.' + name)\n"
                ),
                "kit/parts/__init__.py": "",
                "kit/parts/fast.py": "",
                "kit/parts/slow.py": "",
                "kit/maker.py": "WORD = 'kit.told'\n",
                "kit/told.py": "",
                "kit/unused.py": "",
            }
        },
    ),
    "roots": (
        {
            "app.py": "import os, sys\nimport late\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\n",
            "lib/late.py": "import importlib\nimportlib.import_module('later')\n",
            "lib/later.py": "",
        },
        {"pkg": {"pkg/__init__.py": ""}},
    ),
    "doubt": (
        {
            "app.py": "import importlib, taker\ndef f(event):\n    importlib.import_module(event['name'])\n",
            "more.py": "",
        },
        {
            "taker": {
                "taker/__init__.py": "import importlib, sys\ndef load(name):\n    importlib.import_module(name)\n"
                "def folder(name):\n    return sys.modules[name].__file__\nread(__path__)\n",
                "taker/plugin.py": "import needed\n",
                "taker/words.sql": "x" * 900,
            },
            "needed": {"needed.py": "", "needed.txt": "x" * 900},
        },
    ),
    "loaders": (
        {"app.py": "import front\n"},
        {
            "front": {
                "front/__init__.py": "import back\nENGINES = {'one': 'back.engines:One', 'two': 'front.own.Engine'}\n",
                "front/own.py": "",
            },
            "back": {
                "back/__init__.py": "import importlib\ndef use(name):\n    return importlib.import_module(name)\n",
                "back/engines.py": "",
                "back/never.py": "",
            },
        },
    ),
}


def test_every_file_of_rules_is_asked():
    """A mechanism is one file: whoever adds it puts it into the list, and its name is its own."""
    stems = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    listed = [import_module(f"bundler.trace.rules.{stem}").RULE for stem in sorted(stems)]

    assert sorted([*RULES, *RULES_IN_DOUBT, *FILE_RULES, *SHIPPING_RULES], key=id) == sorted(listed, key=id)
    assert len({rule.id for rule in listed}) == len(listed)
    assert all(rule.id.startswith("doubt.") == (rule in RULES_IN_DOUBT) for rule in listed)


@pytest.mark.parametrize("stem", sorted({path.stem for path in FOLDER.glob("*.py")} - {"__init__"}))
def test_every_rule_tells_its_evidence(stem):
    """A rule begins with a library that needs it and with what it must not catch, and has a test of both."""
    text = import_module(f"bundler.trace.rules.{stem}").__doc__

    assert "\nEvidence: " in text
    assert "\nNot caught: " in text
    assert (Path(__file__).parent / "rules" / f"test_{stem}.py").is_file()


@pytest.mark.parametrize("name", SITES)
def test_the_order_of_rules_is_all_the_same(tmp_path, monkeypatch, name):
    """Demands only ever add: rules asked in any order reach the same files by the same edges."""
    own, packages = SITES[name]
    site = make_site(tmp_path / "own", own, packages, requires={"front": ("back",)} if "front" in packages else None)
    graphs = []
    for seed in range(5):
        shuffled = random.Random(seed).sample(RULES, len(RULES))
        monkeypatch.setattr(engine, "RULES", tuple(shuffled))
        monkeypatch.setattr(
            engine, "RULES_IN_DOUBT", tuple(random.Random(seed).sample(RULES_IN_DOUBT, len(RULES_IN_DOUBT)))
        )
        graphs.extend(trace_functions((make_function(tmp_path / "own"),), site))

    assert len(graphs[0].edges["app.py"]) > 0
    assert all(graph.edges == graphs[0].edges for graph in graphs)
    assert all((graph.modules, graph.missing) == (graphs[0].modules, graphs[0].missing) for graph in graphs)

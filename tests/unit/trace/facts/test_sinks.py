"""Where a file turns a value that nobody can tell into code."""

import textwrap

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts.read import read_facts

TARGET = make_target("python3.12", Architecture.X86_64)


def sinks_of(code):
    facts = read_facts(textwrap.dedent(code).encode(), target=TARGET, is_own=False)
    assert not facts.error
    return [(fact.sink, fact.line) for fact in facts.sinks]


@pytest.mark.parametrize(
    ("code", "sink"),
    [
        ("import importlib\ndef load(name):\n    importlib.import_module(name)", "importlib.import_module"),
        ("import importlib\n\nload = lambda x: importlib.import_module(x + '.plugin')", "importlib.import_module"),
        ("from importlib import import_module\n\nimport_module(f'{ask()}.views')", "importlib.import_module"),
        ("from importlib import import_module\n\nlist(map(import_module, ask()))", "importlib.import_module"),
        ("from importlib import import_module\n\nload = {'do': import_module}", "importlib.import_module"),
        ("def load(name):\n\n    return __import__(name)", "__import__"),
        ("T = {'a': ask()}\ndef load(k):\n    return __import__(T[k])", "__import__"),
        ("T = {'a': ('x', 1)}\ndef load(k):\n    n, m = T[k]; return __import__(m)", "__import__"),
        ("from pkgutil import resolve_name\n\nresolve_name(ask())", "pkgutil.resolve_name"),
        ("from pydoc import locate\n\nlocate(ask())", "pydoc.locate"),
        ("import pydoc\n\npydoc.locate(ask())", "pydoc.locate"),
        ("import runpy\n\nrunpy.run_module(ask())", "runpy.run_module"),
        ("import runpy\n\nrunpy.run_path(ask())", "runpy.run_path"),
        ("import pkgutil\ndef find(package):\n    pkgutil.iter_modules(package.__path__)", "pkgutil.iter_modules"),
        ("import pkgutil\ndef find(path):\n    pkgutil.walk_packages([path])", "pkgutil.walk_packages"),
        ("import pkgutil\n\nfind(pkgutil.walk_packages)", "pkgutil.walk_packages"),
        (
            "import importlib.util\ndef f(p):\n    importlib.util.spec_from_file_location('x', p)",
            "util.spec_from_file_location",
        ),
        (
            "from importlib.machinery import SourceFileLoader\n\nSourceFileLoader('x', ask())",
            "machinery.SourceFileLoader",
        ),
        ("def run(spec, module):\n\n    spec.loader.exec_module(module)", "exec_module"),
        ("def run(finder, name):\n\n    finder.find_module(name).load_module(name)", "load_module"),
        (
            """\
            from importlib import util
            def load(name):
                spec = util.find_spec(name)
                module = util.module_from_spec(spec)
                spec.loader.exec_module(module)
            """,
            "util.find_spec",
        ),
        ("import pickle\n\npickle.loads(ask())", "pickle.loads"),
        ("import pickle\ndef load(path):\n    return pickle.load(open(path, 'rb'))", "pickle.load"),
        ("import pickle\n\npickle.load(open('/tmp/model.pkl', 'rb'))", "pickle.load"),
        ("from .compat import pickle\n\npickle.load(ask())", "pickle.load"),
        ("import pickle\n\nclass Mine(pickle.Unpickler): pass", "pickle.Unpickler"),
        ("import pickle\n\nLOADERS = {'pickle': pickle.loads}", "pickle.loads"),
        ("from logging.config import dictConfig\n\ndictConfig(ask())", "config.dictConfig"),
        (
            "import unittest\n\nunittest.defaultTestLoader.loadTestsFromName(ask())",
            "defaultTestLoader.loadTestsFromName",
        ),
        ("with open(ask()) as file:\n    text = file.read()\nexec(text)", "exec"),
        ("with open(ask()) as f:\n    code = compile(f.read(), 'x', 'exec')\nexec(code, {})", "exec"),
        ("from importlib.metadata import EntryPoint\n\nEntryPoint('a', ask(), 'b').load()", "metadata.EntryPoint"),
        ("from pkg_resources import EntryPoint\n\nEntryPoint.parse(ask()).resolve()", "EntryPoint.parse"),
        ("import imp\n\nimp.load_source('x', ask())", "imp.load_source"),
        ("import zipimport\n\nzipimport.zipimporter(ask())", "zipimport.zipimporter"),
    ],
)
def test_a_value_that_nobody_can_tell(code, sink):
    """Whatever function makes code of it, called or handed on, is a sink."""
    found = sinks_of(code)
    assert [name for name, _ in found] == [sink]
    assert found[0][1] in {2, 3, 4}


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module('one.a')",
        "from importlib import import_module\nfor name in ('a', 'b'):\n    import_module(f'one.{name}')",
        "from importlib import import_module\ndef load(name):\n    import_module('one.plugins.' + name)",
        "from importlib import import_module\ndef load(name):\n    import_module('.' + name, __package__)",
        "TABLE = {'a': 'one.a'}\ndef load(key):\n    __import__(TABLE[key])",
        "T = {'a': ('one.a', 'A'), 'b': ('one.b', 'B')}\ndef f(k):\n    m, n = T[k]\n    return __import__(m)",
        "A = {'a': 'one.a'}\nB = {'b': 'one.b'}\ndef f(k, x):\n    t = A if x else B\n    return __import__(t[k])",
        f"T = {dict.fromkeys(map(str, range(40)), 'one.a')}\ndef f(k): __import__(T[k])",
        "import pkgutil\npkgutil.iter_modules(__path__)",
        "import pkgutil, one\npkgutil.walk_packages(one.__path__, 'one.')",
        "import pkgutil\npkgutil.iter_modules()",
        "import runpy, os\nrunpy.run_path(os.path.join(os.path.dirname(__file__), 'job.py'))",
        "from importlib import util\ndef has(name):\n    return util.find_spec(name) is not None",
        "class Loader:\n    def exec_module(self, module):\n        self.loader.exec_module(module)",
        "class Builder:\n    def load_module(self, name):\n        return self.build(name)\nBuilder().load_module('x')",
        "exec(f'def made(self): return {name}')",
        "model.eval()\nframe.eval('a + b')",
        "import pickle\npickle.dumps(1)",
        "from setuptools import find_packages\nfind_packages()",
        "import pydoc\npydoc.locate('one.Thing')",
        "import pickle\nwith open('model.pkl', 'rb') as file:\n    pickle.load(file)",
        "import os, pickle\nHERE = os.path.dirname(__file__)\ndef load(n): pickle.load(open(f'{HERE}/{n}'))",
        "import pickle, pathlib\npickle.loads(pathlib.Path(__file__).with_name('a.pkl').read_bytes())",
        "from logging.config import dictConfig\nSETTINGS = {'version': 1}\ndictConfig(SETTINGS)",
        "from logging.config import dictConfig\nfrom shop.settings import LOGGING\ndictConfig(LOGGING)",
        "from logging.config import fileConfig\nfileConfig('logging.ini')",
    ],
)
def test_what_can_be_told(code):
    """A name, a path or the head of one that is written down, and what only asks or makes text, is no sink."""
    assert sinks_of(code) == []

"""What reads Python source: `inspect.getsource` and its kin, and whose source it is that ships."""

import pytest

from bundler.model.project import Architecture
from bundler.plan import plan_files
from bundler.runtimes import make_target
from bundler.trace import trace_functions
from bundler.trace.facts.handed import Handed, read_handed
from bundler.trace.facts.read import read_facts
from tests.support.sites import make_function, make_site

READER = "import inspect\ndef describe(thing):\n    return inspect.getsource(thing)\n"
TARGET = make_target("python3.12", Architecture.X86_64)


def facts_of(text):
    return read_facts(text.encode(), target=TARGET, is_own=False)


@pytest.mark.parametrize(
    ("call", "named", "is_unknown"),
    [
        ("inspect.getsource(thing)", [], True),
        ("inspect.getsource(object=thing)", [], True),
        ("inspect.getsourcelines(a.b.C)", ["a.b.C"], False),
        ("inspect.findsource(near)", [".near"], False),
        ("read(Here)", ["\x03"], False),
        ("textwrap.dedent(read(Here.method))", ["\x03"], False),
        ("read(type(thing))", [], True),
        ("read(lambda: 0)", ["\x03"], False),
        ("[read(each) for each in (Here, a.C)]", ["\x03", "a.C"], False),
        ("[read(each) for each in HELD]", ["\x03"], False),
        ("list(map(read, (Here, a.C)))", ["\x03", "a.C"], False),
        ("[read(each) for each in FILLED]", [], True),
        ("load(read)", [], True),
        ("read(sys.modules[__name__])", ["\x03"], False),
        ("read(sys.modules['a.b'])", ["a.b"], False),
        ("read(importlib.import_module('a.b'))", ["a.b"], False),
        ("read(sys.modules[thing])", [], True),
        ("inspect.getfile(thing)", [], True),
        ("inspect.getsourcefile(a)", ["a"], False),
        ("__loader__.get_source(__name__)", ["\x03"], False),
        ("importlib.util.find_spec('a.b').loader.get_source('a.b')", ["a.b"], False),
        ("loader.get_source(thing)", [], True),
        ("loader.get_source(environment, thing)", [], False),
        ("linecache.getlines(__file__)", ["\x03"], False),
        ("linecache.getline(thing.__code__.co_filename, 1)", [], True),
        ("linecache.getline(frame.f_code.co_filename, frame.f_lineno)", [], False),
        ("open(__file__)", ["\x03"], False),
        ("Path(__file__).read_text()", ["\x03"], False),
        ("open(a.__file__)", ["a"], False),
        ("open(__file__ + '.json')", [], False),
        ("torch.jit.script(thing)", ["\x03", "torch.jit.script"], True),
        ("inspect.signature(thing)", [], False),
    ],
)
def test_what_is_read(call, named, is_unknown):
    """Things are known by their names, by what they are bound to, or not at all."""
    text = (
        "import importlib, inspect, linecache, sys, textwrap, torch, a, a.b\nfrom inspect import getsource as read\n"
        "from pathlib import Path\nfrom . import near\nclass Here:\n    def method(self): ...\nHELD = [Here]\n"
        "FILLED = []\ndef fill(given):\n    FILLED.append(given)\n"
        f"def reader(thing, loader, frame, load, environment):\n    return {call}\n"
    )

    facts = facts_of(text)

    assert sorted({fact.pattern for fact in facts.sources_read}) == named
    assert facts.reads_source == (12 if is_unknown else 0)
    assert facts.source_readers == (("reader",) if is_unknown else ())


def test_what_reads_by_way_of_another():
    """A function that uses one which reads is asked for the same."""
    text = (
        f"{READER}def page(thing):\n    return describe(thing)\nclass Book:\n    text = page\ndef other(thing): ...\n"
    )

    assert facts_of(text).source_readers == ("Book", "describe", "page")


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("from reader import describe\nTEXT = describe(Noun)\n", ["words/__init__.py"]),
        ("import reader\nTEXT = reader.describe([Noun])\n", ["words/__init__.py"]),
        ("import reader\nreader.describe(thing=lambda: 0)\n", ["words/__init__.py"]),
        ("from reader import describe\n@describe\ndef plural(): ...\n", ["words/__init__.py"]),
        ("import reader\n@reader.describe\nclass Verb: ...\n", ["words/__init__.py"]),
        ("from reader import Base\nclass Verb(Base): ...\n", ["words/__init__.py"]),
        ("import reader\nclass Verb(metaclass=reader.Meta): ...\n", ["words/__init__.py"]),
        ("import reader\nbook = reader.Book()\nbook.add(Noun)\n", ["words/__init__.py"]),
        ("import reader\nclass A:\n    def f(self):\n        self.b = reader.Book()\n        self.b.add(Noun)\n", None),
        ("import reader\ndef setup(book: reader.Book):\n    book.add(Noun)\n", ["words/__init__.py"]),
        ("import reader\nfrom words.more import Verb\nreader.describe(Verb)\n", ["words/more.py"]),
        ("import reader\nfrom words import listed\nreader.describe(listed.Adverb)\n", ["words/more.py"]),
        ("import reader\nfrom words.more import Verb\nreader.describe(Verb())\n", ["words/more.py"]),
        ("import reader\nclass Own(reader.Base): ...\nimport words.heirs\n", ["words/__init__.py", "words/heirs.py"]),
        ("import reader\ndef f(thing):\n    return reader.describe(thing)\n", []),
        ("import reader\nreader.describe('words')\n", []),
        ("def describe(thing): ...\ndescribe(Noun)\n", []),
        ("print(Noun)\n", []),
    ],
)
def test_what_packages_give_to_a_reader(kept, use, expected):
    """What reads things nobody can tell reads those that are given to it, decorated by it or derived from it."""
    packages = {
        "reader": {"reader/__init__.py": f"{READER}class Base: ...\nclass Meta(type): ...\nclass Book: ...\n"},
        "words": {
            "words/__init__.py": f"class Noun: ...\n{use}",
            "words/more.py": "class Verb: ...\nclass Adverb: ...\n",
            "words/listed.py": "from words.more import Adverb\n",
            "words/heirs.py": "from words import Own\nclass Heir(Own): ...\n",
        },
    }

    assert kept({"app.py": "import words\n"}, packages) == (["words/__init__.py"] if expected is None else expected)


def test_the_package_that_reads(kept):
    """What reads the things of others needs its own source only where it gives its own to what reads."""
    packages = {
        "reader": {
            "reader/__init__.py": "from .reading import describe\nfrom . import given, plain, marked\n",
            "reader/reading.py": READER,
            "reader/given.py": "from . import describe\nclass Own: ...\nTEXT = describe(Own)\n",
            "reader/marked.py": "from .reading import describe\n@describe\ndef f(): ...\n",
            "reader/plain.py": "from .reading import describe\ndef f(thing):\n    return describe(thing)\n",
        }
    }

    assert kept({"app.py": "import reader\n"}, packages) == ["reader/given.py", "reader/marked.py"]


def test_what_own_code_gives(kept):
    """Own code gives things of packages to what reads: to a package, or to a function of its own."""
    packages = {
        "reader": {"reader.py": READER},
        "words": {"words/__init__.py": "from .nouns import Noun\n", "words/nouns.py": "class Noun: ...\n"},
        "verbs": {"verbs.py": "class Verb: ...\n"},
        "plain": {"plain.py": "class Plain: ...\n"},
    }
    code = f"{READER}import plain, reader, verbs, words\nreader.describe(words.Noun)\ndescribe(verbs.Verb)\n"

    assert kept({"app.py": code}, packages) == ["verbs.py", "words/nouns.py"]


def test_what_is_given_by_files_that_cannot_be_read():
    """A file that only another Python can parse may give its own to what it imports."""
    assert read_handed(b"from reader import describe\ndescribe(len)\n(\n") == (Handed(("*",), ("\x03",), "", 0),)


def test_what_reads_who_calls_it(kept):
    """A module that looks at the frame of who calls it may read the source of that."""
    lazy = (
        "import inspect, sys\ndef lazy():\n    return inspect.getsource(sys.modules[sys._getframe(1).f_globals['n']])\n"
    )
    packages = {"pkg": {"pkg/__init__.py": "from ._lazy import lazy\nlazy()\n", "pkg/_lazy.py": lazy}}

    assert kept({"app.py": "import pkg\n"}, packages) == ["pkg/__init__.py"]


def test_readers_count_where_they_ship(tmp_path):
    """A function that goes without what reads goes without the source that it reads."""
    own = {"app.py": "import words\n", "other.py": "import reader, words\nreader.describe(words.f)\n"}
    packages = {"reader": {"reader.py": READER}, "words": {"words.py": "def f(): ...\n"}}
    site = make_site(tmp_path / "own", own, packages)
    functions = (
        make_function(tmp_path / "own", name="app"),
        make_function(tmp_path / "own", "other.handle", name="other"),
    )

    graphs = trace_functions(functions, site)
    plans = [plan_files(function, graph, site) for function, graph in zip(functions, graphs, strict=True)]

    assert [[file.file.path for file in plan.files if file.source_need] for plan in plans] == [[], ["words.py"]]

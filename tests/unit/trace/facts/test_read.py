"""What one source file says."""

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts import scan
from bundler.trace.facts.read import read_facts

TARGET = make_target("python3.12", Architecture.X86_64)


def facts_of(source: str, *, runtime: str = "python3.12", is_own: bool = False):
    target = make_target(runtime, Architecture.X86_64)
    return read_facts(textwrap.dedent(source).encode(), target=target, is_own=is_own)


def imports_of(source: str, *, runtime: str = "python3.12"):
    return [("." * fact.level + fact.name, str(fact.kind)) for fact in facts_of(source, runtime=runtime).imports]


def test_imports_carry_names_level_and_line():
    """`from ..a import b, c` keeps its level, its names and its line."""
    (fact,) = facts_of("\n\nfrom ..a import b, c\n").imports

    assert tuple(fact) == ("a", 2, ("b", "c"), "import", 3, ())


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import a", "import"),
        ("def f():\n    import a", "function"),
        ("class C:\n    import a", "import"),
        ("class C:\n    def f(self):\n        import a", "function"),
        ("try:\n    import a\nexcept ImportError:\n    pass", "try"),
        ("try:\n    import a\nfinally:\n    pass", "import"),
        ("try:\n    import a\nexcept KeyError:\n    pass", "import"),
        ("try:\n    x = 1\nexcept ImportError:\n    import a", "try"),
        ("import contextlib\nwith contextlib.suppress(ImportError):\n    import a", "try"),
        ("import os\nif os.environ.get('X'):\n    import a", "conditional"),
        ("def f():\n    try:\n        import a\n    except ImportError:\n        pass", "function"),
        ("match x:\n    case 1:\n        import a", "import"),
        ("for x in y:\n    while z:\n        import a", "import"),
    ],
)
def test_the_kind_of_an_import_is_when_it_runs(source, kind):
    """An import's kind says when it runs: at load, in `try`, under an `if`, in a function."""
    assert (imports_of(source)[-1]) == ("a", kind)


@pytest.mark.parametrize(
    "test",
    [
        "sys.version_info < (3,)",
        "sys.version_info[0] == 2",
        "sys.version_info.major < 3",
        "sys.version_info[:2] < (3, 8)",
        "sys.platform == 'win32'",
        "sys.platform.startswith('win')",
        "sys.platform in ('win32', 'cygwin')",
        "os.name == 'nt'",
        "platform.system() == 'Windows'",
        "platform.machine() == 'aarch64'",
        "platform.python_implementation() == 'PyPy'",
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
        "not sys.maxsize > 2**32",
        "__name__ == '__main__'",
        "PY2",
        "hasattr(sys, 'pypy_version_info')",
        "False and unknown",
        "sys.implementation.name == 'pypy'",
    ],
)
def test_branches_for_other_systems_lead_nowhere(test):
    """A test the target answers with no leaves out its branch, and its `else` runs for certain."""
    head = "import os, platform, sys, typing\nfrom typing import TYPE_CHECKING\nPY2 = sys.version_info[0] == 2\n"
    source = f"{head}if {test}:\n    import dead\nelse:\n    import alive\n"

    assert imports_of(source)[5:] == [("alive", "import")]


@pytest.mark.parametrize(
    "test",
    [
        "__name__ == 'pkg'",
        "__name__ != 'pkg'",
        "__name__ in ('__main__', 'pkg')",
        "__name__.startswith('pkg')",
        "__name__ == main",
    ],
)
def test_the_name_of_a_module_is_not_known(test):
    """What a file is imported as is no matter of its bytes, but that it is not `__main__`."""
    assert imports_of(f"if {test}:\n    import a\nelse:\n    import b\n") == [
        ("a", "conditional"),
        ("b", "conditional"),
    ]


def test_a_test_that_hangs_on_the_patch_level_is_not_decided():
    """`sys.version_info >= (3, 12, 1)` depends on a patch level that Lambda moves."""
    source = "import sys\nif sys.version_info >= (3, 12, 1):\n    import a\nelse:\n    import b\n"

    assert imports_of(source)[1:] == [("a", "conditional"), ("b", "conditional")]


@pytest.mark.parametrize(
    "given",
    [
        "False",
        "None",
        "0",
        "''",
        "not True",
        "1 == 2",
        "bool(0)",
        "False and sys.platform == 'linux'",
        "os.environ.get('HAS')",
        "getattr(sys, 'frozen', os.environ)",
    ],
)
def test_what_a_name_is_given_decides_only_where_the_platform_does(given):
    """A literal is given to a name so that something may change it: other code, a test, a user."""
    source = f"import os, sys\nHAS = {given}\nif HAS:\n    import a\nelse:\n    import b\n"

    assert imports_of(source)[2:] == [("a", "conditional"), ("b", "conditional")]


@pytest.mark.parametrize(
    "again",
    [
        "try:\n    import x\n    OLD = True\nexcept ImportError:\n    pass",
        "def f(OLD): pass",
        "f = lambda *, OLD=1: OLD",
        "def f(*OLD): pass",
        "def f():\n    global OLD",
        "OLD += 1",
        "OLD: bool = True",
        "for OLD in (1, 2): pass",
        "for one, (two, *OLD) in pairs: pass",
        "with open('x') as OLD: pass",
        "with open('x') as (one, OLD): pass",
        "if (OLD := find()): pass",
        "try:\n    f()\nexcept OSError as OLD:\n    pass",
        "import x as OLD",
        "from x import OLD",
        "from x import y as OLD",
        "from x import *",
        "import OLD.below",
        "del OLD",
        "match f():\n    case OLD: pass",
        "match f():\n    case [*OLD]: pass",
        "match f():\n    case {'a': 1, **OLD}: pass",
        "match f():\n    case int() as OLD: pass",
        "found = [OLD for OLD in f()]",
        "found = {1: OLD for one, OLD in f()}",
        "class C:\n    OLD = True",
        "class OLD: pass",
        "def OLD(): pass",
        "def f():\n    OLD = 1\n    def g():\n        nonlocal OLD",
    ],
)
@pytest.mark.parametrize("first", ["OLD = sys.version_info < (3, 8)", "from sys import platform as OLD"])
def test_a_name_that_is_bound_twice_decides_nothing(first, again):
    """A name decides only where one binding in the whole file gives it, whatever scope another one belongs to."""
    test = "OLD" if first.startswith("OLD") else "OLD == 'win32'"
    source = f"import sys\n{first}\nif {test}:\n    import a\nelse:\n    import b\n"

    assert imports_of(source)[-1] == ("b", "import")
    assert [known for known in imports_of(f"{source}{again}\n") if known[0] in {"a", "b"}] == [
        ("a", "conditional"),
        ("b", "conditional"),
    ]


def test_a_module_that_is_imported_twice_is_one():
    """`import sys` in every function still means the same module."""
    source = "import sys\ndef f():\n    import sys\n    if sys.platform == 'win32':\n        import a\n"

    assert [name for name, _ in imports_of(source)] == ["sys", "sys"]


@pytest.mark.parametrize(
    "source",
    [
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import a\n",
        "try:\n    import x.MYPY as MYPY\nexcept ImportError:\n    MYPY = 0\nif MYPY:\n    import a\n",
        "MYPY = False\nif MYPY:\n    import a\n",
        "if 0:\n    import a\n",
        "if False and x:\n    import a\n",
        "if None:\n    import a\n",
    ],
)
def test_what_only_type_checkers_read_and_literals_in_place_are_decided(source):
    """`TYPE_CHECKING` and `MYPY` are known by their names, and a literal is dropped by Python's compiler too."""
    assert "a" not in [name for name, _ in imports_of(source)]


def test_versions_are_those_of_the_target():
    """The same file leads to different modules for different targets."""
    source = "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli\n"

    assert imports_of(source)[1:] == [("tomllib", "import")]
    assert imports_of(source, runtime="python3.9")[1:] == [("tomli", "import")]


def test_code_after_a_certain_raise_leads_nowhere():
    """A module that refuses to load on the target needs nothing after its `raise`."""
    source = "import sys\nif sys.platform != 'win32':\n    raise ImportError('Windows only')\nimport winlib\n"

    assert imports_of(source) == [("sys", "import")]


def patterns(facts):
    return [fact.pattern for fact in facts]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("importlib.import_module('a.b')", ["a.b"]),
        ("__import__('a.b')", ["a.b"]),
        ("__import__('region_%s' % name, globals(), locals(), ['x'], 1)", ["\x04.region_*"]),
        ("__import__(__name__, fromlist=[name], level=0)", ["\x03", "\x03.*"]),
        ("__import__('a.b', globals(), locals(), ['c', ''])", ["a.b", "a.b.c"]),
        ("__import__('a', fromlist=flag)", ["a", "a.*"]),
        ("__import__('', globals(), locals(), ['c'], 1)", ["\x04.c"]),
        ("__import__('a', {}, {}, None)", ["a"]),
        ("importlib.import_module('.b', __package__)", ["\x04.b"]),
        ("importlib.import_module('.b', package='a')", ["a.b"]),
        ("importlib.import_module(f'a.backends._{name}')", ["a.backends._*"]),
        ("importlib.import_module('a.%s' % name)", ["a.*"]),
        ("importlib.import_module('a.{}.c'.format(name))", ["a.*.c"]),
        ("importlib.import_module('a.' + name)", ["a.*"]),
        ("importlib.import_module(__name__ + '.' + name)", ["\x03.*"]),
        ("importlib.import_module(PREFIX + 'x')", ["pre.x"]),
        ("importlib.import_module('a' if flag else 'b')", ["a", "b"]),
        ("importlib.util.find_spec('a')", ["a"]),
        ("load(('x'), importlib.import_module('deep.one'))", ["deep.one"]),
    ],
)
def test_module_names_in_calls_are_evaluated(call, expected):
    """The argument of `import_module` and its like is evaluated as far as it is written down."""
    imports = "import importlib\nimport importlib.util\n"
    source = f"{imports}PREFIX = 'pre.'\nclass C:\n    def f(self, name, flag):\n        {call}\n"

    assert patterns(facts_of(source).dynamic) == expected


def test_aliases_of_import_module_are_followed():
    """`from importlib import import_module as load` is import_module all the same."""
    source = "from importlib import import_module as load\nload('a.b')\n"

    assert patterns(facts_of(source).dynamic) == ["a.b"]


def test_an_unknown_module_makes_a_file_lazy():
    """`import_module(name)` marks the file, so that module names among its strings count."""
    facts = facts_of(
        "import importlib\nNAMES = {'x': 'sub', 'y': '.other'}\ndef f(n):\n    importlib.import_module(n)\n"
    )

    assert facts.is_lazy
    assert facts.imports_unknown == 4
    assert {"sub", ".other"} <= set(patterns(facts.strings))


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name):\n    return 1\n",
        "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach(__name__, ['sub'])\n",
        "from ._lazy import __getattr__\n",
        "__getattr__ = make('sub')\n",
    ],
)
def test_a_module_level_getattr_makes_a_file_lazy(source):
    """PEP 562 exports are lazy however `__getattr__` is bound; a class's own is not one."""
    assert facts_of(source).is_lazy
    assert not facts_of("class C:\n    def __getattr__(self, name):\n        return 1\n").is_lazy


def test_functions_that_say_they_import_are_heard():
    """A literal given to `lazy_import`, `import_optional_dependency` and the like names a module."""
    assert patterns(facts_of("x = import_optional_dependency('pyarrow')\n").named_by_words) == ["pyarrow"]
    assert patterns(facts_of("x = compute('pyarrow')\n").named_by_words) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open(os.path.join(os.path.dirname(__file__), 'data', 'x.json'))", ["\x01/data/x.json"]),
        ("open(os.path.join(HERE, 'x.json'))", ["\x01/x.json"]),
        ("(Path(__file__).parent / 'x.json').read_text()", ["\x01/x.json"]),
        ("Path(__file__).resolve().parents[1].joinpath('x')", ["\x01/../x"]),
        ("Path(__file__).parents[3] / 'x'", ["\x01/../../../x"]),
        ("os.path.dirname(os.path.dirname(os.path.dirname(__file__))) + '/x'", ["\x01/../../x"]),
        ("open(f'{HERE}/{name}.json')", ["\x01/*.json"]),
        ("files('pkg').joinpath('a', 'b.txt').read_text()", ["\x02pkg\x05/a/b.txt"]),
        ("(files(__package__) / 'x').open()", ["\x01/x"]),
        ("files(pkg.sub) / 'x'", ["\x02pkg.sub\x05/x"]),
        ("pkgutil.get_data('pkg', 'x.bin')", ["\x02pkg\x05/x.bin"]),
        ("pkgutil.get_data(__name__, 'x.bin')", ["\x01/x.bin"]),
        ("pkg_resources.resource_filename('pkg', 'x')", ["\x02pkg\x05/x"]),
        ("glob.glob(os.path.join(HERE, '*.txt'))", ["\x01/*.txt"]),
        ("ctypes.CDLL(os.path.split(__file__)[0] + '/lib.so')", ["\x01/lib.so"]),
        ("os.listdir(HERE)", ["\x01"]),
        ("Loader(__file__)", ["\x06"]),
    ],
)
def test_paths_built_from_the_own_folder_are_data(code, expected):
    """Paths from `__file__`, `importlib.resources` and `pkgutil` are followed through names, joins and formats."""
    head = (
        "import os, pkgutil, glob, ctypes, pkg_resources, pkg.sub\nfrom pathlib import Path\n"
        "from importlib.resources import files\nHERE = os.path.dirname(os.path.abspath(__file__))\n"
    )

    found = patterns(facts_of(f"{head}def f(name):\n    {code}\n").data)

    assert sorted(set(found)) == expected


def test_metadata_and_entry_points_are_heard():
    """Distributions and groups asked for by name are facts; a group nobody can tell is `*`."""
    facts = facts_of(
        """
        import importlib.metadata
        from importlib.metadata import entry_points as eps, version
        version("one")
        importlib.metadata.distribution("two")
        eps(group="a.group")
        eps()
        """
    )

    assert patterns(facts.metadata) == ["one", "two"]
    assert patterns(facts.groups) == ["a.group", "*"]


def test_what_a_module_of_the_package_shares_is_heard():
    """Packages take these functions from a module of their own that knows where each Python has them."""
    facts = facts_of(
        """
        from ._compat import entry_points, import_module as load, importlib_metadata
        entry_points(group="a.group")
        load("a.module")
        importlib_metadata.version("one")
        """
    )

    assert [patterns(facts.groups), patterns(facts.dynamic), patterns(facts.metadata)] == [
        ["a.group"],
        ["a.module"],
        ["one"],
    ]


def test_calls_with_strings_know_their_lines():
    """Each call that may import or open something is told with its own line, whatever stands between them."""
    calls = scan.named_calls("lazy('one')\n\nprint('x')\nlazy('two'); lazy('three')\nrequire(\n    'four')\n")

    assert [(call.first, call.line) for call in calls] == [("one", 1), ("two", 4), ("three", 4), ("four", 5)]


def test_listings_of_packages_are_heard():
    """`pkgutil.iter_modules` over a package means the whole package."""
    facts = facts_of(
        "import pkgutil\nfrom . import plugins\nfor m in pkgutil.iter_modules(plugins.__path__):\n    pass\n"
    )

    assert patterns(facts.listed_packages) == ["\x02.plugins\x05"]


def test_strings_in_documentation_name_nothing():
    """A name quoted in documentation is none that code uses, unless code has it as well."""
    told = "def f():\n    \"\"\"Use 'a.b' or\n    'c.d'.\"\"\"\n    if x:\n        return 'e.f'\n"

    assert patterns(facts_of(told).strings) == ["e.f"]
    assert patterns(facts_of(f"{told}NAME = 'c.d'\n").strings) == ["e.f", "c.d"]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("Path(pkg.__file__).parent in Path(path).parents", []),
        ("Path(pkg.__file__).parent / 'x' in found", ["\x02pkg\x05/x"]),
        ("run('git log', cwd=dirname(dirname(__file__)))", []),
        ("run(['git', 'log'], cwd=ROOT)", []),
        ("run(['./tool'], cwd=ROOT)", ["\x01/.."]),
        ("join(dirname(sys.modules[__name__].__file__), 'x')", ["\x01/x"]),
        ("join(dirname(sys.modules['a.b'].__file__), 'x')", ["\x02a.b\x05/x"]),
        ("join(dirname(sys.modules[settings.__module__].__file__), 'x')", ["\x02a.conf\x05/x"]),
        ("join(dirname(sys.modules[path.__module__].__file__), 'x')", []),
        ("join(dirname(sys.modules[path].__file__), 'x')", []),
    ],
)
def test_folders_in_use(use, expected):
    """A folder counts where something may be looked for in it, also by a module that is taken out of `sys.modules`."""
    source = (
        "import sys, pkg\nfrom os.path import dirname, join\nfrom pathlib import Path\nfrom subprocess import run\n"
        f"from a.conf import settings\nROOT = dirname(dirname(__file__))\ndef f(path, found):\n    return {use}\n"
    )

    assert patterns(facts_of(source).data) == expected


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ("frame.f_code.co_filename != __file__", True),
        ("frame.f_code.co_filename == HERE", True),
        ("frame.f_code.co_filename == other", False),
        ("inspect.getfile(\n        inspect.currentframe())", True),
        ("inspect.getsourcefile(lambda: 0)", True),
        ("sys._getframe().f_code.co_filename", True),
        ("sys._getframe(1).f_code.co_filename", False),
        ("inspect.getfile(other)", False),
        ("open(__file__[:-3] + '.json')", True),
        ("open(__file__.replace('.py', '.json'))", True),
        ("open(__file__ + '.json')", False),
    ],
)
def test_frames_of_the_own_file(comparison, expected):
    """Code that finds itself by its frames needs its source: bytecode alone says there what it was compiled from."""
    assert facts_of(f"HERE = __file__\ndef f(frame, other):\n    return {comparison}\n").finds_itself is expected


@pytest.mark.parametrize(
    "content",
    [
        b"def broken(:\n",
        b"\x00\x00",
        b"x = 1\x00\n",
        b"# -*- coding: no-such-codec -*-\n",
        b"# -*- coding: ascii -*-\nx = '\xff'\n",
        b"(" * 5000,
        b"-" * 100_000 + b"1\n",
        b"\xff\xfe",
    ],
    ids=["syntax", "null", "null-in-code", "codec", "encoding", "parentheses", "depth", "bytes"],
)
def test_unreadable_code_is_an_error_in_the_facts(content):
    """Nothing is raised for any bytes; the facts say what is wrong."""
    facts = read_facts(content, target=TARGET, is_own=False)

    assert facts.error
    assert facts.imports == ()


def test_other_encodings_are_read():
    """A coding line decides how source is decoded (PEP 263)."""
    content = "# coding: latin-1\nfrom caf\u00e9 import x\n".encode("latin-1")

    assert read_facts(content, target=TARGET, is_own=False).imports[0].name == "caf\u00e9"


def test_a_huge_generated_file_is_read():
    """Tens of thousands of lines of data cost no more than parsing them."""
    content = ("DATA = [\n" + "    (1, 'x', 2.0),\n" * 50_000 + "]\nimport a\n").encode()

    assert [fact.name for fact in read_facts(content, target=TARGET, is_own=False).imports] == ["a"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(content):
    """Whatever the bytes, reading ends with facts."""
    assert read_facts(content, target=TARGET, is_own=True) is not None


_PIECES = st.sampled_from(
    [
        "__file__", "os.path.join", "(", ")", "'a'", ",", "/", "+", "%", "f'{x}'", ".format(", "Path", ".parent", "[0]",
        "importlib.import_module", "__name__", "x", "=", "\n", "import os\n", "files(", "__package__", "if ", ":", "{}",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=25))
def test_any_soup_of_the_words_that_matter_is_read(pieces):
    """The evaluator ends with facts for any mix of what it knows."""
    source = "import os, importlib\nfrom pathlib import Path\nx = __file__\nx = x + x\n" + "".join(pieces)

    assert read_facts(source.encode(), target=TARGET, is_own=False) is not None

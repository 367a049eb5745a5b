"""Modules that code makes, names in other forms, or gives to helpers; files whose names are put together."""

import pytest

TEXTS = ["pkg/tree/README.md", "pkg/tree/x.mako"]
IMPORTS = (
    "import importlib, os, sys\nfrom glob import glob\nfrom os.path import dirname, join\nfrom pathlib import Path\n"
)


@pytest.mark.parametrize("code", ["from pkg.packages.json import dumps\n", "import pkg.packages.json\n"])
def test_a_module_that_another_one_makes(found, code):
    """What there is of a dotted name ships: it may put the rest into `sys.modules`."""
    packages = {
        "pkg": {"pkg/__init__.py": "", "pkg/packages.py": "import json, sys\nsys.modules['pkg.packages.json'] = json\n"}
    }

    assert found({"app.py": code}, packages) == {"pkg/__init__.py": "package", "pkg/packages.py": "import"}


@pytest.mark.parametrize(
    "given", ["globals(), aliases={'Thing': '.aio'}", "namespace=globals(), map={'Thing': '.aio'}"]
)
def test_a_helper_that_is_given_globals(found, given):
    """A helper in another module may put a `__getattr__` among the names that it is given."""
    packages = {
        "pkg": {
            "pkg/__init__.py": f"from .helper import lazy\nlazy({given})\n",
            "pkg/helper.py": "def lazy(namespace, aliases=None, map=None): ...\n",
            "pkg/aio.py": "",
        }
    }

    assert "pkg/aio.py" in found({"app.py": "import pkg\n"}, packages)


def test_entry_points_in_strings(found):
    """`name = package.module:attribute` is an entry point, wherever it is written down."""
    code = "PLUGINS = ['alpha = pkg.conv.alpha:Converter', 'size = big:small']\n"
    packages = {
        "pkg": {"pkg/__init__.py": code, "pkg/conv/__init__.py": "", "pkg/conv/alpha.py": "", "pkg/beta.py": ""}
    }

    edges = found({"app.py": "import pkg\n"}, packages)

    assert [path for path in edges if path != "pkg/__init__.py"] == ["pkg/conv/__init__.py", "pkg/conv/alpha.py"]


def test_metadata_that_a_module_shares(found):
    """A package may share `importlib.metadata` among its modules, from one that knows where each Python has it."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "from .compat import metadata\nmetadata.entry_points(group='pkg.backends')\n",
            "pkg/compat.py": "import importlib.metadata as metadata\n",
        },
        "plug": {"plug.py": ""},
    }

    edges = found({"app.py": "import pkg\n"}, packages, entry_points={"plug": (("pkg.backends", "plug", "plug:X"),)})

    assert edges["plug.py"] == "entry-point"


def test_the_environment_names_settings(found):
    """`os.environ.setdefault` names settings by a module of the project, in any number of parts."""
    own = {
        "app.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n",
        "site_settings.py": "",
    }

    assert found(own) == {"site_settings.py": "dynamic"}


def test_settings_as_text(found):
    """Longer text of own code may be settings: what it names ships, documentation and addresses aside."""
    text = '"""Not told.docs."""\nSTEPS = """\nsteps:\n - name: told.steps\n   url: https://told.web/\n"""\n'
    packages = {"told": {f"told/{name}.py": "" for name in ("__init__", "docs", "steps", "web")}}

    assert sorted(found({"app.py": text}, packages)) == ["told/__init__.py", "told/steps.py"]


def test_single_words_name_what_is_declared(found):
    """A word of a lazy module is a top-level module's name only if the package says that it uses that one."""
    code = (
        "from importlib import import_module\nKINDS = {'notebook': 'x', 'numbers2': 'y'}\ndef f(n): import_module(n)\n"
    )
    packages = {"pkg": {"pkg/__init__.py": code}, "notebook": {"notebook.py": ""}, "numbers2": {"numbers2.py": ""}}

    edges = found({"app.py": "import pkg\n"}, packages, requires={"pkg": ("numbers2",)})

    assert ("notebook.py" in edges, "numbers2.py" in edges) == (False, True)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("join(dirname(__file__), 'vec0')", ["pkg/vec0.so"]),
        ("glob(join(dirname(__file__), 'data/**/*.tbl'), recursive=True)", ["pkg/data/deep/b.tbl", "pkg/data/top.tbl"]),
        ("(Path(__file__).parent / 'texts' / f'{name}.md').read_text()", ["pkg/texts/a.md"]),
        ("(Path(__file__).parent / 'texts' / name).read_text()", ["pkg/texts/b.txt"]),
        ("Loader(Path(__file__).parent / 'texts')", ["pkg/texts/a.md", "pkg/texts/b.txt"]),
        ("open(__file__[:-3] + '.json')", ["pkg/__init__.json", "pkg/other.json"]),
        ("copy(join(dirname(__file__), 'tree'))", ["pkg/tree/README.md", "pkg/tree/env.py", "pkg/tree/x.mako"]),
        ("copy(join(dirname(__file__), 'code'))", []),
        (
            "sys.path.append(join(dirname(__file__), 'tree')) or copy(join(dirname(__file__), 'tree'))",
            ["pkg/tree/x.mako"],
        ),
    ],
)
def test_files_by_names_that_are_put_together(found, use, expected):
    """Endings may be left out or put to a name, and a folder that is no package may be handed on as a tree."""
    data = {
        "pkg/vec0.so": b"",
        "pkg/data/top.tbl": "",
        "pkg/data/deep/b.tbl": "",
        "pkg/texts/a.md": "",
        "pkg/texts/b.txt": "",
        "pkg/__init__.json": "",
        "pkg/other.json": "",
        "pkg/tree/env.py": "",
        "pkg/tree/x.mako": "",
        "pkg/tree/README.md": "",
        "pkg/code/run.py": "",
    }
    packages = {"pkg": {"pkg/__init__.py": f"{IMPORTS}def f(name, copy):\n    return {use}\n", **data}}

    edges = found({"app.py": "import pkg\n"}, packages)

    assert [path for path in sorted(edges) if path in data] == expected


@pytest.mark.parametrize(
    ("code", "is_reached"),
    [
        ("try:\n    import absent\n    from pkg import rest\nexcept ImportError:\n    pass\n", False),
        ("try:\n    import absent.part\nexcept Exception:\n    pass\nelse:\n    import pkg.rest\n", False),
        ("try:\n    import absent\n    def f():\n        import pkg.rest\nexcept ImportError:\n    f = None\n", False),
        ("try:\n    import json\n    import here\n    from pkg import rest\nexcept ImportError:\n    pass\n", True),
        ("try:\n    from pkg import rest\n    import absent\nexcept ImportError:\n    pass\n", True),
        ("try:\n    import absent\nexcept ImportError:\n    from pkg import rest\n", True),
        ("try:\n    import absent\nexcept ImportError:\n    pass\nimport pkg.rest\n", True),
        ("try:\n    if x:\n        import absent\n    import pkg.rest\nexcept ImportError:\n    pass\n", True),
        ("try:\n    import boto3, pkg.rest\nexcept ImportError:\n    pass\n", True),
    ],
)
def test_imports_behind_one_that_fails(found, code, is_reached):
    """In a `try` of a package, what stands behind the import of a module that nothing brings is never reached."""
    packages = {"pkg": {"pkg/__init__.py": code, "pkg/rest.py": ""}, "here": {"here.py": ""}}

    assert ("pkg/rest.py" in found({"app.py": "import pkg\n"}, packages)) is is_reached


def test_imports_behind_one_that_a_layer_may_bring(found):
    """Of a layer from elsewhere nothing is known: it may bring what a `try` waits for."""
    code = "try:\n    import absent\n    from pkg import rest\nexcept ImportError:\n    pass\n"
    packages = {"pkg": {"pkg/__init__.py": code, "pkg/rest.py": ""}}

    assert "pkg/rest.py" in found({"app.py": "import pkg\n"}, packages, has_foreign_layers=True)


def test_imports_of_own_code_behind_one_that_fails(found):
    """Own code may know of something that its surroundings bring."""
    own = {"app.py": "try:\n    import absent\n    import rest\nexcept ImportError:\n    pass\n", "rest.py": ""}

    assert "rest.py" in found(own)

"""What ships, with its cause; what does not, with its rule."""

from dataclasses import replace

import pytest

from bundler.plan import explain, plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


def shipped(plan):
    return {planned.file.path: str(planned.cause.kind) for planned in plan.files}


def omitted(plan):
    return {omission.path: omission.rule for omission in plan.omissions}


def test_every_file_has_a_cause_or_a_rule(plan):
    """Files of the full install either ship with a cause or stay out with a rule."""
    result = plan(
        {
            "app.py": "import pkg\n",
            "other.py": "",
            "data.csv": "1",
            "tests/test_app.py": "",
            "tests/data.json": "",
            "requirements.txt": "",
            ".env": "SECRET=1",
        },
        {
            "pkg": {
                "pkg/__init__.py": "",
                "pkg/unused.py": "",
                "pkg/tests/test_x.py": "",
                "pkg/a.h": "",
                "pkg/a.pyi": "",
                "pkg/a.json": "",
                "pkg/README.md": "",
                "pkg/lib.so": b"",
                "pkg/fast.cpython-311-x86_64-linux-gnu.so": b"",
                "pkg-1.0.dist-info/RECORD": "",
                "pkg-1.0.dist-info/licenses/LICENSE": "",
                "pkg-1.0.dist-info/top_level.txt": "",
            },
            "unwanted": {"unwanted/__init__.py": ""},
        },
    )

    assert shipped(result) == {
        "app.py": "handler",
        "data.csv": "include",
        "pkg-1.0.dist-info/METADATA": "metadata",
        "pkg-1.0.dist-info/licenses/LICENSE": "metadata",
        "pkg-1.0.dist-info/top_level.txt": "metadata",
        "pkg/__init__.py": "import",
    }
    assert omitted(result) == {
        ".env": "junk",
        "other.py": "unreached",
        "pkg-1.0.dist-info/RECORD": "metadata",
        "pkg/README.md": "documentation",
        "pkg/a.h": "build",
        "pkg/a.json": "unused-data",
        "pkg/a.pyi": "stub",
        "pkg/fast.cpython-311-x86_64-linux-gnu.so": "unreached",
        "pkg/lib.so": "unlinked",
        "pkg/tests/test_x.py": "tests",
        "pkg/unused.py": "unreached",
        "requirements.txt": "junk",
        "tests/data.json": "tests",
        "tests/test_app.py": "unreached",
        "unwanted-1.0.dist-info/METADATA": "metadata",
        "unwanted/__init__.py": "unreached",
    }


def test_the_boto3_family_is_left_to_the_runtime(plan):
    """boto3 and what it is made of stay out; what else needs urllib3 takes it along."""
    packages = {
        "boto3": {"boto3/__init__.py": "import botocore, urllib3\n"},
        "botocore": {"botocore/__init__.py": "import urllib3\n"},
        "urllib3": {"urllib3/__init__.py": ""},
    }

    alone = plan({"app.py": "import boto3\n"}, packages)
    with_requests = plan({"app.py": "import boto3, urllib3\n"}, packages)
    everything = plan({"app.py": "import boto3\n"}, packages, external=())

    assert sorted(shipped(alone)) == ["app.py"]
    assert omitted(alone)["boto3/__init__.py"] == "runtime"
    assert "urllib3/__init__.py" in shipped(with_requests)
    assert {"boto3/__init__.py", "botocore/__init__.py", "urllib3/__init__.py"} <= set(shipped(everything))


def test_one_external_of_the_family_is_all_of_it(plan):
    """A partial boto3 crashes, so naming one of the family leaves out all."""
    packages = {"boto3": {"boto3/__init__.py": "import botocore\n"}, "botocore": {"botocore/__init__.py": ""}}

    result = plan({"app.py": "import boto3\n"}, packages, external=("boto3",))

    assert sorted(shipped(result)) == ["app.py"]
    assert omitted(result)["botocore/__init__.py"] == "external"


def test_include_and_exclude(plan):
    """`include` ships own files and what they import; `exclude` takes anything out but the handler, `!` takes back."""
    result = plan(
        {"app.py": "", "plugins/one.py": "import pkg\n", "big/a.bin": "", "big/b.bin": ""},
        {"pkg": {"pkg/__init__.py": "", "pkg/extra.py": ""}},
        include=("plugins/**",),
        exclude=("app.py", "big/**", "!big/b.bin"),
    )

    assert shipped(result)["plugins/one.py"] == "include"
    assert {"app.py", "pkg/__init__.py", "big/b.bin"} <= set(shipped(result))
    assert omitted(result)["big/a.bin"] == "excluded"


def test_weak_edges_say_what_would_go(plan):
    """A package that only optional imports lead to is reported with the modules that would go without it."""
    result = plan(
        {"app.py": "import pkg\n"},
        {
            "pkg": {"pkg/__init__.py": "def plot():\n    import heavy\n"},
            "heavy": {"heavy/__init__.py": "import deep\n" + "#" * 150_000},
            "deep": {"deep/__init__.py": "#" * 50_000},
        },
    )

    (weak,) = result.weak_edges

    assert weak.distribution == "heavy"
    assert weak.paths == {"heavy/__init__.py", "deep/__init__.py"}
    assert (weak.edge.source, weak.edge.line, str(weak.edge.kind)) == ("pkg/__init__.py", 2, "function")


def test_what_own_code_imports_inside_a_function_is_no_weak_edge(plan):
    """The project's own imports are meant: leaving out what they lead to would break it."""
    own = {"app.py": "def handle(event, context):\n    import heavy\n"}

    assert plan(own, {"heavy": {"heavy/__init__.py": "#" * 150_000}}).weak_edges == ()


def test_modules_that_find_themselves_keep_their_source(plan):
    """A module that asks its frame where it lies ships with its source; the rest of its package without."""
    result = plan(
        {"app.py": "import pkg.finder\n"},
        {
            "pkg": {
                "pkg/__init__.py": "",
                "pkg/finder.py": "import inspect\nhere = inspect.getfile(inspect.currentframe())\n",
            },
        },
    )

    assert [planned.file.path for planned in result.files if planned.source_need] == ["pkg/finder.py"]


@pytest.mark.parametrize("read", ["words.trees", "trees.Node", "named"])
def test_packages_keep_the_source_that_others_name_to_read(plan, read):
    """`inspect.getsource(package.Class)` keeps the source of that package, and of no other that is imported."""
    source = (
        f"import inspect, plain, words.trees\nfrom words import trees\nfrom words.trees import Node as named\n"
        f"text = inspect.getsource({read})\n"
    )
    packages = {
        "words": {"words/__init__.py": "", "words/trees.py": "class Node: ...\n"},
        "plain": {"plain/__init__.py": ""},
    }

    result = plan({"app.py": source}, packages)

    kept = {planned.file.path for planned in result.files if planned.source_need and not planned.file.is_own}
    assert kept == {"words/__init__.py", "words/trees.py"}


def test_missing_imports_of_own_code_are_warnings(plan):
    """An import of own code that nothing provides is told, with the nearest distribution."""
    result = plan(
        {"app.py": "import reqests\ntry:\n    import ujson\nexcept ImportError:\n    pass\n"}, {"requests": {}}
    )

    assert result.warnings == ("app.py:1 imports `reqests`, which nothing provides; did you mean `requests`?",)


def test_a_newer_boto3_than_the_runtime_has_is_a_warning(tmp_path):
    """A lock that asks for more than the runtime is known to bring is told, with the way out."""
    site = make_site(tmp_path / "own", {"app.py": "import boto3\n"}, {"boto3": {"boto3/__init__.py": ""}})
    site = replace(site, distributions=tuple(replace(known, version="99.0") for known in site.distributions))
    function = make_function(tmp_path / "own")

    result = plan_files(function, next(trace_functions((function,), site)), site)

    assert result.warnings == (
        "the lock asks for boto3 99.0, the runtime is known to bring 1.42.97; `external: []` ships your version",
    )


@pytest.mark.parametrize(
    ("asked", "outgrown", "said"),
    [
        ("", (), None),
        (">=1.20", (), None),
        (">=99", (), "the requirements ask for `boto3>=99`"),
        ("", ("boto3",), "`helper` needs another boto3"),
        ("", ("urllib3",), None),
    ],
)
def test_a_newer_boto3_that_a_resolver_found(tmp_path, asked, outgrown, said):
    """What no lock pins is told only where the runtime's own version will not do for who asks."""
    own = {"app.py": "import boto3, helper\n"}
    packages = {"boto3": {"boto3/__init__.py": ""}, "helper": {"helper.py": ""}, "unused": {"unused.py": ""}}
    site = make_site(tmp_path / "own", own, packages)
    pins = {known.name: replace(known.wheel.pin, asked=asked) for known in site.distributions}
    outgrowing = {"helper": outgrown, "unused": ("boto3",)}
    distributions = tuple(
        replace(
            known,
            version="99.0",
            wheel=replace(known.wheel, pin=pins[known.name]),
            outgrown=outgrowing.get(known.name, ()),
        )
        for known in site.distributions
    )
    site = replace(site, distributions=distributions)
    function = make_function(tmp_path / "own")

    result = plan_files(function, next(trace_functions((function,), site)), site)

    way_out = ", the runtime is known to bring 1.42.97; `external: []` ships your version"
    assert result.warnings == ((f"{said}{way_out}",) if said else ())


def test_missing_imports_that_nothing_is_like(plan):
    """A name that only begins alike is not what was meant."""
    result = plan({"app.py": "import aws_cdk\n"}, {"aws-xray-sdk": {}})

    assert result.warnings == (
        "app.py:1 imports `aws_cdk`, which nothing provides; is its package in the requirements?",
    )


def test_missing_imports_beside_unknown_layers(plan):
    """Where a layer may bring what is missing, nothing is said to lack it; what is nearly the name of a package is."""
    result = plan({"app.py": "import elsewhere, reqests\n"}, {"requests": {}}, has_foreign_layers=True)

    assert result.warnings == (
        "app.py:1 imports `elsewhere`, which is left to the layers that nothing is known of",
        "app.py:1 imports `reqests`, which nothing provides; did you mean `requests`?",
    )


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("one/include/schema.sql", "unused-data"),
        ("one/include/deep/query.json", "unused-data"),
        ("one/include/one.h", "build"),
        ("one/include/one/core.hxx", "build"),
        ("one/include/Eigen/Dense", "build"),
        ("include/one", "build"),
    ],
)
def test_headers(plan, path, rule):
    """What lies among headers is one by its ending, or by having none."""
    result = plan({"app.py": "import one\n"}, {"one": {"one/__init__.py": "", path: ""}})

    assert [(omission.path, omission.rule) for omission in result.omissions] == [(path, rule)]


def test_why_gives_the_shortest_chain(plan):
    """A module, a file, a package or a glob is explained from the handler on; what is left out by its rule."""
    result = plan(
        {"app.py": "import one\n"},
        {
            "pkg": {
                "one/__init__.py": "import two\n",
                "two/__init__.py": "import three\n",
                "three.py": "",
                "four.py": "",
            }
        },
    )

    for what in ("three", "three.py", "th*.py"):
        (chain,) = explain(result, what).chains
        assert [edge.target for edge in chain] == ["app.py", "one/__init__.py", "two/__init__.py", "three.py"]
    assert [omission.path for omission in explain(result, "four").omissions] == ["four.py"]
    assert len(explain(result, "pkg").chains) == 4
    assert explain(result, "nothing") == explain(result, "nowhere")


LIBRARY = {"lib/__init__.py": "def to_array():\n    import heavy\n"}
HEAVY = {"heavy/__init__.py": ""}
FRAME = {"frame/__init__.py": "import heavy\n"}


@pytest.mark.parametrize(
    ("own", "relations", "ships"),
    [
        ("import lib\n", {"requires": {"frame": ("heavy",)}, "optional": {"lib": ("other",)}}, False),
        ("import lib\n", {"requires": {"frame": ("heavy",)}}, True),
        ("import lib, heavy\n", {"requires": {"frame": ("heavy",)}}, True),
        ("import lib, frame\n", {"requires": {"frame": ("heavy",)}}, True),
        ("import lib\n", {}, True),
        ("import lib\n", {"requires": {"frame": ("heavy",)}, "optional": {"lib": ("heavy",)}}, True),
        ("import lib\n", {"requires": {"frame": ("heavy",), "lib": ("heavy",)}}, True),
        ("import lib\n", {"requires": {"frame": ("heavy",), "lib": ("frame",)}}, True),
    ],
    ids=["by-chance", "silent", "own-import", "needed", "asked-for", "declared-extra", "declared", "needed-by-a-need"],
)
def test_optional_imports_ship_when_meant(tmp_path, own, relations, ships):
    """An import inside a function leads to another package only if there is a sign that it is meant."""
    packages = {"lib": LIBRARY, "heavy": HEAVY, "frame": FRAME}
    site = make_site(tmp_path / "own", {"app.py": own}, packages, **relations)
    function = make_function(tmp_path / "own")

    result = plan_files(function, next(trace_functions((function,), site)), site)

    assert ("heavy/__init__.py" in shipped(result)) is ships
    assert ships or omitted(result)["heavy/__init__.py"] == "optional"


def test_included_modules_ship_with_all_below(plan):
    """`include-modules` takes what nobody can see."""
    result = plan(
        {"app.py": ""},
        {"pkg": {"pkg/__init__.py": "", "pkg/plugins/__init__.py": "", "pkg/plugins/a.py": "", "pkg/other.py": ""}},
        include_modules=("pkg.plugins",),
    )

    assert {path for path in shipped(result) if path.endswith(".py")} == {
        "app.py",
        "pkg/__init__.py",
        "pkg/plugins/__init__.py",
        "pkg/plugins/a.py",
    }


def test_an_import_nobody_can_tell_is_a_warning_in_own_code(plan):
    """Own code that imports by a name only a run can tell is told, with the way to name modules."""
    result = plan({"app.py": "from importlib import import_module\ndef handle(e, c):\n    import_module(e['name'])\n"})

    (warning,) = result.warnings
    assert warning == (
        "app.py:3 imports a module that only a run can tell: what it may mean of your code and of the packages that "
        "this imports ships, `include-modules` adds others"
    )


def test_files_hang_on_what_no_chain_goes_around(plan):
    """A file that two modules import hangs on what both hang on; metadata hangs on what brings its distribution."""
    result = plan(
        {
            "app.py": "import a\nimport b\n",
            "a.py": "import pkg\nimport alone\n",
            "b.py": "import pkg\n",
            "alone.py": "",
        },
        {"pkg": {"pkg/__init__.py": "from pkg import more\n", "pkg/more.py": ""}},
    )

    assert {planned.file.path: planned.through for planned in result.files} == {
        "a.py": "app.py",
        "alone.py": "a.py",
        "app.py": "",
        "b.py": "app.py",
        "pkg-1.0.dist-info/METADATA": "pkg/__init__.py",
        "pkg/__init__.py": "app.py",
        "pkg/more.py": "pkg/__init__.py",
    }


def test_files_hang_on_what_ships(plan):
    """What leads on without shipping, as excluded files do, is passed over for the next one that ships."""
    result = plan({"app.py": "import a\n", "a.py": "import b\n", "b.py": "import c\n", "c.py": ""}, exclude=("b.py",))

    assert {planned.file.path: planned.through for planned in result.files} == {
        "a.py": "app.py",
        "app.py": "",
        "c.py": "a.py",
    }


def test_stored_objects_count_where_they_ship(plan):
    """What an own model file names ships with it, and stays out with it."""
    own = {"app.py": "", "model.pkl": b"cpkg.trees\nTree\n."}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/trees.py": ""}}

    with_model, without = plan(own, packages), plan(own, packages, patterns=("!model.pkl",))

    assert shipped(with_model) == {
        "app.py": "handler",
        "model.pkl": "include",
        "pkg-1.0.dist-info/METADATA": "metadata",
        "pkg/__init__.py": "dynamic",
        "pkg/trees.py": "dynamic",
    }
    assert shipped(without) == {"app.py": "handler"}


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("botocore<1.2", {"boto3", "botocore", "jmespath"}),
        ("boto3<1.2", {"boto3", "botocore", "jmespath"}),
        ("jmespath<0.11", {"jmespath"}),
    ],
)
def test_the_locks_boto3_ships_where_few_versions_will_do(plan, need, expected):
    """Which boto3 a runtime brings is not known: what works with few versions gets those of the lock, and their kin.

    Of jmespath all others take many versions.
    """
    packages = {
        "aio": {"aio.py": "import boto3, jmespath\n"},
        "boto3": {"boto3/__init__.py": "import botocore\n"},
        "botocore": {"botocore/__init__.py": "import jmespath\n"},
        "jmespath": {"jmespath.py": ""},
    }
    name = need.partition("<")[0]

    own_version = plan({"app.py": "import aio\n"}, packages, narrow={"aio": (need,)})
    chosen = plan({"app.py": "import aio\n"}, packages, narrow={"aio": (need,)}, external=("boto3",))

    owners = {planned.file.owner for planned in own_version.files} - {"", "aio"}
    warning = (
        f"`aio` works with `{need}` alone, so the lock's ships, not the runtime's; `external: [{name}]` leaves it out"
    )
    assert (owners, own_version.warnings) == (expected, (warning,))
    assert ("boto3/__init__.py" in shipped(chosen), chosen.warnings) == (False, ())


def test_the_runtimes_boto3_will_do_for_what_is_not_in_use(plan):
    """What works with few versions of boto3 matters only where something leads to it."""
    packages = {"aio": {"aio.py": "import botocore\n"}, "botocore": {"botocore/__init__.py": ""}}

    result = plan({"app.py": "import botocore\n"}, packages, narrow={"aio": ("botocore",)})

    assert ("botocore/__init__.py" in shipped(result), result.warnings) == (False, ())


def test_what_only_boto3_needs_comes_with_it(plan):
    """What the runtime's boto3 needs is no package that nobody reaches, but one that the runtime brings."""
    packages = {"botocore": {"botocore/__init__.py": ""}, "six": {"six.py": ""}, "other": {"other.py": ""}}

    result = plan({"app.py": "import botocore\n"}, packages, requires={"botocore": ("six",)})

    rules = {omission.path: omission.rule for omission in result.omissions}
    assert (rules["six.py"], rules["other.py"]) == ("runtime", "unreached")


def test_missing_imports_are_told_once(plan):
    """A package that own code imports again and again is one warning, at the first place."""
    own = {"app.py": "import b\nimport pg.one\nimport pg.two\n", "b.py": "import pg\nimport unzip_requirements\n"}
    packages = {"hermes-cache": {"hermes/__init__.py": ""}}

    result = plan({**own, "b.py": f"{own['b.py']}import hermes.dict\n"}, packages)

    assert result.warnings == (
        "app.py:2 and 2 more imports `pg.one`, which nothing provides; is its package in the requirements?",
        "b.py:2 imports `unzip_requirements`, which nothing provides; packages lie beside the code, so the line can go",
        "b.py:3 imports `hermes.dict`, which nothing provides; `hermes-cache` 1.0 brings `hermes` without it",
    )


def test_data_of_listed_packages(plan):
    """A package that settings list ships whole: a framework looks for templates and translations in it."""
    packages = {
        "plug": {
            "plug/__init__.py": "",
            "plug/locale/de/django.mo": "",
            "plug/locale/de/django.po": "",
            "plug/static/site.css": "",
            "plug/tests/data.json": "",
        }
    }

    result = plan({"app.py": "INSTALLED_APPS = ['plug']\n"}, packages)

    assert shipped(result) == {
        "app.py": "handler",
        "plug-1.0.dist-info/METADATA": "metadata",
        "plug/__init__.py": "dynamic",
        "plug/locale/de/django.mo": "data",
        "plug/static/site.css": "data",
    }


def test_local_projects_are_own_code(plan):
    """A local project's strings name modules, its data ships once it is used, and what it misses is told."""
    common = {
        "common/__init__.py": "",
        "common/settings.py": "PLUGINS = 'common.plugins.fast.Plugin'\nimport absent\n",
        "common/plugins/__init__.py": "",
        "common/plugins/fast.py": "",
        "common/unused.py": "",
        "common/words.json": "{}",
        "common/prompt.md": "Be kind",
        "common/tests/data.json": "",
        "common/py.typed": "",
        "common-1.0.dist-info/RECORD": "",
    }
    idle = {"idle/__init__.py": "", "idle/words.json": ""}

    result = plan(
        {"app.py": "import common.settings\n"},
        {"common": common, "idle": idle},
        local={"common": "../common", "idle": "../idle"},
        patterns=("!**",),
    )

    assert shipped(result) == {
        "app.py": "handler",
        "common-1.0.dist-info/METADATA": "metadata",
        "common/__init__.py": "package",
        "common/plugins/__init__.py": "package",
        "common/plugins/fast.py": "dynamic",
        "common/prompt.md": "include",
        "common/settings.py": "import",
        "common/words.json": "include",
    }
    assert omitted(result)["common/unused.py"] == "unreached"
    assert result.warnings == (
        "common/settings.py:2 imports `absent`, which nothing provides; is its package in the requirements?",
    )


def test_settings_of_a_local_project(plan):
    """A settings file of a local project names modules for the package it lies in, and for nobody else."""
    used = {"used/__init__.py": "", "used/late.py": "", "used/logging.yaml": "class: used.late.Handler"}
    idle = {"idle/__init__.py": "", "idle/late.py": "", "idle/logging.yaml": "class: idle.late.Handler"}

    result = plan(
        {"app.py": "import used\n"}, {"used": used, "idle": idle}, local={"used": "../used", "idle": "../idle"}
    )

    assert {path for path in shipped(result) if path.endswith(".py")} == {"app.py", "used/__init__.py", "used/late.py"}


@pytest.mark.parametrize(("handler", "is_shipped"), [("app.handle", False), ("packages.common.app.handle", True)])
def test_folders_of_local_projects(plan, handler, is_shipped):
    """What a local project installs ships from where it is installed, not from its folder, unless code runs there."""
    own = {
        "app.py": "import common\n",
        "packages/common/app.py": "",
        "packages/common/src/common/words.json": "{}",
        "packages/words.json": "{}",
    }
    common = {"common/__init__.py": "", "common/words.json": "{}"}

    result = plan(own, {"common": common}, local={"common": "packages/common"}, handler=handler)

    assert ("packages/common/src/common/words.json" in shipped(result)) is is_shipped
    assert omitted(result).get("packages/common/src/common/words.json") == (None if is_shipped else "local")
    assert "packages/words.json" in shipped(result)


def test_files_of_projects_below_own_folders(plan):
    """A project's own README and the like stay out; deeper down they may be templates, which code opens unseen."""
    own = {"app.py": "", "README.md": "", "package.json": "", "parts/README.md": "", "parts/package.json": ""}

    result = plan({**own, "parts/yarn.lock": ""}, {})

    assert sorted(shipped(result)) == ["app.py", "parts/README.md", "parts/package.json"]
    assert set(omitted(result).values()) == {"junk"}


@pytest.mark.parametrize("name", ["uv.toml", "poetry.toml", "pdm.toml", "pip.conf", "pip.ini", ".netrc", ".pypirc"])
def test_files_that_hold_logins(plan, name):
    """Settings by which tools reach indexes stay out wherever they lie: their addresses have logins."""
    result = plan({"app.py": "", name: "", f"parts/{name}": ""}, {})

    assert sorted(shipped(result)) == ["app.py"]
    assert set(omitted(result).values()) == {"secret"}

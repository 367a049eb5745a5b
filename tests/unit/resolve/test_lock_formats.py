"""Locks of every format give the pins of one target, their groups and extras on demand."""

import json

import pytest

from bundler.errors import BundleError, LockFormatError, LockTargetError
from bundler.model.project import Architecture
from bundler.model.wheels import GitSource, Resolver
from bundler.resolve.find_lock import find_lock
from bundler.resolve.lock_formats import read_lock_file
from bundler.runtimes import make_target
from tests.support.sites import make_function
from tests.support.wheels import make_wheel

LINUX = make_target("python3.12", Architecture.X86_64)
OLD = make_target("python3.9", Architecture.ARM64)
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
PROJECT = """\
[project]
name = "shop"
dependencies = ["app-kit[fast]", "tomli; python_version < '3.11'", "colorama; sys_platform == 'win32'"]
"""
POETRY_PROJECT = """\
[tool.poetry.dependencies]
python = "^3.9"
app-kit = { version = "*", extras = ["fast"] }
tomli = { version = "*", python = "<3.11" }
colorama = { version = "*", platform = "win32" }
chart = { version = "*", optional = true }
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""


def file_line(digest):
    return f'{{ file = "x-1-py3-none-any.whl", hash = "{digest}" }}'


def package(name, version="1.0", digest=ONE, extra=""):
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\nfiles = [{file_line(digest)}]\n{extra}\n'


def uv_package(name, version="1.0", extra=""):
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "index" }}\n'
        f'sdist = {{ hash = "{TWO}" }}\nwheels = [{{ hash = "{ONE}" }}]\n{extra}\n'
    )


UV = (
    "version = 1\n"
    + uv_package("app-kit", extra='[package.optional-dependencies]\nfast = [{ name = "speed" }]')
    + uv_package("speed")
    + uv_package("tomli", "1.0", "resolution-markers = [\"python_full_version >= '3.10'\"]")
    + uv_package("tomli", "0.9", "resolution-markers = [\"python_full_version < '3.10'\"]")
    + uv_package("colorama")
    + uv_package("chart")
    + uv_package("pytest", extra='dependencies = [{ name = "colorama", marker = "sys_platform == \'win32\'" }]')
    + """
[[package]]
name = "shop"
version = "0.1"
source = { virtual = "." }
dependencies = [
    { name = "app-kit", extra = ["fast"] },
    { name = "tomli", version = "0.9", marker = "python_full_version < '3.10'" },
    { name = "tomli", version = "1.0", marker = "python_full_version == '3.10.*'" },
    { name = "colorama", marker = "sys_platform == 'win32'" },
]
[package.optional-dependencies]
charts = [{ name = "chart" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
"""
)
POETRY_2 = (
    package("app-kit", extra='optional = false\ngroups = ["main"]')
    + package("speed", extra='optional = false\ngroups = ["main"]')
    + package("tomli", "0.9", extra="""optional = false\ngroups = ["main"]\nmarkers = 'python_version < "3.11"'""")
    + package("colorama", extra="""optional = false\ngroups = ["main", "dev"]\nmarkers = 'sys_platform == "win32"'""")
    + package("chart", extra="""optional = true\ngroups = ["main"]\nmarkers = 'extra == "charts"'""")
    + package("pytest", extra='optional = false\ngroups = ["dev"]')
    + '[extras]\ncharts = ["chart"]\n[metadata]\nlock-version = "2.1"\n'
)
POETRY_1 = (
    package(
        "app-kit",
        extra='dependencies = { speed = { version = "*", optional = true } }\nextras = { fast = ["speed (>=1)"] }',
    )
    + package("speed")
    + package("tomli", "0.9")
    + package("colorama")
    + package("chart", extra="optional = true")
    + package("pytest")
    + '[extras]\ncharts = ["chart"]\n[metadata]\nlock-version = "2.0"\n'
)
PDM = (
    package("app-kit", extra='groups = ["default"]')
    + package("speed", extra='groups = ["default"]')
    + package("tomli", "0.9", extra="""groups = ["default"]\nmarker = 'python_version < "3.11"'""")
    + package("colorama", extra="""groups = ["default", "dev"]\nmarker = 'sys_platform == "win32"'""")
    + package("chart", extra='groups = ["charts"]')
    + package("pytest", extra='groups = ["dev"]')
    + '[metadata]\ngroups = ["default", "charts", "dev"]\nlock_version = "4.5.0"\n'
)
PIPFILE = json.dumps(
    {
        "_meta": {},
        "default": {
            "app-kit": {"version": "==1.0", "hashes": [ONE], "extras": ["fast"]},
            "speed": {"version": "==1.0", "hashes": [ONE]},
            "tomli": {"version": "==0.9", "hashes": [ONE], "markers": "python_version < '3.11'"},
            "colorama": {"version": "==1.0", "hashes": [ONE], "markers": "sys_platform == 'win32'"},
        },
        "charts": {"chart": {"version": "==1.0", "hashes": [ONE]}},
        "develop": {"pytest": {"version": "==1.0", "hashes": [ONE]}},
    }
)


def pylock_package(name, version="1.0", extra=""):
    files = f'wheels = [{{ hashes = {{ sha256 = "{"1" * 64}" }} }}]'
    return f'[[packages]]\nname = "{name}"\nversion = "{version}"\n{extra}\n{files}\n'


PYLOCK = (
    'lock-version = "1.0"\nextras = ["charts"]\ndependency-groups = ["dev"]\n'
    + pylock_package("app-kit")
    + pylock_package("speed")
    + pylock_package("tomli", "0.9", """marker = 'python_version < "3.11"'""")
    + pylock_package("colorama", "1.0", """marker = 'sys_platform == "win32"'""")
    + pylock_package("chart", "1.0", """marker = "'charts' in extras\"""")
    + pylock_package("pytest", "1.0", """marker = "'dev' in dependency_groups\"""")
)
LOCKS = {
    "uv.lock": (UV, PROJECT),
    "poetry.lock": (POETRY_2, PROJECT),
    "old/poetry.lock": (POETRY_1, POETRY_PROJECT),
    "pdm.lock": (PDM, PROJECT),
    "Pipfile.lock": (PIPFILE, ""),
    "pylock.toml": (PYLOCK, PROJECT),
}


@pytest.fixture(params=LOCKS)
def lock_path(request, tmp_path):
    path = tmp_path / request.param
    path.parent.mkdir(exist_ok=True)
    lock, project = LOCKS[request.param]
    path.write_text(lock)
    path.with_name("pyproject.toml").write_text(project)
    return path


def read(path, target=LINUX, groups=(), extras=()):
    return [
        str(pin)
        for pin in read_lock_file(path, target, root=path.parent, folder=path.parent, groups=groups, extras=extras).pins
    ]


def test_what_the_project_needs(lock_path):
    """The project's own dependencies and their extras ship, for the target's Python and platform alone."""
    assert read(lock_path) == ["app-kit==1.0", "speed==1.0"]
    assert read(lock_path, OLD) == ["app-kit==1.0", "speed==1.0", "tomli==0.9"]


def test_groups_and_extras(lock_path):
    """A group or an extra of the project ships when it is asked for; pipenv has categories alone."""
    key = "groups" if lock_path.name == "Pipfile.lock" else "extras"

    assert read(lock_path, groups=("dev",)) == ["app-kit==1.0", "pytest==1.0", "speed==1.0"]
    assert read(lock_path, **{key: ("charts",)}) == ["app-kit==1.0", "chart==1.0", "speed==1.0"]


def test_hashes(lock_path):
    """Every pin has the hashes of all its files."""
    pins = read_lock_file(lock_path, LINUX, root=lock_path.parent, folder=lock_path.parent, groups=(), extras=()).pins

    expected = (TWO, ONE) if lock_path.name == "uv.lock" else (ONE,)
    assert {frozenset(pin.hashes) for pin in pins} == {frozenset(expected)}


def test_unknown_group(lock_path):
    """A group that is not there is an error that names those that are."""
    with pytest.raises(BundleError) as caught:
        read(lock_path, groups=("tests",))

    assert caught.value.exit_code == 3
    assert caught.value.message == f"`{lock_path.name}` has no group `tests`"
    assert "dev" in caught.value.hints[0]


@pytest.mark.parametrize("content", ["[", "package = 1\n", '[[package]]\nnam = "x"\n', "\0", "[]", '{"default": 1}'])
def test_broken(lock_path, content):
    """A file that is no lock is one clear error."""
    lock_path.write_text(content)

    with pytest.raises(BundleError) as caught:
        read(lock_path)

    assert caught.value.exit_code == 3
    assert caught.value.message.startswith(f"`{lock_path.name}` cannot be read: ")


def test_not_locked_for_the_target(tmp_path):
    """Pipenv locks for one Python: what it leaves open for another is an error, not any version."""
    path = tmp_path / "Pipfile.lock"
    path.write_text(json.dumps({"default": {"tomli": {"version": "*", "markers": "python_version < '3.11'"}}}))

    assert read(path) == []
    with pytest.raises(BundleError) as caught:
        read(path, OLD)

    assert caught.value.message == "`Pipfile.lock` cannot be read: `tomli` has no version for python3.9 on arm64"


def test_local_and_foreign_sources(tmp_path):
    """A folder is a pin of that folder, an address one of that file, and a repository is refused by name."""
    path = tmp_path / "uv.lock"
    head = 'version = 1\n[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [{ name = "part" }]\n'

    def read_source(source):
        path.write_text(f'{head}[[package]]\nname = "part"\nversion = "1"\nsource = {source}\n')
        return read_lock_file(path, LINUX, root=path.parent, folder=path.parent, groups=(), extras=()).pins[0]

    assert read_source('{ editable = "parts/one" }').path == tmp_path / "parts/one"
    assert read_source('{ url = "https://x.test/part-1.whl" }').url == "https://x.test/part-1.whl"
    assert read_source('{ path = "part-1.whl" }').url == (tmp_path / "part-1.whl").as_uri()
    assert read_source('{ git = "https://x.test/part?rev=1&subdirectory=a#abc" }').git == GitSource(
        url="https://x.test/part", revision="abc", subdirectory="a"
    )


def test_rivals_that_disagree(tmp_path):
    """Of two locks the project manager's counts, and a note names what the other has otherwise."""
    path = tmp_path / "uv.lock"
    path.write_text(UV)
    (tmp_path / "requirements.txt").write_text("app-kit==0.5\nspeed==1.0\n")

    lock = find_lock(
        make_function(tmp_path, requirements=(path,)).options,
        LINUX,
        root=tmp_path,
        resolver=Resolver.AUTO,
        is_offline=False,
    )

    assert lock.notes == ("`uv.lock` is used, `requirements.txt` disagrees: app-kit 1.0, not 0.5",)


def test_indexes_of_several_files(tmp_path):
    """A lock's own indexes count beside those of the requirements that are read with it."""
    lock, plain = tmp_path / "uv.lock", tmp_path / "more.txt"
    lock.write_text(UV)
    (tmp_path / "pyproject.toml").write_text(PROJECT + '[[tool.uv.index]]\nurl = "https://own.test/simple"\n')
    plain.write_text("--index-url https://main.test/simple\n--extra-index-url https://more.test/simple\nword==1.0\n")
    options = make_function(tmp_path, requirements=(lock, plain)).options

    found = find_lock(options, LINUX, root=tmp_path, resolver=Resolver.AUTO, is_offline=False)

    assert found.index.index_url == "https://main.test/simple"
    assert found.index.extra_index_urls == ("https://own.test/simple", "https://more.test/simple")
    assert [pin.name for pin in found.pins] == ["app-kit", "speed", "word"]


def test_own_indexes(tmp_path):
    """The indexes that the project's settings name are asked beside pip's own."""
    path = tmp_path / "uv.lock"
    path.write_text(UV)
    (tmp_path / "pyproject.toml").write_text(PROJECT + '[[tool.uv.index]]\nurl = "https://own.test/simple"\n')

    assert read_lock_file(
        path, LINUX, root=path.parent, folder=path.parent, groups=(), extras=()
    ).index.extra_index_urls == ("https://own.test/simple",)


@pytest.mark.parametrize(
    ("name", "head", "made_for"),
    [
        ("uv.lock", 'requires-python = ">=3.13"\n', "Python >=3.13"),
        ("uv.lock", "supported-markers = [\"sys_platform == 'win32'\"]\n", "sys_platform == 'win32'"),
        ("poetry.lock", 'metadata = { lock-version = "2.1", python-versions = "^3.13 || ~2.7" }\n', None),
        ("pdm.lock", 'metadata = { lock_version = "4.5.0", targets = [{ requires_python = "~=3.13" }] }\n', None),
        ("pylock.toml", 'requires-python = ">=3.13"\n', "Python >=3.13"),
        ("pylock.toml", "environments = [\"sys_platform == 'win32'\"]\n", "sys_platform == 'win32'"),
    ],
)
def test_lock_of_other_targets(tmp_path, name, head, made_for):
    """A lock that was made for other Pythons or systems is refused: what it leaves out may be needed here."""
    path = tmp_path / name
    path.write_text(head + ('lock-version = "1.0"\npackages = []\n' if name == "pylock.toml" else "version = 1\n"))

    with pytest.raises(LockTargetError) as caught:
        read(path)

    expected = made_for or {"poetry.lock": "Python >=3.13,<4 or >=2.7,<2.8", "pdm.lock": "Python ~=3.13"}[name]
    assert caught.value.exit_code == 3
    assert caught.value.message == f"`{name}` does not hold for python3.12 on x86_64: it was made for `{expected}`"
    assert caught.value.hints == ("widen `requires-python` and lock anew, or build for a runtime that it holds for",)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("uv.lock", "version = 2\n", "its version is 2, known is 1"),
        ("poetry.lock", '[metadata]\nlock-version = "3.0"\n', "its version is 3.0, known is 1 and 2"),
        ("pdm.lock", '[metadata]\nlock_version = "5.0"\n', "its version is 5.0, known is 4"),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 7}, "default": {}}', "its version is 7, known is 6"),
        ("pylock.toml", 'lock-version = "2.0"\npackages = []\n', "its version is 2.0, known is 1"),
    ],
)
def test_unknown_version(tmp_path, name, content, problem):
    """A format that has moved on is not guessed at."""
    path = tmp_path / name
    path.write_text(content)

    with pytest.raises(LockFormatError) as caught:
        read(path)

    assert caught.value.message == f"`{name}` cannot be read: {problem}"


def test_extras_that_exclude_one_another(tmp_path):
    """Where extras of a uv project conflict, the versions of the one that is asked for are taken."""
    path = tmp_path / "uv.lock"
    path.write_text(
        "version = 1\n"
        + uv_package("torch", "1.0")
        + uv_package("torch", "2.0")
        + """
[[package]]
name = "shop"
source = { virtual = "." }
[package.optional-dependencies]
cpu = [
    { name = "torch", version = "1.0", marker = "extra == 'extra-4-shop-cpu' and extra != 'extra-4-shop-gpu'" },
    { name = "torch", version = "2.0", marker = "extra == 'extra-4-shop-gpu'" },
]
gpu = [{ name = "torch", version = "2.0", marker = "extra == 'extra-4-shop-gpu'" }]
"""
    )

    assert read(path, extras=("cpu",)) == ["torch==1.0"]
    assert read(path, extras=("gpu",)) == ["torch==2.0"]


def test_member_of_a_workspace(tmp_path):
    """A lock of several projects answers for the one that holds the folder that is built; the others are its parts."""
    path = tmp_path / "uv.lock"
    members = [("shop", "services/shop", "one"), ("desk", "services/desk", "two"), ("part", "parts/part", "three")]
    needs = {"shop": '{ name = "part" }, ', "desk": "", "part": ""}
    path.write_text(
        "version = 1\n"
        + "".join(
            f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ editable = "{folder}" }}\n'
            f'dependencies = [{needs[name]}{{ name = "{needed}" }}]\n' + uv_package(needed)
            for name, folder, needed in members
        )
    )

    def read_member(folder):
        pins = read_lock_file(path, LINUX, root=tmp_path / folder, folder=tmp_path, groups=(), extras=()).pins
        return [(pin.name, pin.path) for pin in pins]

    assert read_member("services/desk") == [("two", None)]
    assert read_member("services/shop/functions") == [
        ("one", None),
        ("part", tmp_path / "parts/part"),
        ("three", None),
    ]


def test_extras_of_pins(lock_path):
    """A pin knows the extras that it is wanted with, where its lock says them."""
    pins = read_lock_file(lock_path, LINUX, root=lock_path.parent, folder=lock_path.parent, groups=(), extras=()).pins

    expected = ("fast",) if lock_path.name in {"uv.lock", "Pipfile.lock"} else ()
    assert pins[0].extras == expected


def test_index_of_pins(tmp_path):
    """A pin knows the index or folder that its lock has it from."""
    path = tmp_path / "uv.lock"
    path.write_text(UV)
    pipfile = tmp_path / "Pipfile.lock"
    sources = [{"name": "a", "url": "https://a.test"}, {"name": "b", "url": "https://b.test"}]
    entries = {"one": {"version": "==1", "index": "b"}, "two": {"version": "==1"}}
    pipfile.write_text(json.dumps({"_meta": {"sources": sources}, "default": entries}))

    def indexes(path):
        return [
            pin.index for pin in read_lock_file(path, LINUX, root=tmp_path, folder=tmp_path, groups=(), extras=()).pins
        ]

    assert indexes(path) == [(tmp_path / "index").as_uri()] * 2
    assert indexes(pipfile) == ["https://b.test", "https://a.test"]


def test_project_itself(tmp_path):
    """The project that is built is its user's own code, and no package of its lock."""
    path = tmp_path / "Pipfile.lock"
    path.write_text(json.dumps({"default": {"shop": {"path": ".", "editable": True}, "part": {"path": "./part"}}}))

    assert read(path) == [f"part @ {tmp_path / 'part'}"]


def test_keys_of_a_pipfile(tmp_path):
    """The key of a path or a file in a Pipfile is the user's word: the project, or the file's name, says what it is."""
    wheel = make_wheel(tmp_path / "wheels", "real-name", "1.0")
    remote = "https://x.test/files/other_name-2.0-py3-none-any.whl"
    (tmp_path / "shop").mkdir()
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "pyproject.toml").write_text("[project]\nname = 'Common_Lib'\n")
    packages = {
        "common": {"path": "./../common", "editable": True, "extras": ["fast"]},
        "local": {"file": "../wheels/real_name-1.0-py3-none-any.whl"},
        "remote": {"file": remote},
    }
    path = tmp_path / "shop" / "Pipfile.lock"
    path.write_text(json.dumps({"default": packages}))
    tables = "".join(
        f"{key} = {{{next(iter(entry))} = '{next(iter(entry.values()))}'}}\n" for key, entry in packages.items()
    )
    path.with_name("Pipfile").write_text(f"[packages]\n{tables}")

    lock = read_lock_file(path, LINUX, root=path.parent, folder=path.parent, groups=(), extras=())

    assert [(pin.name, pin.path, pin.url, pin.extras) for pin in lock.pins] == [
        ("common-lib", tmp_path / "common", None, ("fast",)),
        ("other-name", None, remote, ()),
        ("real-name", None, wheel.as_uri(), ()),
    ]
    assert lock.notes == ()


def test_other_version_control(tmp_path):
    """A package from a repository of another kind than git is an error that names it."""
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\n[[packages]]\nname = "part"\n'
        'vcs = { type = "hg", url = "https://x.test/part", commit-id = "abc" }\n'
    )

    with pytest.raises(BundleError, match=r"`part` in `pylock\.toml` comes from version control that is not git"):
        read(tmp_path / "pylock.toml")


def test_short_address_of_ssh(tmp_path):
    """An address as git's command takes it is one of ssh."""
    (tmp_path / "poetry.lock").write_text(
        '[[package]]\nname = "part"\nversion = "1.0"\noptional = false\ngroups = ["main"]\n[package.source]\n'
        'type = "git"\nurl = "git@x.test:me/part.git"\nresolved_reference = "abc"\n[metadata]\nlock-version = "2.1"\n'
    )

    (pin,) = read_lock_file(tmp_path / "poetry.lock", LINUX, root=tmp_path, folder=tmp_path, groups=(), extras=()).pins

    assert pin.git == GitSource(url="ssh://git@x.test/me/part.git", revision="abc")

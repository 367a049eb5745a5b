"""The indexes that a project's settings name are asked as its own tool would ask them."""

import tomllib

import pytest

from bundler.errors import PackageMissingError, PipSettingsError
from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, Lock, Pin
from bundler.resolve import fetch_wheels, read_lock
from bundler.resolve.lock_formats import read_lock_file
from bundler.resolve.project_indexes import merge_indexes, pdm_indexes, poetry_indexes, uv_indexes
from bundler.runtimes import make_target
from tests.support.index_server import IndexServer
from tests.support.wheels import digest_of, make_wheel

TARGET = make_target("python3.12", Architecture.X86_64)


@pytest.fixture
def other():
    with IndexServer() as server:
        yield server


@pytest.fixture
def fetch():
    """Return how to fetch pins given as name and index; the answer is the names of the files."""

    def fetch(options, *pins):
        found = tuple(Pin(name=name, version="1.0", hashes=(), index=index, origin="lock") for name, index in pins)
        lock = Lock(pins=found, paths=(), index=options)
        return [wheel.path.name for wheel in fetch_wheels(lock, TARGET, on_progress=lambda _: None)]

    return fetch


def put(server, folder, name, build):
    return server.add(make_wheel(folder / build, name, "1.0", build=build), name)


def test_uv(tmp_path, monkeypatch):
    """The default index takes the public one's place, explicit ones stand apart, logins are in variables."""
    monkeypatch.setenv("UV_INDEX_OUR_OWN_USERNAME", "me@home")
    monkeypatch.setenv("UV_INDEX_OUR_OWN_PASSWORD", "word")
    project = tomllib.loads("""\
[[tool.uv.index]]
name = "our-own"
url = "https://own.test/simple"
[[tool.uv.index]]
name = "torch"
url = "https://torch.test/simple"
explicit = true
[[tool.uv.index]]
url = "https://main.test/simple"
default = true
[tool.uv]
find-links = ["wheels", "https://links.test/"]
allow-insecure-host = ["own.test"]
""")

    assert uv_indexes(project, tmp_path) == IndexOptions(
        index_url="https://main.test/simple",
        extra_index_urls=("https://me%40home:word@own.test/simple",),
        explicit_index_urls=("https://torch.test/simple",),
        find_links=(str(tmp_path / "wheels"), "https://links.test/"),
        trusted_hosts=("own.test",),
    )


def test_uv_settings_in_order(tmp_path, monkeypatch):
    """Variables win over the project's `uv.toml`, which stands for `pyproject.toml`, and that over the user's."""
    (tmp_path / "home" / "uv").mkdir(parents=True)
    (tmp_path / "home/uv/uv.toml").write_text(
        'index-url = "https://user.test"\nextra-index-url = ["https://more.test"]\n[[index]]\nurl = "wheels"\n'
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("UV_INDEX", "https://one.test our-own=https://own.test?x=1")
    monkeypatch.setenv("UV_INDEX_OUR_OWN_PASSWORD", "word")
    monkeypatch.setenv("UV_FIND_LINKS", "https://a.test,https://b.test")
    project = {"tool": {"uv": {"index-url": "https://project.test"}}}

    without_file = uv_indexes(project, tmp_path).index_url
    (tmp_path / "uv.toml").write_text('index-url = "https://file.test"\n')
    with_file = uv_indexes(project, tmp_path)
    monkeypatch.setenv("UV_INDEX_URL", "https://older.test")
    older = uv_indexes(project, tmp_path).index_url
    monkeypatch.setenv("UV_DEFAULT_INDEX", "main=https://variable.test")

    found = (without_file, with_file.index_url, older, uv_indexes(project, tmp_path).index_url)
    assert found == ("https://project.test", "https://file.test", "https://older.test", "https://variable.test")
    assert with_file.extra_index_urls == (
        (tmp_path / "home/uv/wheels").as_uri(),
        "https://more.test",
        "https://one.test",
        "https://:word@own.test?x=1",
    )
    assert with_file.find_links == ("https://a.test", "https://b.test")


@pytest.mark.parametrize(
    ("variable", "value", "url"), [("UV_NO_CONFIG", "1", None), ("UV_CONFIG_FILE", "{}/chosen.toml", "https://chosen")]
)
def test_uv_settings_that_a_variable_replaces(tmp_path, monkeypatch, variable, value, url):
    """No file of settings counts, or the one that a variable names."""
    (tmp_path / "chosen.toml").write_text('index-url = "https://chosen"\n')
    (tmp_path / "uv.toml").write_text('index-url = "https://file"\n')
    monkeypatch.setenv(variable, value.format(tmp_path))

    assert uv_indexes({}, tmp_path).index_url == url


def test_broken_uv_settings(tmp_path):
    """A file of uv's settings that cannot be read is an error that names it."""
    (tmp_path / "uv.toml").write_text("index-url =")

    with pytest.raises(PipSettingsError, match=r"uv's setting in `.*uv.toml` cannot be read: Invalid value"):
        uv_indexes({}, tmp_path)


SOURCES = {
    "primary": ('url = "https://one.test"', IndexOptions(index_url="https://one.test")),
    "older words": (
        """url = "https://one.test"\npriority = "default"
[[tool.poetry.source]]\nname = "two"\nurl = "https://two.test"\npriority = "secondary\"""",
        IndexOptions(index_url="https://one.test", supplemental_index_urls=("https://two.test",)),
    ),
    "the public one too": (
        'url = "https://one.test"\n[[tool.poetry.source]]\nname = "PyPI"',
        IndexOptions(extra_index_urls=("https://one.test",)),
    ),
    "supplemental": (
        'url = "https://one.test"\npriority = "supplemental"',
        IndexOptions(supplemental_index_urls=("https://one.test",)),
    ),
    "explicit": (
        'url = "https://one.test"\npriority = "explicit"',
        IndexOptions(explicit_index_urls=("https://one.test",)),
    ),
}


@pytest.mark.parametrize(("source", "expected"), SOURCES.values(), ids=SOURCES)
def test_poetry(source, expected):
    """A source's priority says whether it takes the public index's place, helps out, or is for those that name it."""
    assert poetry_indexes(tomllib.loads(f'[[tool.poetry.source]]\nname = "one"\n{source}\n')) == expected


def test_login_of_poetry(monkeypatch):
    """A source's login is in variables of its name."""
    monkeypatch.setenv("POETRY_HTTP_BASIC_MY_ONE_PASSWORD", "word")
    project = tomllib.loads('[[tool.poetry.source]]\nname = "my-one"\nurl = "https://one.test/simple"\n')

    assert poetry_indexes(project) == IndexOptions(index_url="https://:word@one.test/simple")


def test_pdm(tmp_path, monkeypatch):
    """A source of the public index's name takes its place; variables are filled in, folders are searched."""
    monkeypatch.setenv("WORD", "secret")
    project = tomllib.loads("""\
[[tool.pdm.source]]
name = "more"
url = "https://me:${WORD}@more.test/simple"
verify_ssl = false
[[tool.pdm.source]]
name = "pypi"
url = "https://main.test/simple"
[[tool.pdm.source]]
name = "local"
type = "find_links"
url = "wheels"
""")

    assert pdm_indexes(project, tmp_path) == IndexOptions(
        index_url="https://main.test/simple",
        extra_index_urls=("https://me:secret@more.test/simple",),
        find_links=(str(tmp_path / "wheels"),),
        trusted_hosts=("more.test",),
    )


def test_packages_of_a_pdm_source(tmp_path):
    """A package that a source claims by `include_packages` is pinned to it."""
    files = 'files = [{ file = "x", hash = "sha256:1" }]'
    packages = "".join(f'[[package]]\nname = "{name}"\nversion = "1.0"\n{files}\n' for name in ("our-words", "other"))
    (tmp_path / "pdm.lock").write_text(f'{packages}[metadata]\nlock_version = "4.5.0"\n')
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.pdm.source]]\nname = "own"\nurl = "https://own.test"\ninclude_packages = ["Our_*"]\n'
    )

    pins = read_lock_file(tmp_path / "pdm.lock", TARGET, root=tmp_path, folder=tmp_path, groups=(), extras=()).pins

    assert [(pin.name, pin.index) for pin in pins] == [("other", None), ("our-words", "https://own.test")]


def test_addresses_with_and_without_logins():
    """Of an address with its login and the same without, the one with the login counts, wherever it stands."""
    bare = IndexOptions(index_url="https://a.test/simple/", extra_index_urls=("https://b.test",), find_links=("x", "y"))
    full = IndexOptions(
        index_url="https://me:word@a.test/simple",
        extra_index_urls=("https://b.test?key=1", "https://c.test"),
        find_links=("x",),
    )
    merged = {
        "index_url": full.index_url,
        "extra_index_urls": ("https://b.test?key=1", "https://c.test"),
        "find_links": ("x", "y"),
    }

    assert merge_indexes((bare, full)) == IndexOptions(**merged)
    assert merge_indexes((full, bare)) == IndexOptions(**merged)
    assert merge_indexes((full, IndexOptions(index_url="https://d.test"))).index_url == "https://d.test"


def test_pipenv(tmp_path, monkeypatch):
    """A package has the source that it names, else the first; variables are filled in."""
    monkeypatch.setenv("HOST", "own.test")
    (tmp_path / "Pipfile.lock").write_text("""{
"_meta": {"sources": [{"name": "main", "url": "https://main.test"},
                      {"name": "own", "url": "https://$HOST/simple", "verify_ssl": false}]},
"default": {"one": {"version": "==1.0"}, "two": {"version": "==1.0", "index": "own"}}}""")

    lock = read_lock_file(tmp_path / "Pipfile.lock", TARGET, root=tmp_path, folder=tmp_path, groups=(), extras=())

    assert [(pin.name, pin.index) for pin in lock.pins] == [
        ("one", "https://main.test"),
        ("two", "https://own.test/simple"),
    ]
    assert lock.index == IndexOptions(explicit_index_urls=("https://own.test/simple",), trusted_hosts=("own.test",))


def test_explicit_index(fetch, index, other, tmp_path):
    """An explicit index is asked for what names it, and for nothing else, and nobody else has what names it."""
    put(other, tmp_path, "one", "2")
    put(index, tmp_path, "one", "1")
    put(index, tmp_path, "two", "1")
    options = IndexOptions(index_url=index.url, explicit_index_urls=(f"{other.url}/",))

    found = fetch(options, ("one", other.url), ("two", None))
    with pytest.raises(PackageMissingError) as caught:
        fetch(options, ("two", other.url))

    assert found == ["one-1.0-2-py3-none-any.whl", "two-1.0-1-py3-none-any.whl"]
    assert {path for path in other.requests if "/simple/" in path} == {"/simple/one/", "/simple/two/"}
    assert caught.value.hints == (f"looked in: {other.url}",)
    assert "/simple/one/" not in index.requests


def test_supplemental_index(fetch, index, other, tmp_path):
    """A supplemental index is asked only for what no other has."""
    put(index, tmp_path, "one", "1")
    put(other, tmp_path, "one", "2")
    put(other, tmp_path, "two", "2")

    found = fetch(IndexOptions(index_url=index.url, supplemental_index_urls=(other.url,)), ("one", None), ("two", None))

    assert found == ["one-1.0-1-py3-none-any.whl", "two-1.0-2-py3-none-any.whl"]
    assert [path for path in other.requests if "/simple/" in path] == ["/simple/two/"]


def test_login_of_an_explicit_index(fetch, index, other, tmp_path):
    """The login of an index is used for pins that name it without, and is shown nowhere."""
    put(other, tmp_path, "one", "1")
    other.login = "me:word"
    url = other.url.replace("//", "//me:word@")
    options = IndexOptions(index_url=index.url.replace("//", "//me:word@"), explicit_index_urls=(url,))

    found = fetch(options, ("one", other.url))
    with pytest.raises(PackageMissingError) as caught:
        fetch(options, ("missing", None))

    assert found == ["one-1.0-1-py3-none-any.whl"]
    assert caught.value.hints == (f"looked in: {index.url}",)


def test_uv_lock_from_its_indexes(tmp_path, index, other, monkeypatch):
    """A whole uv.lock is fetched from its default and explicit indexes, with pip's own index out of the way."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    one, two = put(index, tmp_path, "one", "1"), put(other, tmp_path, "two", "2")
    packages = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ registry = "{server.url}" }}\n'
        f'wheels = [{{ hash = "sha256:{digest_of(path)}" }}]\n'
        for name, server, path in (("one", index, one), ("two", other, two))
    )
    needs = 'dependencies = [{ name = "one" }, { name = "two" }]'
    root = f'[[package]]\nname = "shop"\nsource = {{ virtual = "." }}\n{needs}\n'
    (tmp_path / "uv.lock").write_text(f"version = 1\n{packages}{root}")
    (tmp_path / "pyproject.toml").write_text(
        f'[[tool.uv.index]]\nname = "main"\nurl = "{index.url}"\ndefault = true\n'
        f'[[tool.uv.index]]\nname = "own"\nurl = "{other.url}"\nexplicit = true\n'
        '[tool.uv.sources]\ntwo = { index = "own" }\n'
    )

    lock = read_lock_file(tmp_path / "uv.lock", TARGET, root=tmp_path, folder=tmp_path, groups=(), extras=())
    wheels = fetch_wheels(lock, TARGET, on_progress=lambda _: None)

    assert [wheel.path.name for wheel in wheels] == [one.name, two.name]


def test_requirements_beside_the_settings_of_uv(tmp_path):
    """Requirements are fetched from uv's indexes too, but for explicit ones; what they say themselves comes first."""
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.uv.index]]\nurl = "https://main.test"\ndefault = true\n'
        '[[tool.uv.index]]\nurl = "https://more.test"\n[[tool.uv.index]]\nurl = "https://own.test"\nexplicit = true\n'
    )
    path = tmp_path / "requirements.txt"

    path.write_text("one==1.0\n")
    plain = read_lock((path,), TARGET, folder=path.parent).index
    path.write_text("-i https://first.test\none==1.0\n")
    own = read_lock((path,), TARGET, folder=path.parent).index

    assert plain == IndexOptions(index_url="https://main.test", extra_index_urls=("https://more.test",))
    assert own == IndexOptions(index_url="https://first.test", extra_index_urls=("https://more.test",))


def test_merge():
    """Of several locks' options all lists count, and the last index."""
    one = IndexOptions(index_url="https://a", extra_index_urls=("https://x",), no_index=True)
    two = IndexOptions(index_url="https://b", extra_index_urls=("https://x", "https://y"))

    assert merge_indexes((one, two, IndexOptions())) == IndexOptions(
        index_url="https://b", extra_index_urls=("https://x", "https://y"), no_index=True
    )

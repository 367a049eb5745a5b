"""Builds from a cache that is not as it was left: the same bytes, or an error of what nobody can fetch anew."""

import random
import shutil
import zipfile

import pytest

from bundler import Project, build
from bundler.errors import HashMismatchError, WheelBrokenError
from bundler.system.cache import cache_folder
from tests.support.command_line import RUNTIME, write_project
from tests.support.wheels import digest_of, make_wheel

SETTINGS = f"service: shop\nprovider: {{name: aws, runtime: {RUNTIME}}}\nfunctions: {{hello: {{handler: app.hello}}}}\n"
KINDS = ("bytecode", "compressed", "contents", "facts", "interpreters", "pins", "wheels")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project that imports `one`, a wheel of the folder `wheels` beside it, which its lock has the hash of."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    wheel = make_wheel(tmp_path / "wheels", "one", "1.0", {"one/__init__.py": "WORD = 'good'\n" * 50, "one/b.py": ""})
    lock = f"--no-index\n--find-links {wheel.parent}\none==1.0 --hash=sha256:{digest_of(wheel)}\n"
    files = {"serverless.yml": SETTINGS, "requirements.txt": lock, "app.py": "import one, one.b\nhello = print\n"}
    return write_project(tmp_path / "shop", files)


def bytes_of(project, output):
    """Build into a folder of its own, and return what lies in it then."""
    build(project, output=project.parent / output)
    return {path.name: path.read_bytes() for path in (project.parent / output).iterdir()}


def entries(kind):
    return sorted(path for path in (cache_folder() / kind).rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_entries(project, kind):
    """Whatever is wrong with entries of any kind, the build gives the bytes that it gave before."""
    right = bytes_of(project, "first")
    chance = random.Random(kind)

    for number, damage in enumerate((_flip, _flip, _cut, _empty, _overwrite, _exchange)):
        paths = entries(kind)
        assert paths, kind
        damage(paths, chance)

        assert bytes_of(project, f"out{number}") == right, damage


def _flip(paths, chance):
    for path in paths:
        content = bytearray(path.read_bytes())
        content[chance.randrange(min(len(content), 40))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)


def _cut(paths, chance):
    for path in paths:
        path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def _empty(paths, _):
    for path in paths:
        path.write_bytes(b"")


def _overwrite(paths, chance):
    for path in paths:
        path.write_bytes(chance.randbytes(path.stat().st_size))


def _exchange(paths, _):
    """Put each entry in the place of the next."""
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, (*contents[1:], contents[0]), strict=True):
        path.write_bytes(content)


def test_zip_of_a_damaged_cache_does_not_stay(project):
    """A build after one with a damaged cache, whatever became of that, ends in the right bytes."""
    right = bytes_of(project, "out")
    _flip(entries("compressed"), random.Random(1))
    (project / "app.py").write_text("import one, one.b\nhello = print \n")
    bytes_of(project, "out")
    shutil.rmtree(cache_folder())
    (project / "app.py").write_text("import one, one.b\nhello = print\n")

    assert bytes_of(project, "out") == right


@pytest.mark.parametrize("forgotten", [(), ("facts", "contents", "bytecode")], ids=["all kept", "facts gone"])
def test_wheel_that_was_replaced(project, forgotten):
    """A wheel of the cache in whose place lies another one, valid but not what the lock says, is fetched anew."""
    right = bytes_of(project, "first")
    (kept,) = entries("wheels")
    other = make_wheel(project.parent / "other", "one", "1.0", {"one/__init__.py": "WORD = 'evil'\n", "one/b.py": ""})
    kept.write_bytes(other.read_bytes())
    for kind in forgotten:
        shutil.rmtree(cache_folder() / kind)

    assert bytes_of(project, "second") == right
    assert kept.read_bytes() == (project.parent / "wheels" / kept.name).read_bytes()


def test_wheel_that_was_replaced_at_its_source(project):
    """A wheel that is fetched, and is not what the lock says, is an error."""
    make_wheel(project.parent / "wheels", "one", "1.0", {"one/__init__.py": "WORD = 'evil'\n"})

    with pytest.raises(HashMismatchError) as raised:
        build(project)

    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "version"), [("two", "1.0"), ("one", "1.1"), ("one", "1.0+local")], ids=["name", "version", "local"]
)
def test_metadata_of_another_wheel(project, name, version):
    """METADATA of another name or version than the file's is an error that names both."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n"
    files = {"one/__init__.py": "", "one/b.py": "", "one-1.0.dist-info/METADATA": metadata}
    wheel = make_wheel(project.parent / "wheels", "one", "1.0", files)
    (project / "requirements.txt").write_text(f"--no-index\n--find-links {wheel.parent}\none==1.0\n")

    with pytest.raises(WheelBrokenError) as raised:
        build(Project(project))

    assert str(raised.value) == (
        f"`one-1.0-py3-none-any.whl` is not a usable wheel: its metadata is that of `{name}` {version}"
    )


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1"])
def test_metadata_that_spells_the_version_otherwise(project, version):
    """A version may be spelled in more than one way."""
    files = {"one/__init__.py": "", "one/b.py": "", "one-1.0.dist-info/METADATA": f"Name: One\nVersion: {version}\n\n"}
    wheel = make_wheel(project.parent / "wheels", "one", "1.0", files)
    (project / "requirements.txt").write_text(f"--no-index\n--find-links {wheel.parent}\none==1.0\n")

    built = build(project)

    with zipfile.ZipFile(built.functions["hello"].zip_path) as bundle:
        assert "one/__init__.pyc" in bundle.namelist()

"""Requirements without versions become a lock for the target, by pip-tools and uv alike, whatever machine asks."""

import sys

import pytest

from bundler.errors import CompileError, IndexAccessError, RequirementError, ResolverMissingError
from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, Pin, Resolver
from bundler.resolve import find_lock, resolvers
from bundler.resolve.compile import compile_lock
from bundler.resolve.pip_settings import read_pip_settings
from bundler.runtimes import make_target
from tests.support.index_server import IndexServer
from tests.support.sites import make_function
from tests.support.wheels import digest_of, make_sdist, make_wheel

OLD_ARM = make_target("python3.9", Architecture.ARM64)
BACKEND = """\
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise SystemExit("nobody needs the wheel to know what it needs")

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    import os
    os.mkdir(f"{metadata_directory}/source-1.0.dist-info")
    with open(f"{metadata_directory}/source-1.0.dist-info/METADATA", "w") as file:
        file.write("Metadata-Version: 2.1\\nName: source\\nVersion: 1.0\\nRequires-Dist: base\\n")
    return "source-1.0.dist-info"
"""
BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


@pytest.fixture
def compiled(index, tmp_path, target, resolver):
    """Return the lock compiled from a requirements.in of this text."""

    def compiled(text, *, target=target, others=None):
        for name, content in {"requirements.in": text, **(others or {})}.items():
            (tmp_path / name).write_text(
                f"--index-url {index.url}\n{content}" if name == "requirements.in" else content
            )
        return compile_lock(
            make_function(tmp_path, requirements=(tmp_path / "requirements.in",)).options,
            target,
            resolver=resolver,
            is_offline=False,
        )

    return compiled


def names_in(lock):
    return [str(pin) for pin in lock.pins]


def test_whole_lock(compiled, offer, index, tmp_path, target, resolver):
    """All that is asked for and needed is pinned, extras and all, and the lock says where it comes from."""
    offer("app-kit", "1.0")
    offer("app-kit", "1.5", requires=["base>=1", "speed; extra == 'fast'"], extras=["fast"])
    offer("app-kit", "2.0")
    offer("base", "1.2")
    offer("speed", "3.0")

    lock = compiled("App.Kit[fast]>=1,<2  # not two yet\n")

    origin = "the lock compiled from `requirements.in`"
    assert lock.pins == (
        Pin(name="app-kit", version="1.5", hashes=(), extras=("fast",), asked="<2,>=1", origin=origin),
        Pin(name="base", version="1.2", hashes=(), asked="", origin=origin),
        Pin(name="speed", version="3.0", hashes=(), asked="", origin=origin),
    )
    assert lock.paths == (tmp_path / "requirements.in",)
    assert lock.index.index_url == index.url
    assert lock.notes == (
        f"`requirements.in` is not pinned: compiled for {target} by {resolver}; `lbundle lock` writes it down",
    )


def test_markers_of_target(compiled, offer):
    """Markers are the target's, in what is asked for and in what that needs."""
    for name in ("old-python", "arm-only", "windows-only", "new-python", "linux-only"):
        offer(name, "1.0")
    offer(
        "app-kit",
        "1.0",
        requires=[
            'old-python; python_version < "3.11"',
            'arm-only; platform_machine == "aarch64"',
            'windows-only; sys_platform == "win32"',
        ],
    )

    lock = compiled(
        'app-kit\nnew-python; python_version >= "3.10"\nlinux-only; sys_platform != "win32"\n', target=OLD_ARM
    )

    assert names_in(lock) == ["app-kit==1.0", "arm-only==1.0", "linux-only==1.0", "old-python==1.0"]


def test_requires_python_of_target(compiled, offer):
    """A version for newer Pythons is passed over; one that only an early patch level of the target lacks is taken."""
    offer("app-kit", "1.0", requires_python=">=3.8")
    offer("app-kit", "1.1", requires_python=">=3.9.2,!=3.9.0")
    offer("app-kit", "2.0", requires_python=">=3.10")

    lock = compiled("app-kit\n", target=OLD_ARM)

    assert names_in(lock) == ["app-kit==1.1"]


def test_wheels_of_target(compiled, offer):
    """Wheels for other machines and Pythons do not count, also where the host is of that kind."""
    offer("native", "1.0", tag="cp39-cp39-manylinux2014_aarch64")
    offer("native", "2.0", tag="cp39-cp39-manylinux2014_x86_64")
    offer("native", "3.0", tag=f"cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-manylinux2014_aarch64")

    lock = compiled("native\n", target=OLD_ARM)

    assert names_in(lock) == ["native==1.0"]


def test_wheel_rather_than_source(compiled, offer, index, tmp_path):
    """Where the newest has wheels, but only for a newer glibc, the newest that is ready for the target is taken."""
    offer("native", "1.0", tag="cp39-cp39-manylinux_2_26_aarch64", requires=["base"])
    offer("native", "2.0", tag="cp39-cp39-manylinux_2_28_aarch64")
    offer("native", "3.0rc1", tag="cp39-cp39-manylinux2014_aarch64")
    index.add(make_sdist(tmp_path, "native", "2.0", {"setup.py": "raise SystemExit('not to be run')"}), "native")
    offer("base", "1.0")

    lock = compiled("native\n", target=OLD_ARM)

    assert names_in(lock) == ["base==1.0", "native==1.0"]
    assert lock.notes[1:] == ("`native==2.0` has no wheel for python3.9 on arm64, so 1.0 is taken",)


def test_source_when_asked_for(compiled, offer, index, tmp_path):
    """A version that something insists on stays, though it has no wheel for the target."""
    offer("native", "1.0", tag="cp39-cp39-manylinux_2_26_aarch64")
    offer("native", "2.0", tag="cp39-cp39-manylinux_2_28_aarch64")
    index.add(make_sdist(tmp_path, "native", "2.0", {"setup.py": ""}), "native")

    lock = compiled("native>=2\n", target=OLD_ARM)

    assert names_in(lock) == ["native==2.0"]
    assert len(lock.notes) == 1


def test_source_alone(compiled, offer, index, tmp_path):
    """What a source distribution needs is found out by its own build backend."""
    sdist = make_sdist(tmp_path, "source", "1.0", {"pyproject.toml": BUILD_SYSTEM, "backend.py": BACKEND})
    index.add(sdist, "source")
    offer("base", "1.0")

    lock = compiled("source\n", target=OLD_ARM)

    assert names_in(lock) == ["base==1.0", "source==1.0"]
    assert len(lock.notes) == 1


def test_asks_once(compiled, offer, index):
    """The same requirements give the same lock without asking anybody, until they or the target change."""
    offer("app-kit", "1.0")
    first = compiled("app-kit\n")
    offer("app-kit", "2.0")
    index.requests.clear()

    again = compiled("app-kit   # the same, said otherwise\n")

    assert again == first
    assert index.requests == []
    assert names_in(compiled("app-kit>=1\n")) == ["app-kit==2.0"]
    assert names_in(compiled("app-kit\n", target=OLD_ARM)) == ["app-kit==2.0"]


def test_other_files(compiled, offer):
    """Files that the requirements name count, as do constraints, variables and pins."""
    for version in ("1.0", "1.1", "2.0"):
        offer("app-kit", version)
        offer("base", version)
        offer("third", version)

    lock = compiled(
        "-r more.in\n-c limits.txt\nthird==1.1\n",
        others={"more.in": "app-kit\nbase\n", "limits.txt": "base<2\nnobody\n"},
    )

    assert names_in(lock) == ["app-kit==2.0", "base==1.1", "third==1.1"]


def test_local_wheel(compiled, offer, tmp_path):
    """A wheel of the project's own is pinned by its path, and what it needs is pinned too."""
    wheel = make_wheel(tmp_path, "own", "1.0", requires=["base"])
    offer("base", "1.0")

    lock = compiled(f"./{wheel.name}\n")
    own = lock.pins[1]

    assert names_in(lock) == ["base==1.0", "own==1.0"]
    assert own.url == wheel.as_uri()


def test_changed_wheel(compiled, offer, tmp_path):
    """A wheel of the project's own that has changed may need something else."""
    offer("base", "1.0")
    make_wheel(tmp_path, "own", "1.0")
    before = compiled("./own-1.0-py3-none-any.whl\n")
    make_wheel(tmp_path, "own", "1.0", requires=["base"])

    after = compiled("./own-1.0-py3-none-any.whl\n")

    assert (names_in(before), names_in(after)) == (["own==1.0"], ["base==1.0", "own==1.0"])


def test_hashes_stay(compiled, offer):
    """A hash that the requirements give is kept: the file is held to it."""
    digest = digest_of(offer("app-kit", "1.0"))
    offer("base", "1.0")

    lock = compiled(f"base\napp-kit==1.0 --hash=sha256:{digest}\n")

    assert [pin.hashes for pin in lock.pins] == [(f"sha256:{digest}",), ()]


def test_prereleases(compiled, offer):
    """`--pre` in the requirements asks for versions that are not final."""
    offer("app-kit", "1.0")
    offer("app-kit", "2.0rc1")

    assert names_in(compiled("app-kit\n")) == ["app-kit==1.0"]
    assert names_in(compiled("--pre\napp-kit\n")) == ["app-kit==2.0rc1"]


def test_only_binary(compiled, offer, index, tmp_path):
    """`--only-binary` forbids sources to the resolver too."""
    offer("app-kit", "1.0")
    index.add(make_sdist(tmp_path, "app-kit", "2.0", {"setup.py": "raise SystemExit('not to be run')"}), "app-kit")

    assert names_in(compiled("--only-binary :all:\napp-kit\n")) == ["app-kit==1.0"]


def test_build_tools(compiled, offer):
    """Packages that install others are packages like any other."""
    offer("setuptools", "80.0")

    assert names_in(compiled("setuptools\n")) == ["setuptools==80.0"]


def test_nothing_for_the_target(compiled):
    """Requirements that are all for other systems give an empty lock, and nobody is asked."""
    assert compiled('app-kit; sys_platform == "win32"\n').pins == ()


def test_settings_of_pip(offer, index, tmp_path, target, resolver, monkeypatch):
    """pip's settings say where both look, and both take the newest of all places."""
    offer("app-kit", "1.0")
    make_wheel(tmp_path / "folder of wheels", "app-kit", "1.5")
    (tmp_path / "pip.conf").write_text(f"[global]\nextra-index-url = {index.url}\nno-index = false\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "empty").as_uri())
    (tmp_path / "requirements.in").write_text('--find-links "./folder of wheels"\napp-kit\n')

    lock = compile_lock(
        make_function(tmp_path, requirements=(tmp_path / "requirements.in",)).options,
        target,
        resolver=resolver,
        is_offline=False,
    )

    assert names_in(lock) == ["app-kit==1.5"]


def test_conflict(compiled, offer, resolver):
    """What cannot be had together is one error that ends with the resolver's own words."""
    offer("app-kit", "1.0", requires=["base<2"])
    offer("base", "1.0")
    offer("base", "2.0")

    with pytest.raises(CompileError) as caught:
        compiled("app-kit\nbase>=2\n")

    assert caught.value.message == f"{resolver} finds no versions for `requirements.in` on python3.12 on x86_64"
    said = " ".join(caught.value.hints)
    assert "app-kit" in said
    assert "base<2" in said
    assert "Traceback" not in said


def test_unknown_name(compiled):
    """A name that no index has is named, and no more is said than helps."""
    with pytest.raises(CompileError) as caught:
        compiled("no-such-thing\n")

    assert "no-such-thing" in " ".join(caught.value.hints)
    assert "Traceback" not in " ".join(caught.value.hints)


def test_index_that_asks_for_a_login(tmp_path, target, resolver):
    """Where an index asks for a login that nobody gave, that is the error, and not that it lacks the package."""
    with IndexServer(login="me:word") as closed:
        (tmp_path / "requirements.in").write_text(f"--index-url {closed.url}\napp-kit\nbase\n")
        options = make_function(tmp_path, requirements=(tmp_path / "requirements.in",)).options

        with pytest.raises(IndexAccessError) as caught:
            compile_lock(options, target, resolver=resolver, is_offline=False)

        assert caught.value.message in {f"`{closed.url}/{name}/` asks for a login" for name in ("app-kit", "base")}


def test_not_installable(compiled):
    """Lines that no bundle can be made of are refused before anybody is asked."""
    with pytest.raises(RequirementError):
        compiled("-e .\napp-kit\n")


def test_find_lock(offer, index, tmp_path, target, resolver):
    """A lock is read as it is; requirements that are none are compiled."""
    offer("app-kit", "1.0")
    offer("app-kit", "2.0")
    path = tmp_path / "requirements.txt"

    path.write_text(f"-i {index.url}\napp-kit==1.0 --hash=sha256:{'1' * 64}\n")
    options = make_function(tmp_path, requirements=(path,)).options
    read = find_lock(options, target, root=tmp_path, resolver=resolver, is_offline=False)
    path.write_text(f"-i {index.url}\napp-kit\n")
    compiled = find_lock(options, target, root=tmp_path, resolver=resolver, is_offline=False)

    assert (names_in(read), read.notes) == (["app-kit==1.0"], ())
    assert (names_in(compiled), len(compiled.notes)) == (["app-kit==2.0"], 1)


def test_choice_of_resolver(monkeypatch):
    """uv is used where it is installed; to ask for it where it is not is an error."""
    monkeypatch.setattr(resolvers.shutil, "which", lambda *_, **__: "/usr/bin/uv")
    with_uv = resolvers.choose_resolver(Resolver.AUTO)
    monkeypatch.setattr(resolvers.shutil, "which", lambda *_, **__: None)

    assert with_uv is Resolver.UV
    assert resolvers.choose_resolver(Resolver.AUTO) is Resolver.PIP_TOOLS
    with pytest.raises(ResolverMissingError, match="`uv` cannot be used"):
        resolvers.choose_resolver(Resolver.UV)


def test_own_settings_of_uv(monkeypatch, tmp_path):
    """What uv is told elsewhere may change how it works, not what it answers."""
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("PIP_PROXY", "http://proxy.example:8080")
    environment = {
        "UV_RESOLUTION": "lowest",
        "UV_INDEX_URL": "https://other.example/simple",
        "UV_CACHE_DIR": "/cache",
        "HTTPS_PROXY": "http://other.example:8080",
    }

    given = resolvers._uv_environment(environment, read_pip_settings(IndexOptions()), {"PATH": "/bin"})

    assert given == {
        "PATH": "/bin",
        "UV_CACHE_DIR": "/cache",
        "UV_HTTP_RETRIES": "1",
        "UV_HTTP_TIMEOUT": "15",
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        "HTTP_PROXY": "http://proxy.example:8080",
        "HTTPS_PROXY": "http://proxy.example:8080",
    }

    given = resolvers._uv_environment({"HTTPS_PROXY": "http://me:word@proxy"}, read_pip_settings(IndexOptions()), {})

    assert given["HTTPS_PROXY"] == "http://proxy.example:8080"

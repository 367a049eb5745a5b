"""A lock of PEP 751 says what the same lock as requirements.txt says, and nothing of the machine that made it."""

import tomllib

import pytest
from packaging.pylock import Pylock

from bundler.errors import LockNameError, LockOverwriteError
from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, LockFormat, LockPlan, Resolver
from bundler.resolve import read_lock
from bundler.resolve.lock_formats import read_lock_file
from bundler.resolve.write_lock import plan_lock, write_lock
from bundler.runtimes import make_target
from tests.support.index_server import IndexServer
from tests.support.local_projects import write_local_project
from tests.support.sites import make_function
from tests.support.wheels import digest_of, make_sdist, make_wheel

ARM = make_target("python3.12", Architecture.ARM64)
INTEL = make_target("python3.12", Architecture.X86_64)
IS_INTEL = "sys_platform == 'linux' and platform_machine == 'x86_64' and python_version == '3.12'"


@pytest.fixture
def write(tmp_path, index, monkeypatch):
    """Return how to write the lock of a requirements.in; the index is one of pip's settings."""
    monkeypatch.setenv("PIP_INDEX_URL", index.url)

    def write(text, *targets, name="pylock.toml", is_upgrade=False):
        (tmp_path / "requirements.in").write_text(text)
        plan = LockPlan(sources=(tmp_path / "requirements.in",), output=tmp_path / name, working_folder=tmp_path)
        write_lock(plan, targets, resolver=Resolver.PIP_TOOLS, is_upgrade=is_upgrade, is_offline=False)
        return plan.output.read_text()

    return write


def test_places_of_packages(tmp_path, monkeypatch):
    """A build from the lock looks where the requirements say that it was made from."""
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    make_wheel(tmp_path / "wheels", "app-kit", "1.0")
    source = tmp_path / "requirements.in"
    source.write_text("--no-index -f wheels\napp-kit\n")
    plan = LockPlan(sources=(source,), output=tmp_path / "pylock.toml", working_folder=tmp_path)

    write_lock(plan, (INTEL,), resolver=Resolver.PIP_TOOLS, is_upgrade=False, is_offline=False)

    assert read_pylock(plan.output, INTEL).index == IndexOptions(no_index=True, find_links=(str(tmp_path / "wheels"),))


def pins_of(path, target):
    """Return what of pins decides about a bundle."""
    lock = read_lock((path,), target, folder=path.parent) if path.suffix == ".txt" else read_pylock(path, target)
    return [(pin.name, pin.version, set(pin.hashes), pin.url, pin.path, pin.extras) for pin in lock.pins]


def read_pylock(path, target):
    return read_lock_file(path, target, root=path.parent, folder=path.parent, groups=(), extras=())


def test_content(write, offer, index, tmp_path):
    """Every file has its address and hash, every package its index and extras, and the lock what it was made from."""
    kit = offer("app-kit", "1.0", requires=["speed; extra == 'fast'"], extras=["fast"])
    wheel = offer("speed", "2.0", tag="cp312-cp312-manylinux2014_x86_64")
    sdist = index.add(make_sdist(tmp_path / "index", "speed", "2.0", {}), "speed")

    document = tomllib.loads(write("app-kit[fast]\n", INTEL))

    def entry(path):
        url = f"http://{index.host}/files/{path.name}"
        return {"name": path.name, "url": url, "hashes": {"sha256": digest_of(path)}}

    assert document == {
        "lock-version": "1.0",
        "environments": [IS_INTEL.replace("'", '"')],
        "created-by": "lbundle",
        "packages": [
            {
                "name": "app-kit",
                "version": "1.0",
                "index": index.url,
                "wheels": [entry(kit)],
                "tool": {"lbundle": {"extras": ["fast"]}},
            },
            {
                "name": "speed",
                "version": "2.0",
                "index": index.url,
                "sdist": entry(sdist),
                "wheels": [entry(wheel)],
            },
        ],
        "tool": {"lbundle": {"sources": ["requirements.in"]}},
    }
    Pylock.from_dict(document).validate()


def test_same_pins_in_both_formats(write, offer, tmp_path):
    """For each target both formats give the same pins, local files and folders among them."""
    offer("app-kit", "1.0", requires=["arm-only; platform_machine == 'aarch64'", "both"])
    offer("arm-only", "1.0")
    offer("both", "1.0", tag="cp312-cp312-manylinux2014_x86_64")
    offer("both", "1.0", tag="cp312-cp312-manylinux2014_aarch64")
    make_wheel(tmp_path / "packages", "own", "1.0")
    write_local_project(tmp_path / "common", "common", {"common.py": ""})
    asked = "app-kit\n./packages/own-1.0-py3-none-any.whl\n./common\n"

    write(asked, ARM, INTEL)
    write(asked, ARM, INTEL, name="requirements.txt")

    for target, names in (
        (ARM, ["app-kit", "arm-only", "both", "common", "own"]),
        (INTEL, ["app-kit", "both", "common", "own"]),
    ):
        pins = pins_of(tmp_path / "pylock.toml", target)
        assert [name for name, *_ in pins] == names
        assert pins == pins_of(tmp_path / "requirements.txt", target)


def test_nothing_of_the_machine(write, offer, index, tmp_path, monkeypatch):
    """Logins stay out, and so does an index where there are several; files of a folder are named from the lock."""
    offer("app-kit", "1.0")
    make_wheel(tmp_path / "found", "near", "1.0")
    index.login = "user:word"
    with IndexServer() as other:
        monkeypatch.setenv("PIP_INDEX_URL", index.url.replace("://", "://user:word@"))
        alone = write("app-kit\n", INTEL)
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", other.url)
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "found"))
        several = write("app-kit\nnear\n", INTEL, is_upgrade=True)

    assert f'index = "{index.url}"' in alone
    assert "word" not in alone
    assert "index = " not in several
    assert 'path = "found/near-1.0-py3-none-any.whl"' in several
    assert str(tmp_path) not in several


def test_versions_stay(write, offer, tmp_path):
    """A lock that is there keeps its versions while they will do; one of other targets says nothing."""
    offer("app-kit", "1.0")
    write("app-kit\n", INTEL)
    offer("app-kit", "2.0")

    kept = write("app-kit\n", INTEL)
    upgraded = write("app-kit\n", INTEL, is_upgrade=True)

    assert 'version = "1.0"' in kept
    assert 'version = "2.0"' in upgraded
    (tmp_path / "pylock.toml").write_text(kept)
    assert 'version = "2.0"' in write("app-kit\n", ARM)


def test_never_over_the_lock_of_another_tool(write, offer, tmp_path):
    """A pylock.toml that another tool keeps is not written over."""
    offer("app-kit", "1.0")
    (tmp_path / "pylock.toml").write_text('lock-version = "1.0"\ncreated-by = "other"\npackages = []\n')

    with pytest.raises(LockOverwriteError) as caught:
        write("app-kit\n", INTEL)

    assert caught.value.message == "`pylock.toml` is kept by hand and is not written over"


@pytest.mark.parametrize(
    ("settings", "output", "lock_format", "expected"),
    [
        ("requirements.in", None, LockFormat.PYLOCK, ("requirements.in", "pylock.toml")),
        ("requirements.in", None, None, ("requirements.in", "requirements.txt")),
        ("web.dev.txt", None, LockFormat.PYLOCK, ("web.dev.txt", "pylock.web-dev.toml")),
        ("requirements.in", "pylock.web.toml", None, ("requirements.in", "pylock.web.toml")),
        ("pylock.toml", None, None, ("requirements.in", "pylock.toml")),
        ("pylock.toml", None, LockFormat.REQUIREMENTS, ("requirements.in", "requirements.txt")),
        ("pylock.other.toml", None, None, None),
    ],
)
def test_plan(tmp_path, settings, output, lock_format, expected):
    """A format that is in use stays; a lock that lbundle wrote says what it is made from."""
    ours = (
        'lock-version = "1.0"\ncreated-by = "lbundle"\npackages = []\n[tool.lbundle]\nsources = ["requirements.in"]\n'
    )
    (tmp_path / "pylock.toml").write_text(ours)
    (tmp_path / "pylock.other.toml").write_text('lock-version = "1.0"\ncreated-by = "other"\npackages = []\n')
    for name in ("requirements.in", "web.dev.txt"):
        (tmp_path / name).write_text("app-kit\n")

    options = make_function(tmp_path, requirements=(tmp_path / settings,)).options

    plan = plan_lock(options, INTEL, tmp_path / output if output else None, lock_format)

    assert (plan and (" ".join(path.name for path in plan.sources), plan.output.name)) == expected


@pytest.mark.parametrize(
    ("name", "lock_format"), [("lock.toml", LockFormat.PYLOCK), ("pylock.toml", LockFormat.REQUIREMENTS)]
)
def test_name_of_another_format(tmp_path, name, lock_format):
    """A name that says another format is refused."""
    (tmp_path / "requirements.in").write_text("app-kit\n")

    options = make_function(tmp_path, requirements=(tmp_path / "requirements.in",)).options

    with pytest.raises(LockNameError, match=f"`{name}` is no name for a lock in the format {lock_format}"):
        plan_lock(options, INTEL, tmp_path / name, lock_format)

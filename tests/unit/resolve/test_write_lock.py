"""A lock on disk holds for every target, says who wants what, and never replaces what somebody keeps by hand."""

import pytest

from bundler.errors import LockOverwriteError
from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, LockPlan, Resolver
from bundler.resolve import fetch_wheels, find_lock, read_lock
from bundler.resolve.write_lock import plan_lock, write_lock
from bundler.runtimes import make_target
from tests.support.index_server import IndexServer
from tests.support.sites import make_function
from tests.support.wheels import digest_of, make_wheel

OLD_ARM = make_target("python3.9", Architecture.ARM64)
OLD = make_target("python3.9", Architecture.X86_64)
NEW = make_target("python3.12", Architecture.X86_64)


@pytest.fixture
def write(tmp_path, index, resolver, monkeypatch):
    """Return how to write the lock of a requirements.in; the index is one of pip's settings."""
    monkeypatch.setenv("PIP_INDEX_URL", index.url)

    def write(text, *targets, is_upgrade=False):
        (tmp_path / "requirements.in").write_text(text)
        plan = LockPlan(
            sources=(tmp_path / "requirements.in",), output=tmp_path / "requirements.txt", working_folder=tmp_path
        )
        written = write_lock(plan, targets, resolver=resolver, is_upgrade=is_upgrade, is_offline=False)
        return written, plan.output.read_text()

    return write


def test_lock_of_one_target(write, offer, tmp_path, resolver):
    """The lock has every file's hash, who wants it, and nothing of the machine that made it."""
    kit = digest_of(offer("app-kit", "1.0", requires=["base", "speed; extra == 'fast'"], extras=["fast"]))
    arm = digest_of(offer("base", "1.0", tag="cp312-cp312-manylinux2014_aarch64"))
    intel = digest_of(offer("base", "1.0", tag="cp312-cp312-manylinux2014_x86_64"))
    speed = digest_of(offer("speed", "2.0", requires=["base"]))

    written, text = write("App_Kit[fast]\n", NEW)

    hashes = " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted((arm, intel)))
    assert text == (
        "# Made by `lbundle lock` from requirements.in for python3.12 on x86_64.\n"
        "# It keeps these versions while they will do; `lbundle lock --upgrade` takes the newest.\n"
        f"app-kit[fast]==1.0 \\\n    --hash=sha256:{kit}\n"
        "    # via -r requirements.in\n"
        f"base==1.0 \\\n{hashes}\n"
        "    # via\n"
        "    #   app-kit\n"
        "    #   speed\n"
        f"speed==2.0 \\\n    --hash=sha256:{speed}\n"
        "    # via app-kit\n"
    )
    assert (written.path, written.pin_count, written.targets, written.resolver, written.notes) == (
        tmp_path / "requirements.txt",
        3,
        (NEW,),
        resolver,
        (),
    )


def test_lock_of_several_targets(write, offer, tmp_path):
    """Each pin carries a marker of the targets it holds for, unless that is all of them."""
    offer("app-kit", "1.0", requires=['arm-only; platform_machine == "aarch64"', 'old-only; python_version < "3.10"'])
    offer("base", "1.0", requires_python=">=3.8")
    offer("base", "2.0", requires_python=">=3.10")
    offer("arm-only", "1.0")
    offer("old-only", "1.0")

    _, text = write("app-kit\nbase\n", OLD_ARM, OLD, NEW)

    both_old = (
        'python_version == "3.9" and platform_machine == "aarch64" or '
        'python_version == "3.9" and platform_machine == "x86_64"'
    )
    assert [line.removesuffix(" \\") for line in text.splitlines() if "==" in line.partition(" ")[0]] == [
        "app-kit==1.0",
        'arm-only==1.0 ; python_version == "3.9" and platform_machine == "aarch64"',
        f"base==1.0 ; {both_old}",
        'base==2.0 ; python_version == "3.12" and platform_machine == "x86_64"',
        f"old-only==1.0 ; {both_old}",
    ]
    names = {
        target: [str(pin) for pin in read_lock((tmp_path / "requirements.txt",), target, folder=tmp_path).pins]
        for target in (OLD, NEW)
    }
    assert names == {OLD: ["app-kit==1.0", "base==1.0", "old-only==1.0"], NEW: ["app-kit==1.0", "base==2.0"]}


def test_versions_stay(write, offer):
    """A lock that is there keeps its versions while they will do; `--upgrade` takes the newest."""
    offer("app-kit", "1.0")
    offer("base", "1.0")
    write("app-kit\nbase\n", NEW)
    offer("app-kit", "2.0")
    offer("base", "2.0")

    _, kept = write("app-kit\nbase>1\n", NEW)
    _, upgraded = write("app-kit\nbase>1\n", NEW, is_upgrade=True)

    assert "app-kit==1.0" in kept
    assert "base==2.0" in kept
    assert "app-kit==2.0" in upgraded


def test_local_files(write, offer, tmp_path):
    """A file of the project is named by its path from the lock, with its hash, so that the lock holds elsewhere."""
    wheel = make_wheel(tmp_path / "packages", "own", "1.0", requires=["base"])
    offer("base", "1.0")

    _, text = write("./packages/own-1.0-py3-none-any.whl\n", NEW)
    pins = read_lock((tmp_path / "requirements.txt",), NEW, folder=tmp_path).pins

    assert f"./packages/{wheel.name} \\\n    --hash=sha256:{digest_of(wheel)}\n" in text
    assert str(tmp_path) not in text
    assert [(pin.name, pin.url) for pin in pins] == [("base", None), ("own", wheel.as_uri())]


def test_local_files_of_a_lock_in_a_folder(tmp_path):
    """Paths in a lock start where pip runs, wherever the lock lies."""
    wheel = make_wheel(tmp_path / "packages", "own", "1.0")
    source = tmp_path / "more" / "requirements.in"
    source.parent.mkdir()
    source.write_text("./packages/own-1.0-py3-none-any.whl\n")
    plan = LockPlan(sources=(source,), output=source.with_suffix(".txt"), working_folder=tmp_path)

    write_lock(plan, (NEW,), resolver=Resolver.PIP_TOOLS, is_upgrade=False, is_offline=False)
    (pin,) = read_lock((plan.output,), NEW, folder=tmp_path).pins

    assert plan.output.read_text().splitlines()[2].startswith(f"./packages/{wheel.name}")
    assert pin.url == wheel.as_uri()


def test_places_of_packages(write, offer, tmp_path, monkeypatch, index):
    """What the requirements say of where packages come from stands in the lock, paths as seen from there."""
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("HOST", index.host)
    offer("app-kit", "1.0")
    make_wheel(tmp_path / "my wheels", "own", "1.0")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.in").write_text("-f '../my wheels'\nown\n")
    options = "-i http://${HOST}/simple --pre\n--trusted-host 127.0.0.1 --only-binary :all:\n"

    _, text = write(f"{options}-r more/base.in\napp-kit\n", NEW)
    lock = read_lock((tmp_path / "requirements.txt",), NEW, folder=tmp_path)

    assert text.splitlines()[2:7] == [
        "--index-url 'http://${HOST}/simple'",
        "--trusted-host 127.0.0.1",
        "--only-binary :all:",
        "--find-links 'my wheels'",
        "app-kit==1.0 \\",
    ]
    assert lock.index == IndexOptions(
        index_url=index.url,
        find_links=(str(tmp_path / "my wheels"),),
        trusted_hosts=("127.0.0.1",),
        only_binary=(":all:",),
    )


@pytest.mark.parametrize(
    ("written", "locked"),
    [
        ("http://me:word@HOST/simple", "http://HOST/simple"),
        ("http://me:${WORD}@HOST/simple", "'http://me:${WORD}@HOST/simple'"),
        ("http://${LOGIN}@HOST/simple", "'http://${LOGIN}@HOST/simple'"),
    ],
)
def test_logins_of_indexes(tmp_path, written, locked, monkeypatch):
    """A lock has no login but by the names of variables, and a build from it goes by what it was made from."""
    monkeypatch.setenv("WORD", "word")
    monkeypatch.setenv("LOGIN", "me:word")
    wheel = make_wheel(tmp_path / "wheels", "app-kit", "1.0")
    with IndexServer(login="me:word") as index:
        index.add(wheel, "app-kit")
        source = tmp_path / "requirements.in"
        source.write_text(f"-i {written.replace('HOST', index.host)}\napp-kit\n")
        plan = LockPlan(sources=(source,), output=tmp_path / "requirements.txt", working_folder=tmp_path)
        write_lock(plan, (NEW,), resolver=Resolver.PIP_TOOLS, is_upgrade=False, is_offline=False)
        options = make_function(tmp_path, requirements=(plan.output,)).options
        lock = find_lock(options, NEW, root=tmp_path, resolver=Resolver.AUTO, is_offline=False)
        (fetched,) = fetch_wheels(lock, NEW, on_progress=lambda _: None)

        assert plan.output.read_text().splitlines()[2] == f"--index-url {locked.replace('HOST', index.host)}"
        assert fetched.sha256 == digest_of(wheel)


def test_index_without_hashes(write, offer, index):
    """Where an index gives no hash, the file is read for it."""
    index.has_hashes = False
    digest = digest_of(offer("app-kit", "1.0"))

    _, text = write("app-kit\n", NEW)

    assert f"app-kit==1.0 \\\n    --hash=sha256:{digest}\n" in text


def test_given_hashes_stay(write, offer):
    """A hash that the requirements give is the only one the lock allows."""
    first = digest_of(offer("app-kit", "1.0", tag="py3-none-any"))
    offer("app-kit", "1.0", tag="py2-none-any")

    _, text = write(f"app-kit==1.0 --hash=sha256:{first}\n", NEW)

    assert text.count("--hash=") == 1
    assert first in text


def test_notes(write, offer):
    """What is not the newest for want of a wheel is said."""
    offer("native", "1.0", tag="cp39-cp39-manylinux2014_aarch64")
    offer("native", "2.0", tag="cp39-cp39-manylinux_2_28_aarch64")

    written, _ = write("native\n", OLD_ARM)

    assert written.notes == ("`native==2.0` has no wheel for python3.9 on arm64, so 1.0 is taken",)


@pytest.mark.parametrize("existing", ["app-kit>=1\n", "-e .\n"])
def test_never_over_requirements(tmp_path, existing):
    """A file that is no lock is not written over."""
    (tmp_path / "requirements.in").write_text("app-kit\n")
    (tmp_path / "requirements.txt").write_text(existing)
    plan = LockPlan(
        sources=(tmp_path / "requirements.in",), output=tmp_path / "requirements.txt", working_folder=tmp_path
    )

    with pytest.raises(LockOverwriteError) as caught:
        write_lock(plan, (NEW,), resolver=Resolver.PIP_TOOLS, is_upgrade=True, is_offline=False)

    assert caught.value.message == "`requirements.txt` is kept by hand and is not written over"
    assert (tmp_path / "requirements.txt").read_text() == existing


def test_never_over_its_source(tmp_path):
    """A lock is not written over what it is made from, even where that pins everything."""
    path = tmp_path / "requirements.txt"
    path.write_text("app-kit==1.0\n")

    with pytest.raises(LockOverwriteError):
        write_lock(
            LockPlan(sources=(path,), output=path, working_folder=tmp_path),
            (NEW,),
            resolver=Resolver.PIP_TOOLS,
            is_upgrade=False,
            is_offline=False,
        )


@pytest.mark.parametrize(
    ("files", "settings", "output", "expected"),
    [
        ({"requirements.in": "a\n"}, "requirements.in", None, ("requirements.in", "requirements.txt")),
        (
            {"requirements.in": "a\n", "requirements.txt": "a==1\n"},
            "requirements.txt",
            None,
            ("requirements.in", "requirements.txt"),
        ),
        ({"requirements.txt": "a\n"}, "requirements.txt", None, ("requirements.txt", "requirements.lock.txt")),
        ({"requirements.txt": "a==1\n"}, "requirements.txt", None, ("requirements.txt", "requirements.lock.txt")),
        ({"requirements.txt": f"a==1 --hash=sha256:{'1' * 64}\n"}, "requirements.txt", None, None),
        ({"requirements.txt": "a==1\n"}, "requirements.txt", "other.txt", ("requirements.txt", "other.txt")),
        ({"web.txt": "a\n", "db.in": "b\n"}, "web.txt db.in", None, ("web.txt db.in", "web.lock.txt")),
        ({}, "", None, None),
    ],
)
def test_plan(tmp_path, files, settings, output, expected):
    """`X.in` becomes `X.txt`; requirements in another file stay, and their lock is written beside them."""
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    requirements = tuple(tmp_path / name for name in settings.split())
    options = make_function(tmp_path, requirements=requirements).options

    plan = plan_lock(options, NEW, tmp_path / output if output else None, None)

    assert (plan and (" ".join(path.name for path in plan.sources), plan.output.name)) == expected


def test_no_login_is_written(write, index, offer):
    """The address of a file is written without what may be a secret, and a note says so; its hash is there."""
    path = offer("app-kit", "1.0")
    index.login = "user:word"
    address = f"http://user:word@{index.host}/files/{path.name}"

    written, text = write(f"app-kit @ {address}?token=word\n", NEW)

    assert f"app-kit @ http://{index.host}/files/{path.name} \\\n    --hash=sha256:{digest_of(path)}\n" in text
    assert "word" not in text
    assert written.notes == (
        (
            "the address of `app-kit` is written without its login or query: "
            "whoever builds gives a login in `~/.netrc` or keyring"
        ),
    )

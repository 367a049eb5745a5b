"""Of all files on an index, the one that fits the target best is chosen."""

import pytest

from bundler.errors import LockHashError, PackageMissingError, SourceForbiddenError, WheelMissingError
from bundler.model.project import Architecture
from bundler.model.wheels import Pin
from bundler.resolve.choose import choose_file
from bundler.resolve.index import IndexFile
from bundler.runtimes import make_target

HASH = "sha256:" + "a" * 64
OTHER_HASH = "sha256:" + "b" * 64


def offer(*filenames, hashes=(), requires_python=None, folder="https://index.example"):
    return [
        IndexFile(filename=name, url=f"{folder}/{name}", hashes=hashes, requires_python=requires_python)
        for name in filenames
    ]


@pytest.fixture
def choose(target):
    """Return the name of the file chosen for `package==1.0`."""

    def choose(files, *, target=target, version="1.0", hashes=(), only_binary=()):
        pin = Pin(name="package", version=version, hashes=hashes, origin="`requirements.txt` line 1")
        return choose_file(pin, files, target, only_binary=only_binary, places=("https://index.example",)).filename

    return choose


@pytest.mark.parametrize(
    ("runtime", "architecture", "expected"),
    [
        ("python3.12", Architecture.X86_64, "package-1.0-cp312-cp312-manylinux_2_28_x86_64.whl"),
        ("python3.11", Architecture.X86_64, "package-1.0-cp311-cp311-manylinux2014_x86_64.whl"),
        ("python3.12", Architecture.ARM64, "package-1.0-cp39-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"),
        ("python3.9", Architecture.X86_64, "package-1.0-py3-none-any.whl"),
    ],
)
def test_best_wheel(choose, runtime, architecture, expected):
    """The wheel with the target's best tag is taken: its own Python and newest glibc, then abi3, then pure."""
    files = offer(
        "package-1.0.tar.gz",
        "package-1.0-py3-none-any.whl",
        "package-1.0-cp39-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
        "package-1.0-cp311-cp311-manylinux2014_x86_64.whl",
        "package-1.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        "package-1.0-cp312-cp312-manylinux2014_x86_64.whl",
        "package-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        "package-1.0-cp312-cp312-manylinux_2_39_x86_64.whl",
        "package-1.0-cp312-cp312-musllinux_1_2_x86_64.whl",
        "package-1.0-cp312-cp312-macosx_11_0_arm64.whl",
        "package-1.0-cp312-cp312-win_amd64.whl",
        "package-2.0-py3-none-any.whl",
        "package_more-1.0-py3-none-any.whl",
        "broken.whl",
        "package-1.0-py3-none-any.egg",
    )

    assert choose(files, target=make_target(runtime, architecture)) == expected


def test_build_number(choose):
    """Of wheels that fit alike, the highest build number is taken."""
    files = offer(*(f"package-1.0-{build}py3-none-any.whl" for build in ("", "2-", "10-", "9-")))

    assert choose(files) == "package-1.0-10-py3-none-any.whl"


def test_spellings(choose):
    """Names and versions are compared as the standards do, however the files spell them."""
    assert choose(offer("Package-1.0.0-py3-none-any.whl")) == "Package-1.0.0-py3-none-any.whl"


def test_local_version(choose):
    """A pin without a local version takes the build with the newest one, as pip does."""
    files = offer("package-1.0-py3-none-any.whl", "package-1.0+cpu-py3-none-any.whl")

    assert choose(files) == "package-1.0+cpu-py3-none-any.whl"
    assert choose(files, version="1.0+cpu") == "package-1.0+cpu-py3-none-any.whl"


def test_nearest_of_the_same(target):
    """The same wheel on this machine is taken rather than the one far away."""
    name = "package-1.0-py3-none-any.whl"
    files = [*offer(name), *offer(name, folder="file:///wheels")]
    pin = Pin(name="package", version="1.0", hashes=(), origin="")

    assert choose_file(pin, files, target, only_binary=(), places=()).url == f"file:///wheels/{name}"


def test_hashes(choose):
    """A file whose hash the lock does not have does not count; one without a hash is checked later."""
    best, other = "package-1.0-cp312-cp312-manylinux2014_x86_64.whl", "package-1.0-py3-none-any.whl"

    assert choose([*offer(best, hashes=(OTHER_HASH,)), *offer(other, hashes=(HASH,))], hashes=(HASH,)) == other
    assert choose([*offer(best), *offer(other, hashes=(HASH,))], hashes=(HASH,)) == best
    assert choose(offer(best, hashes=("md5:1",)), hashes=(HASH,)) == best


def test_hashes_of_another_platform(choose):
    """A lock whose hashes leave out the file that would fit is an error that names it."""
    files = [
        *offer("package-1.0-cp312-cp312-manylinux2014_x86_64.whl", hashes=(OTHER_HASH,)),
        *offer("package-1.0-cp312-cp312-win_amd64.whl", hashes=(HASH,)),
    ]

    with pytest.raises(LockHashError) as caught:
        choose(files, hashes=(HASH,))

    assert caught.value.exit_code == 3
    assert caught.value.message == ("the hashes of `package==1.0` at `requirements.txt` line 1 allow no file that fits")
    assert caught.value.hints[0] == "not among them: package-1.0-cp312-cp312-manylinux2014_x86_64.whl"


def test_source(choose):
    """Without a wheel that fits, the source is taken, the tar rather than the zip."""
    files = offer("package-1.0-cp312-cp312-win_amd64.whl", "package-1.0.zip", "package-1.0.tar.gz")

    assert choose(files) == "package-1.0.tar.gz"


@pytest.mark.parametrize("only_binary", [("package",), (":all:",)])
def test_only_binary(choose, only_binary):
    """Where `only-binary` forbids to build, the error says so, what there is and what can be done."""
    with pytest.raises(SourceForbiddenError) as caught:
        choose(offer("package-1.0.tar.gz"), only_binary=only_binary)

    assert caught.value.exit_code == 3
    assert caught.value.message == (
        "`package==1.0` has no wheel for python3.12 on x86_64, and `only-binary` forbids to build its source"
    )
    assert caught.value.hints == (
        "there is: package-1.0.tar.gz",
        "pin a version that has a wheel, or build one elsewhere and name its folder in pip's `find-links`",
        "or take it out of `only-binary`, in lbundle's settings, the requirements or pip's own settings",
    )


def test_no_wheel_fits(choose):
    """What was asked for and what there is are both listed."""
    files = [
        *offer("package-1.0-cp312-cp312-win_amd64.whl"),
        *offer("package-1.0-cp312-cp312-manylinux2014_x86_64.whl", requires_python=">=3.13"),
        *offer("package-2.0-py3-none-any.whl"),
    ]

    with pytest.raises(WheelMissingError) as caught:
        choose(files)

    assert caught.value.exit_code == 3
    assert caught.value.message == "`package==1.0` has no wheel for python3.12 on x86_64"
    there_is_1, there_is_2, first, asked_for, hint = caught.value.hints
    assert there_is_1 == "there is: package-1.0-cp312-cp312-manylinux2014_x86_64.whl (for Python >=3.13)"
    assert there_is_2 == "there is: package-1.0-cp312-cp312-win_amd64.whl"
    assert first == "2.0 is the first version after it that has one"
    assert asked_for == "asked for: cp312-cp312-manylinux_2_34_x86_64, or any down to py30-none-any"
    assert hint == "pin a version that has one, or build one and name its folder in pip's `find-links`"


def test_many_files_that_do_not_fit(choose):
    """Of many files one line says what they are for."""
    windows = offer(*(f"package-1.0-cp3{minor}-none-win_amd64.whl" for minor in range(9, 40)))
    mac = offer("package-1.0-cp39-cp39-macosx_10_9_universal2.whl", "package-1.0.tar.gz")

    with pytest.raises(WheelMissingError) as caught:
        choose(windows)
    with pytest.raises(SourceForbiddenError) as forbidden:
        choose([*windows[:3], *mac], only_binary=(":all:",))

    assert caught.value.hints[0] == (
        "there are 31 wheels: for cp39, cp310, cp311, cp312, cp313, cp314, cp315, cp316, cp317, cp318, cp319, cp320 "
        "and 19 more on win"
    )
    assert forbidden.value.hints[0] == "there are 4 wheels and a source: for cp39, cp310, cp311 on macosx, win"


@pytest.mark.parametrize(
    ("versions", "hint"),
    [
        (["0.8", "0.9", "1.2", "1.3"], "1.2 is the first version after it that has one"),
        (["0.8", "0.9"], "0.9 is the last version before it that has one"),
        (["1.1rc1", "1.4"], "1.4 is the first version after it that has one"),
        (["1.1rc1"], None),
    ],
)
def test_versions_that_fit(choose, versions, hint):
    """Where a version has no wheel that fits, the nearest one that has is named."""
    files = offer("package-1.0-cp27-none-win32.whl", *(f"package-{version}-py3-none-any.whl" for version in versions))

    with pytest.raises(WheelMissingError) as caught:
        choose(files)

    assert caught.value.hints[0] == "there is: package-1.0-cp27-none-win32.whl"
    assert (caught.value.hints[1] == hint) is (hint is not None)


def test_no_such_version(choose):
    """A version that no index has is an error with those there are, the newest last."""
    files = offer(
        "package-1.9-py3-none-any.whl", "package-1.10.tar.gz", "package-1.10-py3-none-any.whl", "other-1.0.zip"
    )

    with pytest.raises(PackageMissingError) as caught:
        choose(files)

    assert caught.value.exit_code == 3
    assert caught.value.message == "`package==1.0` is on no index"
    assert caught.value.hints == ("there are: 1.9, 1.10", "looked in: https://index.example")

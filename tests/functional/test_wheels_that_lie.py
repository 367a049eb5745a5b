"""Wheels that are not what they say, or cannot go together: what the command says and how it ends."""

import pytest

from tests.support.command_line import run_lbundle, write_project
from tests.support.elf import make_elf
from tests.support.wheels import make_wheel

PLATFORM = "cp312-cp312-manylinux2014_x86_64"
MODULE = "one/_fast.cpython-312-x86_64-linux-gnu.so"
SETTINGS = """\
service: shop
provider:
  name: aws
  runtime: python3.12
functions:
  hello:
    handler: app.hello
"""
WAYS_OUT = (
    "hint: pin a version whose wheel is right, name one of your own in pip's `find-links`, or choose another runtime"
)


@pytest.fixture
def build(tmp_path):
    """Return how to build a project that imports `one` from the wheels given."""

    def run(*wheels, settings=SETTINGS, requires=None):
        pins = []
        for name, files, tag in wheels:
            has_record = not any(path.endswith("/RECORD") for path in files)
            needs = (requires or {}).get(name, [])
            make_wheel(tmp_path / "wheels", name, "1.0", files, tag=tag, has_record=has_record, requires=needs)
            pins.append(f"{name}==1.0\n")
        files = {"serverless.yml": settings, "requirements.txt": "".join(pins), "app.py": "import one\nhello = print\n"}
        cache = str(tmp_path / "cache")
        return run_lbundle(write_project(tmp_path / "shop", files), "build", LBUNDLE_CACHE_DIR=cache)

    return run


def error_of(ended):
    """Return the error with its hints, each in a line."""
    lines = [line for line in ended.stderr.splitlines() if line]
    return lines[next(number for number, line in enumerate(lines) if line.startswith("error: ")) :]


def warnings_of(ended):
    """Return the warnings, each in a line."""
    lines = ended.stdout.replace("\n  ", " ").splitlines()
    return [line for line in lines if line.startswith("warning: ")]


@pytest.mark.parametrize("path", [MODULE, "one/lib.so"])
def test_another_machine(build, path):
    """A wheel for x86-64 whose code is for arm64 is an error that names wheel, file, tag and truth."""
    files = {"one/__init__.py": "", path: make_elf("aarch64")}

    ended = build(("one", files, PLATFORM))

    assert ended.code == 3
    assert error_of(ended) == [
        f"error: `one-1.0-{PLATFORM}.whl` promises x86_64 by its tags, but `{path}` is for aarch64",
        "hint: it cannot be loaded on python3.12 on x86_64",
        WAYS_OUT,
    ]


def test_newer_glibc_than_the_runtime_has(build):
    """Code that ships and needs a newer glibc than its wheel promises and the runtime has is a warning."""
    needing = make_elf(needed=("libc.so.6",), versions=("GLIBC_2.36",))

    ended = build(("one", {"one/__init__.py": "from one import _fast", MODULE: needing}, PLATFORM))

    assert ended.code == 0
    assert warnings_of(ended) == [
        (
            f"warning: `one-1.0-{PLATFORM}.whl` promises glibc 2.17 by its tags, but `{MODULE}` needs 2.36 and cannot "
            "be loaded on python3.12 on x86_64, which has 2.34: pin another version, or name a wheel of your own in "
            "pip's `find-links`"
        )
    ]


def test_excluded_file(build):
    """What the settings leave out does not ship, so that it may need what it likes."""
    needing = make_elf(needed=("libc.so.6",), versions=("GLIBC_2.36",))
    settings = f"{SETTINGS}custom:\n  lbundle:\n    exclude: ['{MODULE}']\n"

    ended = build(("one", {"one/__init__.py": "from one import _fast", MODULE: needing}, PLATFORM), settings=settings)

    assert (ended.code, warnings_of(ended)) == (0, [])


def test_newer_glibc_than_promised(build):
    """Code that needs a newer glibc than promised, which the runtime has, is a warning."""
    needing = make_elf(needed=("libc.so.6",), versions=("GLIBC_2.28",))

    ended = build(("one", {"one/__init__.py": "from one import _fast", MODULE: needing}, PLATFORM))

    assert ended.code == 0
    assert warnings_of(ended) == [
        (
            f"warning: `one-1.0-{PLATFORM}.whl` promises glibc 2.17 by its tags, but `{MODULE}` needs 2.28; "
            "python3.12 on x86_64 has 2.34"
        )
    ]


def test_code_for_several_machines(build):
    """Data for another machine beside the right code is a warning; for a pure wheel all native code is data."""
    files = {"one/__init__.py": "", MODULE: make_elf(), "one/arm.so": make_elf("aarch64")}

    ended = build(("one", files, PLATFORM), ("two", {"two/arm.so": make_elf("aarch64")}, "py3-none-any"))

    assert ended.code == 0
    assert warnings_of(ended) == [
        f"warning: `one-1.0-{PLATFORM}.whl` promises x86_64 by its tags, but `one/arm.so` is for aarch64"
    ]


def test_clash(build):
    """Two distributions with different code under one path are an error that names both."""
    ended = build(
        ("one", {"one/__init__.py": "x = 1"}, "py3-none-any"), ("two", {"one/__init__.py": "x = 2"}, "py3-none-any")
    )

    assert ended.code == 3
    assert error_of(ended) == [
        "error: `one` and `two` both bring `one/__init__.py`, with different content",
        "hint: `app.py` leads to it",
        "hint: only one of them can be installed: take the other out of the requirements",
    ]


def test_clash_that_nothing_reaches(build):
    """Different code under a path that no function reaches does no harm."""
    one, two = {"one/__init__.py": "", "same/a.py": "x = 1"}, {"same/a.py": "x = 2"}

    ended = build(("one", one, "py3-none-any"), ("two", two, "py3-none-any"))

    assert (ended.code, warnings_of(ended)) == (0, [])


def test_clash_with_what_is_required(build):
    """Of two packages one of which requires the other, the file of that one ships, with a warning."""
    one, two = {"one/__init__.py": "import same.a", "same/a.py": "x = 1"}, {"same/a.py": "x = 2"}

    ended = build(("one", one, "py3-none-any"), ("two", two, "py3-none-any"), requires={"one": ["two"]})

    assert ended.code == 0
    assert warnings_of(ended) == [
        (
            "warning: `one` and `two` bring different files as `same/a.py`: that of `one` ships, which requires the "
            "other and so is installed last"
        )
    ]


def test_path_outside(build):
    """A wheel with a path outside of its folder is an error that names it."""
    ended = build(("one", {"../one.py": ""}, "py3-none-any"))

    assert ended.code == 3
    assert error_of(ended) == [
        (
            "error: `one-1.0-py3-none-any.whl` is not a usable wheel: "
            "`../one.py` lies outside the folder it is installed to"
        ),
    ]


def test_names_that_differ_by_case(build):
    """Names that differ only by case are a warning that names the paths."""
    ended = build(("one", {"one/__init__.py": "", "one/A.py": "", "one/a.py": ""}, "py3-none-any"))

    assert ended.code == 0
    assert warnings_of(ended) == [
        "warning: names differ only by case, so they cannot all be unpacked on every system: `one/A.py`, `one/a.py`"
    ]


def test_unlisted_file(build):
    """A file without an entry in RECORD is a warning that names the wheel and the file."""
    listed = "one-1.0.dist-info/METADATA,,\none-1.0.dist-info/WHEEL,,\n"

    ended = build(("one", {"one/__init__.py": "", "one-1.0.dist-info/RECORD": listed}, "py3-none-any"))

    assert ended.code == 0
    assert warnings_of(ended) == [
        "warning: `one-1.0-py3-none-any.whl` does not list in its `RECORD`: `one/__init__.py`"
    ]

"""A wheel that was built here is held against the target, and tagged for what it is good for."""

import zipfile

import pytest

from bundler.model.project import Architecture
from bundler.resolve.native_wheel import native_problem, tag_for_target
from bundler.runtimes import make_target
from tests.support.elf import make_elf
from tests.support.wheels import make_wheel

ARM = make_target("python3.9", Architecture.ARM64)
SUFFIX = ".cpython-39-aarch64-linux-gnu.so"


@pytest.mark.parametrize(
    ("name", "code", "problem"),
    [
        (f"one{SUFFIX}", {"machine": "x86_64"}, "is for x86_64"),
        ("one.cpython-39-x86_64-linux-gnu.so", {}, "is for another Python than the runtime's"),
        (f"one{SUFFIX}", {"versions": ("GLIBC_2.17", "GLIBC_2.27")}, "needs glibc 2.27, the runtime has 2.26"),
        (f"one{SUFFIX}", {"versions": ("GLIBCXX_3.4.25",)}, "needs GLIBCXX 3.4.25, the runtime has 3.4.24"),
        (
            f"one{SUFFIX}",
            {"needed": ("libjpeg.so.62", "libc.so.6", "libgomp.so.1")},
            "needs `libjpeg.so.62`, `libgomp.so.1`, which the runtime is not known to have",
        ),
    ],
)
def test_native_code_of_no_use(tmp_path, name, code, problem):
    """Code for another machine or Python, or that needs what is not there, is named with what is wrong."""
    elf = make_elf(**{"machine": "aarch64", "needed": ("libc.so.6",), **code})
    wheel = make_wheel(tmp_path, "one", "1.0", {name: elf}, tag="cp39-cp39-linux_aarch64")

    assert native_problem(wheel, ARM) == f"`{name}` {problem}"


@pytest.mark.parametrize(
    ("python", "symbols", "problem"),
    [
        ("python3.9", {"PyUnicode_AsUnicode": "wanted"}, None),
        ("python3.11", {"PyUnicode_AsUnicode": "wanted"}, None),
        (
            "python3.12",
            {"PyUnicode_AsUnicode": "wanted"},
            "asks for `PyUnicode_AsUnicode`, which Python 3.12 does not have",
        ),
        ("python3.12", {"PyUnicode_AsUnicode": "wanted weakly"}, None),
        (
            "python3.12",
            {"_PyNobody_HasThis": "wanted"},
            "asks for `_PyNobody_HasThis`, which Python 3.12 does not have",
        ),
        ("python3.12", {"PyObject_Call": "wanted", "_Py_NoneStruct": "wanted", "other": "wanted"}, None),
        (
            "python3.9",
            {"PyObject_CallNoArgs": "wanted", "PyType_GetQualName": "wanted"},
            "asks for `PyType_GetQualName`, ",
        ),
        (
            "python3.13",
            {f"PyGone_{letter}": "wanted" for letter in "abcde"},
            "asks for `PyGone_a`, `PyGone_b`, `PyGone_c` and 2 more, which Python 3.13 does not have",
        ),
        ("python3.14", {"PyUnicode_AsUnicode": "wanted"}, None),
    ],
)
def test_symbols_of_python(tmp_path, python, symbols, problem):
    """What native code wants of Python is held against what the target's Python exports, where that is known."""
    target = make_target(python, Architecture.X86_64)
    code = {"one.so": make_elf(needed=("libc.so.6",), symbols=symbols)}
    wheel = make_wheel(tmp_path, "one", "1.0", code, tag="py3-none-linux_x86_64")

    found = native_problem(wheel, target)

    assert found is None if problem is None else found.startswith(f"`one.so` {problem}")


def test_symbols_of_its_own(tmp_path):
    """Symbols that another file of the wheel gives are there, those that it hides are not."""
    want = {"PyShared_New": "wanted", "PyHidden_New": "wanted"}
    files = {
        "one.so": make_elf(needed=("libc.so.6",), symbols=want),
        "libs/two.so": make_elf(needed=("libc.so.6",), symbols={"PyShared_New": "given", "PyHidden_New": "hidden"}),
    }
    wheel = make_wheel(tmp_path, "one", "1.0", files, tag="py3-none-linux_x86_64")

    problem = native_problem(wheel, make_target("python3.12", Architecture.X86_64))

    assert problem == "`one.so` asks for `PyHidden_New`, which Python 3.12 does not have"


def test_libraries_of_its_own(tmp_path):
    """Libraries that the wheel brings are there."""
    files = {
        f"one{SUFFIX}": make_elf("aarch64", needed=("libtwo.so.1",)),
        "libs/libtwo.so.1": make_elf("aarch64", needed=("libc.so.6",)),
    }
    wheel = make_wheel(tmp_path, "one", "1.0", files, tag="cp39-cp39-linux_aarch64")

    assert native_problem(wheel, ARM) is None


@pytest.mark.parametrize(
    ("tag", "needed", "expected"),
    [
        ("cp39-cp39-linux_aarch64", "libc.so.6", "cp39-cp39-manylinux_2_26_aarch64"),
        ("cp39-abi3-linux_aarch64", "libm.so.6", "cp39-abi3-manylinux_2_26_aarch64"),
        ("cp39-cp39-linux_aarch64", "libxml2.so.2", "cp39-cp39-linux_aarch64"),
    ],
)
def test_tag(tmp_path, tag, needed, expected):
    """A wheel that needs only what every manylinux system has gets the target's level, in its name and inside."""
    wheel = make_wheel(tmp_path, "one", "1.0", {"one.abi3.so": make_elf("aarch64", needed=(needed,))}, tag=tag)

    tagged = tag_for_target(wheel, ARM)

    assert [path.name for path in tmp_path.iterdir()] == [tagged.name] == [f"one-1.0-{expected}.whl"]
    assert f"Tag: {expected}\n" in zipfile.ZipFile(tagged).read("one-1.0.dist-info/WHEEL").decode()


def test_pure_wheel_keeps_its_tag(tmp_path):
    """A pure wheel is good everywhere and stays as it is."""
    wheel = make_wheel(tmp_path, "one", "1.0")

    assert tag_for_target(wheel, ARM) == wheel

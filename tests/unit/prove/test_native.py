from bundler.model.project import Architecture
from bundler.prove import native
from bundler.runtimes import make_target
from tests.support.elf import make_elf

LINUX = ("libc.so.6", "libstdc++.so.6")


def test_native_code_the_target_can_load(check):
    """Versions up to the runtime's own are fine, and so are libraries of the runtime or of the bundle."""
    files = {
        "lib/a.cpython-312-x86_64-linux-gnu.so": make_elf(
            needed=(*LINUX, "libown-1.so"), versions=("GLIBC_2.34", "GLIBCXX_3.4.29"), runpath="$ORIGIN/../lib.libs"
        ),
        "lib.libs/libown-1.so": make_elf(needed=("libpart.so.2",)),
        "lib.libs/part.bin": make_elf(soname="libpart.so.2"),
    }

    assert check(files) == []


def test_another_machines_code(check):
    """Native code for another machine is an error that names it, whatever the file is called."""
    files = {"a.so": make_elf("aarch64"), "b.bin": make_elf("i386"), "c.so": make_elf()}

    assert check(files) == [
        ("error", "elf-machine", "native code for another machine than x86_64: `a.so` (aarch64), `b.bin` (unknown)")
    ]
    assert check(files, target=make_target("python3.12", Architecture.ARM64)) == [
        ("error", "elf-machine", "native code for another machine than aarch64: `b.bin` (unknown), `c.so` (x86_64)")
    ]


def test_a_newer_c_library(check):
    """Native code that needs a newer glibc than the runtime has is an error, older runtimes having an older one."""
    files = {
        "a.so": make_elf(needed=LINUX, versions=("GLIBC_2.34",)),
        "b.so": make_elf(needed=LINUX, versions=("GLIBC_2.35",)),
    }

    assert check(files) == [
        ("error", "elf-glibc", "native code that needs a newer C library than the runtime's 2.34: `b.so` (2.35)")
    ]
    assert check(files, target=make_target("python3.11", Architecture.X86_64)) == [
        (
            "error",
            "elf-glibc",
            "native code that needs a newer C library than the runtime's 2.26: `a.so` (2.34), `b.so` (2.35)",
        )
    ]


def test_a_newer_cpp_library(check):
    """Native code that needs a newer libstdc++ than the runtime has is an error."""
    assert check({"a.so": make_elf(needed=LINUX[::-1], versions=("GLIBCXX_3.4.30",))}) == [
        (
            "error",
            "elf-glibcxx",
            "native code that needs a newer C++ library than the runtime's 3.4.29: `a.so` (3.4.30)",
        )
    ]


def test_a_cpp_library_of_the_bundles_own(check):
    """One that loads a libstdc++ from the bundle may need what that one has; another file still may not."""
    newer = make_elf(needed=("libstdc++-6a1f.so.6",), versions=("GLIBCXX_3.4.32",))
    files = {"a.libs/libstdc++-6a1f.so.6": make_elf(), "a.so": newer}

    assert check(files) == []
    assert check({**files, "b.so": make_elf(needed=LINUX[::-1], versions=("GLIBCXX_3.4.32",))}) == [
        (
            "error",
            "elf-glibcxx",
            "native code that needs a newer C++ library than the runtime's 3.4.29: `b.so` (3.4.32)",
        )
    ]


def test_a_runtime_whose_cpp_library_is_not_known(check, monkeypatch):
    """What is not known is not held against a bundle."""
    monkeypatch.setattr(native, "max_glibcxx", {"python3.12": None}.__getitem__)

    assert check({"a.so": make_elf(needed=LINUX[::-1], versions=("GLIBCXX_3.4.99",))}) == []


def test_libraries_that_are_not_known_to_be_there(check):
    """A library that neither the bundle nor the runtime has is a warning for each, with the files that need it."""
    files = {f"{name}.so": make_elf(needed=("libgomp.so.1",)) for name in "abcde"}
    files["f.so"] = make_elf(needed=("libGL.so.1",))

    assert check(files) == [
        (
            "warning",
            "elf-library",
            "`libGL.so.1` is neither in the zip nor known to be in python3.12, but needed by `f.so`",
        ),
        (
            "warning",
            "elf-library",
            (
                "`libgomp.so.1` is neither in the zip nor known to be in python3.12, but needed by "
                "`a.so`, `b.so`, `c.so` and 2 more"
            ),
        ),
    ]


def test_native_code_that_cannot_be_read(check):
    """A file that starts as an ELF file does and is none is an error with what is wrong with it, and no other."""
    assert check({"a.so": b"\x7fELF\x09"}) == [
        ("error", "elf-unreadable", "native code that cannot be read: `a.so` (ELFError: Invalid EI_CLASS b'\\t')")
    ]


def wanting(*symbols, **options):
    return make_elf(needed=LINUX, symbols=dict.fromkeys(symbols, "wanted"), **options)


def test_symbols_that_the_python_lacks(check):
    """A module that wants what the target's Python has no more is an error that names it and the symbol."""
    name = "a.cpython-312-x86_64-linux-gnu.so"
    files = {name: wanting("PyUnicode_AsUnicode", "PyObject_Call"), "b.abi3.so": wanting("PyList_New")}

    assert check(files) == [
        (
            "error",
            "elf-python",
            f"native code that asks for what Python 3.12 does not have: `{name}` (PyUnicode_AsUnicode)",
        )
    ]
    assert check({"a.so": files[name]}, target=make_target("python3.11", Architecture.X86_64)) == []


def test_symbols_that_others_give(check):
    """Another file of the bundle may give what Python lacks; so may a library that nobody can see."""
    given = make_elf(needed=LINUX, symbols={"PyShared_New": "given"})

    assert check({"a.so": wanting("PyShared_New"), "b.so": given}) == []
    unseen = make_elf(needed=("libshared.so.1",), symbols={"PyShared_New": "wanted"})
    assert [name for _, name, _ in check({"a.so": unseen})] == ["elf-library"]


def test_symbols_of_modules_for_other_pythons(check):
    """A module that the target's Python never loads may want what it likes."""
    assert check({"a.cpython-39-x86_64-linux-gnu.so": wanting("PyUnicode_AsUnicode")}) == []


def test_symbols_of_an_unknown_python(check):
    """Of a Python whose exports nobody here knows nothing is said but that."""
    assert check({"a.so": wanting("PyUnicode_AsUnicode")}, target=make_target("python3.14", Architecture.X86_64)) == [
        ("note", "elf-python", "what Python 3.14 exports is not known here, so nothing is said of `a.so`")
    ]

"""A source distribution becomes a wheel for the target, or an error that says why not."""

import sys
from pathlib import Path

import pytest

from bundler.errors import PackageMissingError, SourceBuildError
from bundler.model.project import Architecture
from bundler.model.wheels import Lock, Pin
from bundler.resolve import build, cross, fetch_wheels, graft, memory
from bundler.resolve.choose import describe_tags
from bundler.runtimes import make_target
from bundler.system.process import Finished
from tests.support.elf import make_elf
from tests.support.wheels import digest_of, make_sdist, make_wheel

NO_ZIG = 'zig, which compiles for any runtime, is not installed: `pip install "lbundle[cross]"` brings it'


class FakePip:
    """Stands for the programs a build runs: leaves a wheel, or fails, and keeps what it was asked."""

    def __init__(self, monkeypatch):
        self.interpreter = Path("/usr/bin/python3.12")
        self.has_pip = True
        self.wheels = [("one", "1.0", "py3-none-any")]
        self.native = {}
        self.stderr = b""
        self.builds = []
        monkeypatch.setattr(build, "run", self.run)
        monkeypatch.setattr(build, "run_apart", self.run)
        monkeypatch.setattr(build, "find_interpreter", lambda _: self.interpreter)
        monkeypatch.setattr(cross, "find_zig", lambda: None)
        monkeypatch.setattr(graft, "find_spec", lambda _: None)

    def run(self, arguments, *, environment=None, folder=None, timeout_seconds=None):
        if arguments[-1] == "--version":
            return Finished(
                returncode=0 if self.has_pip or arguments[0] == sys.executable else 1, stdout=b"", stderr=b""
            )
        self.builds.append(arguments)
        assert environment is not None
        assert timeout_seconds
        for name, version, tag in self.wheels:
            make_wheel(folder / "built", name, version, {f"{name}.py": "built", **self.native}, tag=tag)
        return Finished(returncode=1 if self.stderr else 0, stdout=b"", stderr=self.stderr)


@pytest.fixture
def pip(monkeypatch):
    return FakePip(monkeypatch)


@pytest.fixture
def lock(index, lock_of, tmp_path):
    """Return a lock of `one==1.0`, of which the index has the source alone."""
    index.add(make_sdist(tmp_path, "one", "1.0", {"setup.py": ""}), "one")
    return lock_of("one==1.0", index=index)


def fetch(lock, target):
    (wheel,) = fetch_wheels(lock, target, on_progress=lambda _: None)
    return wheel


@pytest.mark.parametrize("tag", ["py3-none-any", "cp312-cp312-linux_x86_64"])
def test_build(pip, lock, index, target, tag):
    """A source is built once by the target's own Python, and the wheel kept like a fetched one."""
    pip.wheels = [("one", "1.0", tag)]

    wheel = fetch(lock, target)
    again = fetch(lock, target)

    assert again == wheel
    assert (wheel.path.name, wheel.sha256) == (f"one-1.0-{tag}.whl", digest_of(wheel.path))
    ((*command, out, sdist),) = [[*arguments[:7], *arguments[-2:]] for arguments in pip.builds]
    assert command == ["/usr/bin/python3.12", "-m", "pip", "wheel", "--use-pep517", "--no-deps", "--no-input"]
    assert (Path(out).name, Path(sdist).name) == ("built", "one-1.0.tar.gz")
    assert index.requests == ["/simple/one/", "/files/one-1.0.tar.gz"]


def test_nothing_is_built_in_vain(pip, index, lock_of, target, tmp_path):
    """That one pin cannot be had is told before any other is built, which takes minutes."""
    index.add(make_sdist(tmp_path, "one", "1.0", {"setup.py": ""}), "one")

    with pytest.raises(PackageMissingError):
        fetch_wheels(lock_of("one==1.0", "two==1.0", index=index), target, on_progress=lambda _: None)

    assert pip.builds == []


def test_known_build(pip, lock, index, target):
    """The same source under another pin is not built anew."""
    fetch(lock, target)
    (pin,) = lock.pins
    url = f"http://{index.host}/files/one-1.0.tar.gz"

    wheel = fetch(Lock(pins=(Pin(name="one", version="", hashes=(), url=url, origin=""),), paths=()), target)

    assert (wheel.pin.version, wheel.path.name, len(pip.builds)) == (pin.version, "one-1.0-py3-none-any.whl", 1)


def test_python_without_pip(pip, lock, target):
    """Where the target's Python has no pip, ours acts for it."""
    pip.has_pip = False

    fetch(lock, target)

    assert pip.builds[0][:6] == [sys.executable, "-m", "pip", "--python", "/usr/bin/python3.12", "wheel"]


@pytest.mark.usefixtures("pip")
def test_no_pip_at_all(lock, target, monkeypatch):
    """Without any pip the error says so."""
    monkeypatch.setattr(build, "run", lambda *_, **__: Finished(returncode=1, stdout=b"", stderr=b"no module"))

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message.endswith(" cannot be built from source: there is no pip to build it with")


def test_pure_without_the_python(pip, lock, target):
    """Without the target's Python any other builds a pure wheel."""
    pip.interpreter = None

    assert fetch(lock, target).path.name == "one-1.0-py3-none-any.whl"
    assert pip.builds[0][0] == sys.executable


@pytest.mark.parametrize(
    ("wheels", "has_python", "reason"),
    [
        (
            [("one", "1.0", "cp312-abi3-linux_x86_64")],
            False,
            "it has native code, and there is no Python 3.12 on this machine to build it with",
        ),
        ([("one", "1.0", "cp312-cp312-linux_aarch64")], True, "its build on this machine gives `{}`"),
        ([("one", "1.0", "cp311-cp311-linux_x86_64")], True, "its build on this machine gives `{}`"),
        ([("one", "1.1", "py3-none-any")], True, "its build gives another package, `{}`"),
        ([("two", "1.0", "py3-none-any")], True, "its build gives another package, `{}`"),
        ([], True, "its build left no wheel"),
    ],
)
def test_wheel_of_no_use(pip, lock, target, wheels, has_python, reason):
    """A build that gives anything but a wheel of the pin for the target is an error, and nothing is kept."""
    pip.wheels = wheels
    pip.interpreter = pip.interpreter if has_python else None
    built = "".join(f"{name}-{version}-{tag}.whl" for name, version, tag in wheels)

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.exit_code == 3
    assert caught.value.message.endswith(f" and cannot be built from source: {reason.format(built)}")
    pip.builds.clear()
    with pytest.raises(SourceBuildError):
        fetch(lock, target)
    assert len(pip.builds) == 1


@pytest.mark.parametrize(
    ("needed", "versions", "reason"),
    [
        (("libc.so.6",), ("GLIBC_2.36",), "`one.so` needs glibc 2.36, the runtime has 2.34"),
        (("libjpeg.so.62",), (), "`one.so` needs `libjpeg.so.62`, which the runtime is not known to have"),
    ],
)
def test_native_code_for_this_machine_alone(pip, lock, target, needed, versions, reason):
    """Native code that needs a newer libc or libraries of this machine is an error: the runtime could not load it."""
    pip.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64")]
    pip.native = {"one.so": make_elf(needed=needed, versions=versions)}

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message.endswith(f" cannot be built from source: built on this machine {reason}")


AUDITWHEEL = "auditwheel, which copies such libraries into the wheel"
NEEDS_PQ = "built on this machine `one.so` needs `libpq.so.5`, which the runtime is not known to have"
GRAFTED = {"one.so": make_elf(needed=("libpq-1234.so.5",)), "one.libs/libpq-1234.so.5": make_elf(needed=("libc.so.6",))}
TOO_NEW = {**GRAFTED, "one.libs/libpq-1234.so.5": make_elf(needed=("libc.so.6",), versions=("GLIBC_2.36",))}


class FakeAuditwheel:
    """Stands for `auditwheel repair`: leaves a wheel with libraries in it, or refuses."""

    def __init__(self, monkeypatch):
        self.files = GRAFTED
        self.stderr = b""
        self.asked = []
        monkeypatch.setattr(graft, "run", self.run)
        monkeypatch.setattr(graft, "machine", lambda: "x86_64")
        monkeypatch.setattr(graft, "find_spec", lambda _: True)

    def run(self, arguments, *, environment, timeout_seconds):
        self.asked = [str(argument) for argument in arguments[2:6]]
        assert environment["PATH"].startswith(str(Path(sys.executable).parent))
        assert timeout_seconds
        if not self.stderr:
            make_wheel(arguments[-2], "one", "1.0", self.files, tag="cp312-cp312-manylinux_2_34_x86_64")
        stderr = self.stderr.replace(b"WHEEL", bytes(arguments[-1]))
        return Finished(returncode=1 if self.stderr else 0, stdout=b"", stderr=stderr)


@pytest.fixture
def auditwheel(monkeypatch, pip):
    """A build whose wheel needs a library that the runtime lacks, and what copies it in."""
    pip.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64")]
    pip.native = {"one.so": make_elf(needed=("libc.so.6", "libpq.so.5"))}
    return FakeAuditwheel(monkeypatch)


def test_libraries_that_the_runtime_lacks(auditwheel, lock, target):
    """Libraries of this machine are copied into the wheel for the runtime's glibc, where auditwheel can."""
    wheel = fetch(lock, target)

    assert wheel.path.name == "one-1.0-cp312-cp312-manylinux_2_34_x86_64.whl"
    assert auditwheel.asked == ["auditwheel", "repair", "--plat", "manylinux_2_34_x86_64"]


@pytest.mark.parametrize(
    ("stderr", "files", "reason"),
    [
        (
            b"usage: x\nauditwheel: error: cannot repair WHEEL:\n too new",
            {},
            f"{AUDITWHEEL}, says: cannot repair one-1.0-cp312-cp312-linux_x86_64.whl: too new",
        ),
        (
            b"",
            TOO_NEW,
            "with libraries of this machine in it `one.libs/libpq-1234.so.5` needs glibc 2.36, the runtime has 2.34",
        ),
    ],
)
def test_libraries_that_do_not_fit(auditwheel, lock, target, stderr, files, reason):
    """Libraries that are too new for the runtime end the build, with what was tried."""
    auditwheel.stderr, auditwheel.files = stderr, files

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message.endswith(NEEDS_PQ)
    assert caught.value.hints[0] == reason


def test_no_auditwheel(auditwheel, lock, target, monkeypatch):
    """Without auditwheel the error says what brings it."""
    monkeypatch.setattr(graft, "find_spec", lambda _: None)

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.hints[0] == f'{AUDITWHEEL}, is not installed: `pip install "lbundle[graft]"` brings it'
    assert auditwheel.asked == []


def test_libraries_of_another_machine(auditwheel, lock, target, monkeypatch):
    """A machine of another kind has no libraries for the runtime."""
    monkeypatch.setattr(graft, "machine", lambda: "arm64")

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.hints[0] == "only Linux on x86_64 has libraries that could be copied into the wheel"
    assert auditwheel.asked == []


def test_native_code_the_runtime_can_load(pip, lock, target):
    """Native code that needs only what the runtime has is as good as a wheel."""
    pip.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64")]
    pip.native = {"one.so": make_elf(needed=("libc.so.6", "libm.so.6"), versions=("GLIBC_2.17",))}

    assert fetch(lock, target).path.name == "one-1.0-cp312-cp312-linux_x86_64.whl"


def test_failed_build(pip, lock, target, index, tmp_path):
    """A build that fails is an error with the last lines of what it said, and what there is instead."""
    index.add(make_wheel(tmp_path, "one", "1.0", tag="cp312-cp312-win_amd64"), "one")
    pip.stderr = b"".join(b"line %d\n\n" % number for number in range(10))

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message == (
        "`one==1.0` has no wheel for python3.12 on x86_64 and cannot be built from source: its build ends with status 1"
    )
    assert caught.value.hints == (
        "its build said: line 4 / line 5 / line 6 / line 7 / line 8 / line 9",
        "there is: one-1.0-cp312-cp312-win_amd64.whl",
        "there is: one-1.0.tar.gz",
        f"asked for: {describe_tags(target)}",
        (
            "pin a version that has a wheel, build one and name its folder in pip's `find-links`, "
            "or choose another runtime"
        ),
    )


@pytest.mark.parametrize(
    "said",
    [
        "error: command 'gcc' failed: No such file or directory",
        "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
        "unable to execute 'cc': No such file or directory",
        "error: command '/usr/bin/g++' failed: No such file or directory",
        "../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]",
        "CMake Error: CMAKE_C_COMPILER not set, after EnableLanguage",
        "make: gcc: command not found",
    ],
)
def test_no_compiler(pip, lock, target, said):
    """Where the build misses a compiler, zig is what is lacking."""
    pip.stderr = said.encode()

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.hints[:2] == (f"its build said: {said}", NO_ZIG)


def test_symbols_that_the_python_lacks(pip, lock, target):
    """Native code that the runtime's Python cannot load is an error that names the symbol; no compiler mends that."""
    pip.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64")]
    pip.native = {"one.so": make_elf(needed=("libc.so.6",), symbols={"PyUnicode_AsUnicode": "wanted"})}

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message.endswith(
        "built on this machine `one.so` asks for `PyUnicode_AsUnicode`, which Python 3.12 does not have"
    )
    assert not any("zig" in hint for hint in caught.value.hints)


def test_python_of_which_nothing_is_known(pip, lock):
    """What a Python exports that nobody here knows is not guessed: the wheel says that it was not looked at."""
    target = make_target("python3.14", Architecture.X86_64)
    pip.wheels = [("one", "1.0", "cp314-cp314-linux_x86_64")]
    pip.native = {"one.so": make_elf(needed=("libc.so.6",), symbols={"PyUnicode_AsUnicode": "wanted"})}

    assert fetch(lock, target).doubt == (
        "has native code that was not held against what Python 3.14 exports: that is not known here"
    )


@pytest.mark.usefixtures("pip")
def test_wheel_of_an_older_build(lock, target, monkeypatch):
    """A wheel that an older version built and kept is built again, as it was not held against all that counts now."""
    monkeypatch.setattr(memory, "_store", _without_doubt(memory._store))
    fetch(lock, target)
    monkeypatch.undo()
    again = FakePip(monkeypatch)

    fetch(lock, target)

    assert len(again.builds) == 1


def _without_doubt(store):
    def store_as_before(namespace, key, answer):
        store(namespace, key, {name: value for name, value in answer.items() if name != "doubt"})

    return store_as_before


def test_compiler_error(pip, lock, target):
    """The first error of a compiler is told however much follows, and pip's own words around it are not."""
    lines = ["one.c:15:10: fatal error: 'ffi.h' file not found", *map(str, range(9)), "[end of output]"]
    pip.stderr = "\n".join((*lines, "note: This error originates from a subprocess", "ERROR: Failed to build")).encode()

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.hints[0] == f"its build said: {lines[0]} / 3 / 4 / 5 / 6 / 7 / 8"
    assert NO_ZIG not in caught.value.hints


@pytest.fixture
def compiler(pip, monkeypatch):
    """Stand for a machine that can compile for the target: the Python that builds is another."""
    monkeypatch.setattr(build, "prepare_python", lambda _, __, folder: folder / "python")
    return pip


def test_compiled_for_the_target(compiler, lock, target):
    """Where there is a compiler for the target it builds, and the wheel says which systems it is good for."""
    compiler.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64")]
    compiler.native = {"one.so": make_elf(needed=("libc.so.6",), versions=("GLIBC_2.17",))}

    wheel = fetch(lock, target)

    assert wheel.path.name == "one-1.0-cp312-cp312-manylinux_2_34_x86_64.whl"
    ((pip_for, python, options),) = [(build[:4], build[4], build[5:-3]) for build in compiler.builds]
    assert (pip_for, Path(python).name) == (["/usr/bin/python3.12", "-m", "pip", "--python"], "python")
    assert options == ["wheel", "--use-pep517", "--no-deps", "--no-input", "--no-cache-dir"]


@pytest.mark.parametrize(("backend", "is_told"), [("mesonpy", True), ("hatchling.build", False)])
def test_backend_options(tmp_path, backend, is_told):
    """Meson has to be told on its command line that it compiles for another machine; other backends are not."""
    pyproject = f'[build-system]\nrequires = []\nbuild-backend = "{backend}"\n'
    sdist = make_sdist(tmp_path, "one", "1.0", {"pyproject.toml": pyproject, "docs/pyproject.toml": ""})

    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "pyproject.toml").write_text(pyproject)

    options = cross.backend_options(sdist, tmp_path)

    assert options == cross.backend_options(tmp_path / "folder", tmp_path)
    assert options == ([f"--config-settings=setup-args=--cross-file={tmp_path}/tools/meson.ini"] if is_told else [])


@pytest.mark.parametrize("pyproject", ["", "[project]", "not toml"])
def test_source_without_a_backend(tmp_path, pyproject):
    """A source that names no build backend is built as old ones are."""
    sdist = make_sdist(tmp_path, "one", "1.0", {"pyproject.toml": pyproject} if pyproject else {})

    assert cross.backend_options(sdist, tmp_path) == []


@pytest.mark.parametrize("is_native", [True, False])
def test_retreat_from_the_compiler(compiler, lock, target, monkeypatch, is_native):
    """Where zig fails and this machine's own tools build native code in its place, that is said, and said again."""
    compiler.wheels = [("one", "1.0", "cp312-cp312-linux_x86_64" if is_native else "py3-none-any")]
    run = compiler.run

    def fail_first(arguments, **options):
        is_first = "--version" not in arguments and "--no-cache-dir" in arguments
        compiler.stderr = b"one.c:1: error: no such call\nzig: failed" if is_first else b""
        return run(arguments, **options)

    monkeypatch.setattr(build, "run_apart", fail_first)

    wheel = fetch(lock, target)

    assert wheel.doubt == (
        "is compiled by this machine's own tools and not for the runtime: with zig its build ends with status 1 "
        "(one.c:1: error: no such call)"
        if is_native
        else ""
    )
    assert fetch(lock, target) == wheel


def test_neither_way_builds(compiler, lock, target):
    """Where the compiler for the target and this machine both fail, the error tells of both."""
    compiler.stderr = b"no ffi.h"

    with pytest.raises(SourceBuildError) as caught:
        fetch(lock, target)

    assert caught.value.message.endswith(" cannot be built from source: its build ends with status 1")
    assert caught.value.hints[:2] == (
        "its build said: no ffi.h",
        "that was with zig for the runtime; with this machine's own tools its build ends with status 1",
    )

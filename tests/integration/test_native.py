"""Native code for machines that this one is not: compiled here, chosen here, and run as far as it can be."""

import json
import platform
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from bundler.model.project import Architecture
from bundler.resolve import fetch_wheels, read_lock
from bundler.runtimes import make_target
from bundler.system.elf import MAGIC, read_elf
from tests.support.arm64 import ARM64_PYTHON, arm64_python
from tests.support.builds import build
from tests.support.isolated import find_python, run_event, unzip
from tests.support.wheels import make_sdist

pytestmark = [pytest.mark.network, pytest.mark.slow]

# The hash of the source alone: no wheel of the index is allowed.
SOURCE_ALONE = "markupsafe==2.1.5 --hash=sha256:d283d37a890ba4c1ae73ffadf8046435c76e7bc2247bbb63c00bd1a709c6544b\n"
ESCAPE = "from markupsafe._speedups import escape; print(escape('<b>'))"

RUN_ON_ARM64 = {
    "requirements.txt": "numpy==2.2.6\norjson==3.10.18\npydantic==2.11.5\npydantic-core==2.33.2\n"
    "annotated-types==0.7.0\ntyping-extensions==4.13.2\ntyping-inspection==0.4.1\n",
    "handler.py": """
        import platform

        import numpy
        import orjson
        from pydantic import BaseModel

        class Order(BaseModel):
            amounts: list[float]

        def handle(event, context):
            order = Order.model_validate(event)
            total = numpy.linalg.norm(numpy.array(order.amounts))
            return orjson.loads(orjson.dumps({"machine": platform.machine(), "total": float(total)}))
    """,
}
# Each of these has native code and does without where it cannot be loaded.
RUN_WITHOUT_NATIVE_CODE = {
    "requirements.txt": "jinja2==3.1.6\nmarkupsafe==3.0.2\npyyaml==6.0.2\n",
    "handler.py": """
        import jinja2
        import yaml

        def handle(event, context):
            settings = yaml.safe_load(event["settings"])
            return jinja2.Template("<p>{{ name|e }}</p>").render(settings)
    """,
}


def write_project(folder: Path, files: dict[str, str], runtime: str, architecture: str) -> Path:
    settings = {
        "service": "native",
        "provider": {"name": "aws", "runtime": runtime, "architecture": architecture},
        "functions": {"app": {"handler": "handler.handle"}},
    }
    folder.mkdir()
    (folder / "serverless.yml").write_text(json.dumps(settings))
    for name, content in files.items():
        (folder / name).write_text(textwrap.dedent(content))
    return folder


def native_code(archive: Path) -> list[tuple[str, tuple[int, ...]]]:
    """Return machine and glibc of everything that is an ELF file, whatever its name is."""
    with zipfile.ZipFile(archive) as opened:
        contents = (opened.read(name) for name in opened.namelist())
        return [(facts.machine, facts.glibc) for facts in map(read_elf, filter(is_elf, contents))]


def is_elf(content: bytes) -> bool:
    return content.startswith(MAGIC)


@pytest.mark.parametrize(
    ("runtime", "architecture", "tag"),
    [
        ("python3.11", Architecture.ARM64, "cp311-cp311-manylinux_2_26_aarch64"),
        ("python3.12", Architecture.ARM64, "cp312-cp312-manylinux_2_34_aarch64"),
        ("python3.9", Architecture.X86_64, "cp39-cp39-manylinux_2_26_x86_64"),
    ],
)
def test_extension_compiled_from_source(tmp_path, runtime, architecture, tag):
    """A source with C code becomes a wheel for the runtime's machine and glibc, and its extension loads there."""
    target = make_target(runtime, architecture)
    lock = tmp_path / "requirements.txt"
    lock.write_text(SOURCE_ALONE)

    (wheel,) = fetch_wheels(read_lock((lock,), target, folder=lock.parent), target, on_progress=lambda _: None)

    assert wheel.path.name.lower() == f"markupsafe-2.1.5-{tag}.whl"
    ((machine, glibc),) = native_code(wheel.path)
    assert machine == architecture.machine
    assert glibc <= target.glibc
    if python := python_that_runs(target):
        assert run_code(python, ESCAPE, unzip(wheel.path, tmp_path / "unzipped")) == "&lt;b&gt;\n"


def python_that_runs(target):
    version = f"{target.python[0]}.{target.python[1]}"
    if target.architecture is Architecture.X86_64:
        return find_python(version)
    return arm64_python() if version == ARM64_PYTHON else None


def run_code(python: Path, code: str, folder: Path) -> str:
    path = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    done = subprocess.run([python, "-I", "-c", path + code], capture_output=True, text=True, check=False)
    return done.stdout or done.stderr


def test_arm64_bundle_answers(tmp_path):
    """A bundle for arm64 that was made here answers on an arm64 Python."""
    project = write_project(tmp_path / "project", RUN_ON_ARM64, f"python{ARM64_PYTHON}", "arm64")

    build(project, tmp_path / "out")
    run = run_event(
        unzip(tmp_path / "out" / "app.zip", tmp_path / "unzipped"),
        "handler.handle",
        {"amounts": [3, 4]},
        python=arm64_python(),
        runtime_packages=None,
        environment={},
    )

    assert (run.error, run.answer) == (None, {"machine": "aarch64", "total": 5.0})
    assert {machine for machine, _ in native_code(tmp_path / "out" / "app.zip")} == {"aarch64"}


@pytest.mark.parametrize("architecture", list(Architecture))
@pytest.mark.parametrize("version", ["3.9", "3.10", "3.13"])
def test_cross_build(tmp_path, version, architecture):
    """A bundle holds only native code that its runtime can load, and its Python code runs on that version of Python."""
    target = make_target(f"python{version}", architecture)
    project = write_project(tmp_path / "project", RUN_WITHOUT_NATIVE_CODE, target.runtime, architecture)

    build(project, tmp_path / "out")
    found = native_code(tmp_path / "out" / "app.zip")
    run = run_event(
        unzip(tmp_path / "out" / "app.zip", tmp_path / "unzipped"),
        "handler.handle",
        {"settings": "name: <a>"},
        python=find_python(version),
        runtime_packages=None,
        environment={},
    )

    assert {machine for machine, _ in found} == {architecture.machine}
    assert max(glibc for _, glibc in found) <= target.glibc
    assert (run.error, run.answer) == (None, "<p>&lt;a&gt;</p>")


def test_library_of_this_machine(tmp_path, monkeypatch):
    """A library that the runtime lacks is copied into the wheel that was built against it, and the bundle answers."""
    architecture = next(each for each in Architecture if each.machine == platform.machine())
    library = tmp_path / "library"
    library.mkdir()
    (library / "greet.c").write_text('const char *greet(void) { return "hello from a library"; }\n')
    zig = [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-target",
        f"{architecture.machine}-linux-gnu.2.34",
        "-shared",
        "-fPIC",
    ]
    subprocess.run([*zig, "-Wl,-soname,libgreet.so", "-o", "libgreet.so", "greet.c"], cwd=library, check=True)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library))
    source = {
        "setup.py": f"""
            from setuptools import Extension, setup

            module = Extension("graftcase", ["graftcase.c"], libraries=["greet"], library_dirs=[{str(library)!r}])
            setup(name="lbundle-graft-case", version="1.0", ext_modules=[module])
        """,
        "graftcase.c": """
            #include <Python.h>
            const char *greet(void);
            static PyObject *call(PyObject *self, PyObject *unused) { return PyUnicode_FromString(greet()); }
            static PyMethodDef methods[] = {{"greet", call, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
            static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "graftcase", NULL, -1, methods};
            PyMODINIT_FUNC PyInit_graftcase(void) { return PyModule_Create(&module); }
        """,
    }
    files = {name: textwrap.dedent(content) for name, content in source.items()}
    make_sdist(tmp_path / "sources", "lbundle-graft-case", "1.0", files)
    handler = "import graftcase\n\n\ndef handle(event, context):\n    return graftcase.greet()\n"
    requirements = f"--find-links {tmp_path / 'sources'}\nlbundle-graft-case==1.0\n"
    project = write_project(
        tmp_path / "project", {"requirements.txt": requirements, "handler.py": handler}, "python3.12", architecture
    )

    build(project, tmp_path / "out")
    monkeypatch.delenv("LD_LIBRARY_PATH")
    run = run_event(
        unzip(tmp_path / "out" / "app.zip", tmp_path / "unzipped"),
        "handler.handle",
        {},
        python=find_python("3.12"),
        runtime_packages=None,
        environment={},
    )

    assert (run.error, run.answer) == (None, "hello from a library")
    assert len(native_code(tmp_path / "out" / "app.zip")) == len(("the extension", "the library"))

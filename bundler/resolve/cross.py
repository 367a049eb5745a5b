"""A Python of this machine that builds native code for another: zig compiles, sysconfig answers for the target.

zig brings the C library's headers and symbols for every version of glibc, so one program compiles for every runtime. It
comes as the package `ziglang`, which is too large to be a dependency: the extra `cross` asks for it.
"""

import importlib.util
import json
import shlex
import shutil
import sys
import tarfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from bundler.documents import parse_toml
from bundler.model.project import Target
from bundler.system.home import cache_folder
from bundler.system.process import run

_SYSCONFIG_NAME = "_sysconfigdata_lbundle"
_HOOK_NAME = "lbundle_cross"
_TOOLS = "tools"
_TIMEOUT_SECONDS = 60
# Optimised as CPython builds its own modules; without marks of the folder a build happens to run in.
_FLAGS = "-fwrapv -O2 -g0 -DNDEBUG -Wall"

_WHO_ARE_YOU = """
import importlib, json, sys, sysconfig
name = sysconfig._get_sysconfigdata_name()
print(json.dumps({
    "variables": importlib.import_module(name).build_time_vars,
    "include": sysconfig.get_path("include"),
    "config_header": sysconfig.get_config_h_filename(),
}))
"""

# `native` would mean this machine's processor; zig knows no such flags for another.
_COMPILER = """\
#!/bin/sh
for argument do
    shift
    case "$argument" in
        -march=native | -mtune=native | -mcpu=native) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec {zig} {language} -target {triple} -fno-sanitize=undefined -isystem {include} "$@"
"""
_TOOL = '#!/bin/sh\nexec {zig} {tool} "$@"\n'
_CMAKE = """\
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR {machine})
set(CMAKE_C_COMPILER {tools}/cc)
set(CMAKE_CXX_COMPILER {tools}/c++)
set(CMAKE_AR {tools}/ar)
set(CMAKE_RANLIB {tools}/ranlib)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
"""

_MESON = """\
[binaries]
c = '{tools}/cc'
cpp = '{tools}/c++'
ar = '{tools}/ar'
ranlib = '{tools}/ranlib'
[host_machine]
system = 'linux'
cpu_family = '{machine}'
cpu = '{machine}'
endian = 'little'
[properties]
needs_exe_wrapper = true
"""
_MESON_FILE = "meson.ini"
_MESON_BACKEND = "mesonpy"


class CrossUnavailableError(Exception):
    """This machine lacks something that compiling for a target takes; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """Where the parts of one build's tools lie."""

    tools: Path
    """Programs that stand for the compiler and its like."""
    include: Path
    hook: Path
    """What the build's Python loads when it starts."""
    python: Path


def find_zig() -> Path | None:
    """Return zig: the one beside our own Python, else one on the PATH."""
    spec = importlib.util.find_spec("ziglang")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (zig := Path(folder) / "zig").is_file():
            return zig
    found = shutil.which("zig")
    return Path(found) if found else None


def prepare_python(interpreter: Path, target: Target, folder: Path) -> Path:
    """Return a Python, made from one of the target's version, whose builds are for the target.

    It is a virtual environment in `folder`. Raise `CrossUnavailableError` where that cannot be made.
    """
    zig = find_zig()
    if zig is None:
        message = 'zig, which compiles for any runtime, is not installed: `pip install "lbundle[cross]"` brings it'
        raise CrossUnavailableError(message)
    if sys.platform != "linux":
        message = "native code is compiled for the runtime on Linux alone"
        raise CrossUnavailableError(message)
    known = _ask(interpreter)
    paths = _Paths(
        tools=folder / _TOOLS,
        include=folder / "include",
        hook=folder / "hook",
        python=folder / "python" / "bin/python",
    )
    _link_headers(known, target, paths.include, interpreter)
    _write_tools(zig, target, paths)
    _write_hook(known["variables"], target, paths)
    _make_environment(interpreter, paths)
    return paths.python


def backend_options(source: Path, folder: Path) -> list[str]:
    """Return what pip has to tell a source's build backend where it does not go by variables.

    Only the backend that knows a setting may get it: others refuse what they do not know.
    """
    if _backend_of(source) != _MESON_BACKEND:
        return []
    return [f"--config-settings=setup-args=--cross-file={folder / _TOOLS / _MESON_FILE}"]


def _backend_of(source: Path) -> str:
    """Return the build backend that a source distribution or a project's folder names, or nothing."""
    try:
        settings = parse_toml(_read_pyproject(source).decode())
        return str(settings["build-system"]["build-backend"])
    except (tarfile.TarError, OSError, StopIteration, ValueError, LookupError, TypeError):
        return ""


def _read_pyproject(source: Path) -> bytes:
    if source.is_dir():
        return (source / "pyproject.toml").read_bytes()
    with tarfile.open(source) as archive:
        names = (name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/pyproject.toml"))
        member = archive.extractfile(next(names))
        return member.read() if member else b""


def extension_suffix(target: Target) -> str:
    """Return what the target's extension modules that are for one version of Python end with."""
    return f".{_abi(target)}.so"


def _abi(target: Target) -> str:
    major, minor = target.python
    return f"cpython-{major}{minor}-{_multiarch(target)}"


def _multiarch(target: Target) -> str:
    return f"{target.architecture.machine}-linux-gnu"


def _ask(interpreter: Path) -> dict[str, Any]:
    try:
        done = run([interpreter, "-I", "-c", _WHO_ARE_YOU], timeout_seconds=_TIMEOUT_SECONDS)
        known: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError) as error:
        message = f"`{interpreter}` does not say how it was built"
        raise CrossUnavailableError(message) from error
    return known


def _link_headers(known: dict[str, Any], target: Target, include: Path, interpreter: Path) -> None:
    """Lay out Python's headers, with a `pyconfig.h` that does not lead to another machine's.

    Debian's leads on to one for the machine it is compiled for, which is not installed. Nothing in it that extensions
    see differs between x86-64 and arm64.
    """
    source = Path(known["include"])
    if not (source / "Python.h").is_file():
        message = f"`{interpreter}` has no headers to compile with in `{source}`"
        raise CrossUnavailableError(message)
    include.mkdir()
    for entry in source.iterdir():
        (include / entry.name).symlink_to(entry)
    header = include / "pyconfig.h"
    header.unlink(missing_ok=True)
    header.symlink_to(known["config_header"])
    own = include / _multiarch(target) / source.name
    own.mkdir(parents=True)
    (own / "pyconfig.h").symlink_to(known["config_header"])


def _write_tools(zig: Path, target: Target, paths: _Paths) -> None:
    paths.tools.mkdir()
    quoted = shlex.quote(str(zig))
    triple = f"{_multiarch(target)}.{target.glibc[0]}.{target.glibc[1]}"
    for name, language in (("cc", "cc"), ("c++", "c++")):
        _write_program(
            paths.tools / name,
            _COMPILER.format(zig=quoted, language=language, triple=triple, include=shlex.quote(str(paths.include))),
        )
    for name in ("ar", "ranlib"):
        _write_program(paths.tools / name, _TOOL.format(zig=quoted, tool=name))
    for name, text in (("toolchain.cmake", _CMAKE), (_MESON_FILE, _MESON)):
        content = text.format(machine=target.architecture.machine, tools=paths.tools)
        (paths.tools / name).write_text(content, encoding="utf-8")


def _write_program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _write_hook(variables: dict[str, Any], target: Target, paths: _Paths) -> None:
    paths.hook.mkdir()
    settings = {
        "environment": _environment(target, paths),
        "machine": target.architecture.machine,
        "multiarch": _multiarch(target),
    }
    (paths.hook / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    answers = {**variables, **_variables(target, paths)}
    (paths.hook / f"{_SYSCONFIG_NAME}.py").write_text(f"build_time_vars = {answers!r}\n", encoding="utf-8")
    source = files(__package__).joinpath("cross_site.py").read_bytes()
    (paths.hook / f"{_HOOK_NAME}.py").write_bytes(source)


def _environment(target: Target, paths: _Paths) -> dict[str, str]:
    """Return the variables that tell build backends of the target."""
    cache = str(cache_folder() / "zig")
    return {
        "_PYTHON_HOST_PLATFORM": f"linux-{target.architecture.machine}",
        "_PYTHON_SYSCONFIGDATA_NAME": _SYSCONFIG_NAME,
        "SETUPTOOLS_EXT_SUFFIX": extension_suffix(target),
        "CMAKE_TOOLCHAIN_FILE": str(paths.tools / "toolchain.cmake"),
        "ZIG_GLOBAL_CACHE_DIR": cache,
        "ZIG_LOCAL_CACHE_DIR": cache,
        **_programs(paths),
    }


def _programs(paths: _Paths) -> dict[str, str]:
    return {
        "CC": str(paths.tools / "cc"),
        "CXX": str(paths.tools / "c++"),
        "AR": str(paths.tools / "ar"),
        "RANLIB": str(paths.tools / "ranlib"),
        "LDSHARED": f"{paths.tools / 'cc'} -shared",
        "LDCXXSHARED": f"{paths.tools / 'c++'} -shared",
    }


def _variables(target: Target, paths: _Paths) -> dict[str, object]:
    """Return what sysconfig says otherwise on the target."""
    programs = _programs(paths)
    return {
        **programs,
        "ABIFLAGS": "",
        "ARFLAGS": "rcs",
        "BLDSHARED": programs["LDSHARED"],
        "CCSHARED": "-fPIC",
        "CFLAGS": _FLAGS,
        "CONFINCLUDEPY": str(paths.include),
        "CPPFLAGS": "",
        "EXT_SUFFIX": extension_suffix(target),
        "HOST_GNU_TYPE": f"{target.architecture.machine}-unknown-linux-gnu",
        "INCLUDEPY": str(paths.include),
        "LDFLAGS": "",
        "LINKCC": programs["CC"],
        "MULTIARCH": _multiarch(target),
        "OPT": "",
        "PY_CFLAGS": _FLAGS,
        "PY_LDFLAGS": "",
        "Py_ENABLE_SHARED": 0,
        "SOABI": _abi(target),
    }


def _make_environment(interpreter: Path, paths: _Paths) -> None:
    root = paths.python.parents[1]
    done = run([interpreter, "-m", "venv", "--without-pip", root], timeout_seconds=_TIMEOUT_SECONDS)
    packages = next(root.glob("lib/python*/site-packages"), None)
    if done.returncode != 0 or packages is None:
        message = f"`{interpreter} -m venv` does not work"
        raise CrossUnavailableError(message)
    line = f"import sys; sys.path.append({str(paths.hook)!r}); import {_HOOK_NAME}\n"
    (packages / f"{_HOOK_NAME}.pth").write_text(line, encoding="utf-8")

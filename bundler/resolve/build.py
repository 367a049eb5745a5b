"""No wheel fits: a source distribution → a wheel for the target, built by pip in a process of its own.

Where there is a compiler for the target (`cross.py`), it builds first; without one, or where that fails, this machine
builds for itself, which will do for pure packages and for some native ones.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bundler import standards
from bundler.model.project import Target
from bundler.model.wheels import Pin
from bundler.resolve.clean_environment import build_environment
from bundler.resolve.cross import CrossUnavailableError, backend_options, prepare_python
from bundler.resolve.graft import GraftError, graft_libraries
from bundler.resolve.native_wheel import (
    compiler_problem,
    has_native_code,
    missing_libraries,
    native_problem,
    tag_for_target,
)
from bundler.resolve.pip_settings import PipSettings
from bundler.runtimes import python_exports
from bundler.system.apart import run_apart
from bundler.system.interpreters import find_interpreter
from bundler.system.process import run
from bundler.system.witness import looking_away

_TIMEOUT_SECONDS = 1800
_LINES_OF_OUTPUT = 6
_LONGEST_LINE = 500
_LONGEST_QUOTE = 200
_NO_COMPILER = re.compile(
    rb"(?:command|execute) '?[^' ]*(?:cc|clang|[cg]\+\+)[^']*'?(?: failed)?:? (?:No such file|not found)"
    rb"|(?:CMAKE_C(?:XX)?_COMPILER not set|[Cc]ompiler \S+ not found|Unknown compiler\(s\))"
    rb"|(?:gcc|cc|clang|[cg]\+\+): (?:command )?not found"
)
_COMPILER_ERROR = re.compile(r": (?:fatal )?error: ")
# What pip says around any failure.
_NOISE = re.compile(r"^\[end of output\]$|^note: This error originates|^ERROR: Failed ")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel:
    """What a build gives."""

    path: Path
    doubt: str = ""
    """What is to be known of how it came about, as words that follow the name of the distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFailure:
    """Why a build gives no wheel of use."""

    reason: str
    output: str = ""
    """The last lines of what it said."""
    also: str = ""
    """What else was tried, or what is lacking to try it."""
    is_by_zig: bool = False
    is_for_zig: bool = False
    """A compiler for the target may do better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Build:
    """One way to build a source distribution."""

    pin: Pin
    sdist: Path
    target: Target
    pip: list[str] | None
    """How to call pip for the Python that builds."""
    environment: dict[str, str]
    folder: Path
    is_own_python: bool
    """Whether that Python is of the target's version."""
    options: tuple[str, ...] = ()


@looking_away()  # what it gives is kept by what it was given
def build_wheel(
    pin: Pin, sdist: Path, target: Target, settings: PipSettings, folder: Path
) -> BuiltWheel | BuildFailure:
    """Build a source distribution, or a project's folder, in an empty folder; return the wheel, which fits the target.

    A native wheel fits when it was built for the target's Python and machine and needs no newer libc and no other
    libraries than the runtime has. Without a Python of that version, any will do for a pure wheel.
    """
    interpreter = find_interpreter(target.python)
    here = _Build(
        pin=pin,
        sdist=sdist,
        target=target,
        pip=_pip_command(interpreter or Path(sys.executable), folder),
        environment=build_environment(os.environ, settings, folder),
        folder=folder,
        is_own_python=interpreter is not None,
    )
    compiled = _build_for_target(here, interpreter) if interpreter else None
    built = compiled if isinstance(compiled, Path) else _build(here)
    failure = compiled if isinstance(compiled, BuildFailure) else None
    if isinstance(built, BuildFailure):
        return _sum_up(failure, built)
    return BuiltWheel(path=built, doubt="; ".join(_doubts(built, failure, target)))


def _doubts(wheel: Path, failure: BuildFailure | None, target: Target) -> Iterator[str]:
    """Say what is to be known of native code that was built here."""
    if not has_native_code(wheel):
        return
    if failure is not None and failure.is_by_zig:
        yield _describe_retreat(failure)
    if python_exports(target.python) is None:
        version = ".".join(map(str, target.python))
        yield f"has native code that was not held against what Python {version} exports: that is not known here"


def _describe_retreat(compiled: BuildFailure) -> str:
    """Say that what ships was compiled by other tools than those for the runtime, and why."""
    first, *others = compiled.output.split(" / ")
    line = first if _COMPILER_ERROR.search(first) or not others else others[-1]
    said = f" ({line[:_LONGEST_QUOTE]})" if line else ""
    return f"is compiled by this machine's own tools and not for the runtime: with zig {compiled.reason}{said}"


def _build_for_target(build: _Build, interpreter: Path) -> Path | BuildFailure:
    """Build with a compiler and a Python that stand for the target's."""
    folder = build.folder / "for-target"
    folder.mkdir()
    try:
        python = prepare_python(interpreter, build.target, folder)
        # The environment has no pip of its own, and ours may be too new to run in an old Python.
        pips = ([str(interpreter), "-m", "pip"], [sys.executable, "-m", "pip"])
        pip = _first_that_runs([[*pip, "--python", str(python)] for pip in pips], folder)
        # pip keeps what it builds: a wheel that this machine built for itself must not stand in for this one.
        options = ("--no-cache-dir", *backend_options(build.sdist, folder))
        built = _build(replace(build, pip=pip, folder=folder, options=options))
        if isinstance(built, Path):
            return tag_for_target(built, build.target)
        return replace(built, is_by_zig=True)
    except CrossUnavailableError as error:
        return BuildFailure(reason=str(error))
    except InterruptedError:
        raise
    except OSError as error:
        return BuildFailure(reason=str(error), is_by_zig=True)


def _build(build: _Build) -> Path | BuildFailure:
    if build.pip is None:
        return BuildFailure(reason="there is no pip to build it with")
    out = build.folder / "built"
    always = ["wheel", "--use-pep517", "--no-deps", "--no-input"]
    arguments = [*always, *build.options, "--wheel-dir", str(out), str(build.sdist)]
    try:
        done = run_apart(
            [*build.pip, *arguments],
            environment=build.environment,
            folder=build.folder,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
    except InterruptedError:
        raise
    except OSError as error:
        return BuildFailure(reason=str(error))
    if done.returncode != 0:
        said = done.stderr or done.stdout
        return BuildFailure(
            reason=f"its build ends with status {done.returncode}",
            output=_last_lines(said),
            is_for_zig=_NO_COMPILER.search(said) is not None,
        )
    return _check_built(build, out)


def _sum_up(compiled: BuildFailure | None, built: BuildFailure) -> BuildFailure:
    """Return one failure for what came of compiling for the target and of building for this machine."""
    if compiled is None:
        return built
    if not compiled.is_by_zig:
        lacking = compiled.reason if built.is_for_zig else ""
        return replace(built, also="; ".join(filter(None, (built.also, lacking))))
    otherwise = "; ".join(filter(None, (built.reason, built.also)))
    return replace(compiled, also=f"that was with zig for the runtime; with this machine's own tools {otherwise}")


def _pip_command(interpreter: Path, folder: Path) -> list[str] | None:
    """Return how to call pip for an interpreter: its own, else ours told to act for it."""
    own, ours = [str(interpreter), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(interpreter)]
    return _first_that_runs([own, ours], folder)


def _first_that_runs(commands: list[list[str]], folder: Path) -> list[str] | None:
    for command in commands:
        try:
            if run([*command, "--version"], folder=folder).returncode == 0:
                return command
        except OSError:
            continue
    return None


def _check_built(build: _Build, out: Path) -> Path | BuildFailure:
    wheels = sorted(out.glob("*.whl"))
    if len(wheels) != 1:
        return BuildFailure(reason="its build left no wheel")
    wheel = wheels[0]
    named = standards.wheel_name_and_version(wheel.name)
    if named is None or named[0] != build.pin.name or not _is_version(build.pin, named[1]):
        return BuildFailure(reason=f"its build gives another package, `{wheel.name}`")
    if standards.wheel_rank(wheel.name, build.target) is None:
        return BuildFailure(reason=f"its build on this machine gives `{wheel.name}`", is_for_zig=True)
    if not build.is_own_python and has_native_code(wheel):
        version = f"{build.target.python[0]}.{build.target.python[1]}"
        reason = f"it has native code, and there is no Python {version} on this machine to build it with"
        return BuildFailure(reason=reason)
    problem = native_problem(wheel, build.target)
    if problem is None:
        return wheel
    refused = BuildFailure(
        reason=f"built on this machine {problem}", is_for_zig=compiler_problem(wheel, build.target) is not None
    )
    return _graft(wheel, build, refused) if missing_libraries(wheel, build.target) else refused


def _graft(wheel: Path, build: _Build, refused: BuildFailure) -> Path | BuildFailure:
    """Copy libraries of this machine into a wheel that was refused for want of them, and look at it again."""
    folder = build.folder / "grafted"
    try:
        grafted = graft_libraries(wheel, build.target, folder)
    except (GraftError, OSError) as error:
        return replace(refused, also=str(error))
    problem = native_problem(grafted, build.target)
    return replace(refused, also=f"with libraries of this machine in it {problem}") if problem else grafted


def _is_version(pin: Pin, version: str) -> bool:
    return not pin.version or standards.is_pinned_version(pin.version, version)


def _last_lines(output: bytes) -> str:
    """Return how the output ends, and before that the first error in it: compilers say most of what matters there."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    first_error = next((line for line in lines if _COMPILER_ERROR.search(line)), None)
    last = [line for line in lines if not _NOISE.search(line)][-_LINES_OF_OUTPUT:]
    shown = last if first_error is None or first_error in last else [first_error, *last]
    return " / ".join(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in shown)

"""No wheel fits: a source distribution → a wheel for the target, built by pip in a process of its own."""

import os
import re
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler import standards
from bundler.model.project import Target
from bundler.model.wheels import Pin
from bundler.resolve.pip_settings import PipSettings
from bundler.runtimes import system_libraries
from bundler.system.elf import read_elf
from bundler.system.interpreters import find_interpreter
from bundler.system.process import run

_SHARED_OBJECT = re.compile(r"\.so(?:\.[\d.]+)?$")
_TIMEOUT_SECONDS = 1800
_LINES_OF_OUTPUT = 6
# A build runs code of strangers: it gets no credentials that lie in the environment.
_SECRET = re.compile(r"^AWS_|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_?KEY", re.IGNORECASE)
# Addresses of databases, brokers and other indexes hold logins too; those of proxies are needed to reach anything.
_LOGIN_IN_ADDRESS = re.compile(r"://[^/\s@]+@")
_PROXY = re.compile(r"_PROXY$", re.IGNORECASE)
# 1980-01-01, the first date a zip can hold: the same source gives the same wheel.
_SOURCE_DATE = "315532800"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFailure:
    """Why a build gives no wheel of use."""

    reason: str
    output: str = ""
    """The last lines of what it said."""


def build_wheel(pin: Pin, sdist: Path, target: Target, settings: PipSettings, folder: Path) -> Path | BuildFailure:
    """Build a source distribution, or a project's folder, in an empty folder; return the wheel, which fits the target.

    A native wheel fits only when the target's own Python built it on a machine of the target's kind, as its tags say,
    and it needs no newer libc and no other libraries than the runtime has. Without that Python, any will do for a
    pure wheel. Anything else is of no use.
    """
    interpreter = find_interpreter(target.python)
    command = _pip_command(interpreter or Path(sys.executable), folder)
    if command is None:
        return BuildFailure(reason="there is no pip to build it with")
    out = folder / "built"
    arguments = ["wheel", "--use-pep517", "--no-deps", "--no-input", "--wheel-dir", str(out), str(sdist)]
    try:
        done = run(
            [*command, *arguments],
            environment=build_environment(os.environ, settings),
            folder=folder,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
    except OSError as error:
        return BuildFailure(reason=str(error))
    if done.returncode != 0:
        output = _last_lines(done.stderr or done.stdout)
        return BuildFailure(reason=f"its build ends with status {done.returncode}", output=output)
    return _check_built(pin, out, target, is_own_python=interpreter is not None)


def build_environment(environment: Mapping[str, str], settings: PipSettings) -> dict[str, str]:
    """Return the variables a build gets: no credentials, nothing of our Python, the lock's indexes."""
    kept = {
        name: value
        for name, value in environment.items()
        if not _is_secret(name, value) and not name.startswith("PYTHON") and name != "VIRTUAL_ENV"
    }
    indexes = {
        "PIP_INDEX_URL": settings.index_url or "",
        "PIP_EXTRA_INDEX_URL": " ".join(settings.extra_index_urls),
        "PIP_FIND_LINKS": " ".join(settings.find_links),
        "PIP_TRUSTED_HOST": " ".join(settings.trusted_hosts),
        "PIP_NO_INDEX": "1" if settings.no_index else "",
    }
    return {
        **kept,
        **{name: value for name, value in indexes.items() if value},
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": _SOURCE_DATE,
    }


def _is_secret(name: str, value: str) -> bool:
    has_login = _LOGIN_IN_ADDRESS.search(value) is not None and not _PROXY.search(name)
    return has_login or _SECRET.search(name) is not None


def _pip_command(interpreter: Path, folder: Path) -> list[str] | None:
    """Return how to call pip for an interpreter: its own, else ours told to act for it."""
    for command in ([str(interpreter), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(interpreter)]):
        try:
            if run([*command, "--version"], folder=folder).returncode == 0:
                return command
        except OSError:
            continue
    return None


def _check_built(pin: Pin, out: Path, target: Target, *, is_own_python: bool) -> Path | BuildFailure:
    wheels = sorted(out.glob("*.whl"))
    if len(wheels) != 1:
        return BuildFailure(reason="its build left no wheel")
    wheel = wheels[0]
    named = standards.wheel_name_and_version(wheel.name)
    if named is None or named[0] != pin.name or not _is_version(pin, named[1]):
        return BuildFailure(reason=f"its build gives another package, `{wheel.name}`")
    if standards.wheel_rank(wheel.name, target) is None:
        return BuildFailure(reason=f"its build on this machine gives `{wheel.name}`")
    if not is_own_python and not wheel.name.endswith("-none-any.whl"):
        version = f"{target.python[0]}.{target.python[1]}"
        reason = f"it has native code, and there is no Python {version} on this machine to build it with"
        return BuildFailure(reason=reason)
    problem = _native_problem(wheel, target)
    return BuildFailure(reason=problem) if problem is not None else wheel


def _native_problem(wheel: Path, target: Target) -> str | None:
    """Say why native code built on this machine would not load on the target: too new a libc, libraries left behind."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if _SHARED_OBJECT.search(name)]
        brought = {name.rpartition("/")[2] for name in names}
        for name in names:
            facts = read_elf(archive.read(name))
            if facts.glibc > target.glibc:
                newest, allowed = (".".join(map(str, version)) for version in (facts.glibc, target.glibc))
                return f"built on this machine `{name}` needs glibc {newest}, the runtime has {allowed}"
            missing = [needed for needed in facts.needed if needed not in brought | system_libraries(target.runtime)]
            if missing:
                return f"built on this machine `{name}` needs `{missing[0]}`, which the runtime is not known to have"
    return None


def _is_version(pin: Pin, version: str) -> bool:
    return not pin.version or standards.is_pinned_version(pin.version, version)


def _last_lines(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return " / ".join(lines[-_LINES_OF_OUTPUT:])

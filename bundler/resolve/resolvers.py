"""Requirements without versions → requirements with versions, by pip-tools or uv, each in a process of its own.

Both are asked the same question and answer in the same format, so that nobody need know which it was.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bundler import standards
from bundler.addresses import hide_secrets
from bundler.errors import CompileError, ResolverMissingError
from bundler.model.project import Target
from bundler.model.wheels import Resolver
from bundler.resolve.clean_environment import find_proxy, link_urls, resolver_environment
from bundler.resolve.pip_settings import PipSettings
from bundler.system.apart import run_apart
from bundler.system.files import scratch_folder
from bundler.system.home import cache_folder
from bundler.system.interpreters import find_interpreter
from bundler.system.process import Finished
from bundler.system.witness import looking_away

REQUIREMENTS = "requirements.in"
"""What the answer calls the file with the requirements, where it says who wants a distribution."""
CONSTRAINTS = "constraints.txt"
_ANSWER = "requirements.txt"
_TIMEOUT_SECONDS = 1800
_MOST_LINES_SHOWN = 12
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WANTED_BY = re.compile(r"^\s+#\s+(?:via\b)?\s*(.*)$")
# Newer than any runtime has, and a level that uv has a platform for.
_NEWEST_GLIBC = (2, 40)
# How uv works may be set by the user; what it answers is set here.
_SETTINGS_OF_UV = ("UV_CACHE_DIR", "UV_CONCURRENT_", "UV_KEYRING_PROVIDER", "UV_NATIVE_TLS", "UV_NO_CACHE")
_WORKER = Path(__file__).with_name("pip_tools_worker.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for, for whom, and where to look."""

    source: str
    """What the requirements are called in errors."""
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    preferred: tuple[str, ...]
    """Pins to keep as long as they will do."""
    is_prerelease_allowed: bool
    target: Target
    settings: PipSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One distribution of the answer."""

    requirement: str
    """`name[extra]==1.0` or `name @ URL`."""
    wanted_by: tuple[str, ...]
    """Names of distributions, or `-r` and `REQUIREMENTS`."""


def choose_resolver(asked: Resolver) -> Resolver:
    """Return the resolver to use: uv where it is installed, as it is several times faster, else pip-tools."""
    if asked is Resolver.AUTO:
        return Resolver.UV if _find_uv() else Resolver.PIP_TOOLS
    if asked is Resolver.UV and not _find_uv():
        raise ResolverMissingError(asked, "it is not on the PATH")
    return asked


def _find_uv() -> str | None:
    """Return the path of uv: on the PATH, or installed beside the interpreter that runs us."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


@looking_away()  # its answer is kept by all that it depends on
def ask_resolver(resolver: Resolver, question: Question) -> tuple[AnswerLine, ...]:
    """Return a version for everything the question asks for and needs; raise `CompileError` where there is none."""
    with scratch_folder("lock") as folder:
        if question.constraints:
            _write(folder / CONSTRAINTS, question.constraints)
        if question.preferred:
            _write(folder / _ANSWER, question.preferred)
        ask = _ask_uv if resolver is Resolver.UV else _ask_pip_tools
        try:
            done = ask(question, folder)
        except OSError as error:
            raise ResolverMissingError(resolver, str(error)) from error
        if done.returncode != 0:
            lines = _last_lines(done.stderr or done.stdout, question.settings)
            raise CompileError(question.source, str(question.target), resolver, lines)
        answer = folder / _ANSWER
        return tuple(_read_answer(answer.read_text(encoding="utf-8") if answer.is_file() else ""))


def _ask_pip_tools(question: Question, folder: Path) -> Finished:
    _write(folder / REQUIREMENTS, question.requirements)
    arguments = [
        *_common_arguments(question),
        "--allow-unsafe",
        f"--cache-dir={cache_folder() / 'pip-tools'}",
        "--no-emit-find-links",
        "--no-emit-index-url",
        "--no-emit-options",
        "--no-emit-trusted-host",
        "--resolver=backtracking",
        *(["--pre"] if question.is_prerelease_allowed else []),
    ]
    asked = {
        "markers": standards.marker_environment(question.target),
        "platforms": standards.target_platforms(_with_any_glibc(question.target)),
        "python": [int(part) for part in standards.full_python_version(question.target).split(".")],
        "arguments": arguments,
    }
    settings = {
        "PIP_FIND_LINKS": " ".join(link_urls(question.settings)),
        "PIP_NO_INPUT": "1",
        "PIP_ONLY_BINARY": ",".join(question.settings.only_binary),
    }
    # -P: the worker's folder has modules whose names are those of libraries too.
    return run_apart(
        [sys.executable, "-P", _WORKER],
        stdin=json.dumps(asked).encode(),
        environment=_environment(question, folder) | settings,
        folder=folder,
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def _ask_uv(question: Question, folder: Path) -> Finished:
    """Ask uv with pip's settings, as a file's options where it has them and as its own variables where not."""
    _write(folder / REQUIREMENTS, (*_option_lines(question.settings), *question.requirements))
    interpreter = find_interpreter(question.target.python) or Path(sys.executable)
    arguments = [
        *_common_arguments(question),
        "--color=never",
        "--index-strategy=unsafe-best-match",  # as pip does
        "--no-progress",
        *(["--offline"] if question.settings.is_offline else []),
        "--no-python-downloads",
        f"--python={interpreter}",
        f"--python-platform={_uv_platform(question.target)}",
        f"--python-version={standards.full_python_version(question.target)}",
        *(f"--allow-insecure-host={host}" for host in question.settings.trusted_hosts),
        *(["--prerelease=allow"] if question.is_prerelease_allowed else []),
    ]
    return run_apart(
        [_find_uv() or "uv", "pip", "compile", *arguments],
        environment=_uv_environment(os.environ, question.settings, _environment(question, folder)),
        folder=folder,
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def _common_arguments(question: Question) -> list[str]:
    return [
        REQUIREMENTS,
        *([f"--constraint={CONSTRAINTS}"] if question.constraints else []),
        f"--output-file={_ANSWER}",
        "--annotation-style=split",
        "--no-config",
        "--no-header",
        "--no-strip-extras",
    ]


def _with_any_glibc(target: Target) -> Target:
    """Return the target with a newer C library than it has.

    To know what a version needs, a resolver then reads a wheel that is too new for the target rather than preparing to
    compile the source, which takes minutes where it works at all. Whoever asks looks at what the pins really have.
    """
    return replace(target, glibc=_NEWEST_GLIBC)


def _uv_platform(target: Target) -> str:
    return f"{target.architecture.machine}-manylinux_{_NEWEST_GLIBC[0]}_{_NEWEST_GLIBC[1]}"


def _environment(question: Question, folder: Path) -> dict[str, str]:
    reaches_ssh = any("ssh://" in line for line in (*question.requirements, *question.constraints))
    return resolver_environment(os.environ, question.settings, folder, reaches_ssh=reaches_ssh)


def _uv_environment(
    variables: Mapping[str, str], settings: PipSettings, environment: Mapping[str, str]
) -> dict[str, str]:
    own = {name: value for name, value in variables.items() if name.startswith(_SETTINGS_OF_UV)}
    certificates = "SSL_CERT_DIR" if settings.cert and settings.cert.is_dir() else "SSL_CERT_FILE"
    proxy = settings.proxy or find_proxy(variables)
    values = {
        certificates: settings.cert,
        "SSL_CLIENT_CERT": settings.client_cert,
        "HTTP_PROXY": proxy,
        "HTTPS_PROXY": proxy,
        "UV_HTTP_RETRIES": settings.retries,
        "UV_HTTP_TIMEOUT": round(settings.timeout_seconds),
    }
    return {**environment, **own} | {name: str(value) for name, value in values.items() if value is not None}


def _option_lines(settings: PipSettings) -> tuple[str, ...]:
    if settings.no_index:
        indexes = ["--no-index"]
    else:
        indexes = [
            *([f"--index-url {settings.index_url}"] if settings.index_url else []),
            *(f"--extra-index-url {url}" for url in settings.extra_index_urls),
        ]
    return (
        *indexes,
        *(f"--find-links {url}" for url in link_urls(settings)),
        *(f"--only-binary {name}" for name in settings.only_binary),
    )


def _write(path: Path, lines: tuple[str, ...]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _read_answer(text: str) -> Iterator[AnswerLine]:
    """Read pip-compile's format: a requirement, and below it indented comments with who wants it."""
    requirement, wanted_by = "", []
    for line in text.splitlines():
        if found := _WANTED_BY.match(line):
            wanted_by += [found[1]] if found[1] else []
        elif line.strip() and not line.startswith(("#", "-")):
            if requirement:
                yield AnswerLine(requirement=requirement, wanted_by=tuple(wanted_by))
            requirement, wanted_by = line.strip(), []
    if requirement:
        yield AnswerLine(requirement=requirement, wanted_by=tuple(wanted_by))


def _last_lines(output: bytes, settings: PipSettings) -> tuple[str, ...]:
    text = hide_secrets(_COLOUR.sub("", output.decode(errors="replace")), *settings.places)
    return tuple(line.strip() for line in text.splitlines() if line.strip())[-_MOST_LINES_SHOWN:]

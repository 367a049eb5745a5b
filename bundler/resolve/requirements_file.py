"""pip's requirements.txt format: logical lines, options, nested files. What the lines mean is decided in `locks.py`.

The format: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import RequirementsFileError

_QUOTING = re.compile(r"""["'\\]""")
_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_OPTION_START = re.compile(r"\s+-(?=[-a-zA-Z])")

_NESTING = {"-r": "requirement", "--requirement": "requirement", "-c": "constraint", "--constraint": "constraint"}
_LONG_NAMES = {"-i": "--index-url", "--pypi-url": "--index-url", "-f": "--find-links", "-e": "--editable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementLine:
    """One logical line that asks for a distribution."""

    text: str
    """Without comments and options, variables filled in."""
    hashes: tuple[str, ...]
    is_constraint: bool
    is_editable: bool
    folder: Path
    """Of the file it stands in: relative paths start there."""
    origin: str
    """The file and the line it starts on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """One logical line that sets an option for the whole file."""

    name: str
    """The long form: `--index-url`."""
    value: str
    folder: Path
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsContent:
    """Everything that a requirements file and the files it names say, in order."""

    requirements: tuple[RequirementLine, ...]
    options: tuple[OptionLine, ...]
    paths: tuple[Path, ...]


def read_requirements_files(paths: tuple[Path, ...]) -> RequirementsContent:
    """Read requirements files with all that they name through `-r` and `-c`, each file once."""
    reader = _Reader()
    for path in paths:
        reader.read(path, is_constraint=False, named_by="the settings")
    return RequirementsContent(
        requirements=tuple(reader.requirements), options=tuple(reader.options), paths=tuple(reader.paths)
    )


class _Reader:
    """Collects lines while it walks from file to file."""

    def __init__(self) -> None:
        self.requirements: list[RequirementLine] = []
        self.options: list[OptionLine] = []
        self.paths: dict[Path, None] = {}
        self._read: set[tuple[Path, bool]] = set()

    def read(self, path: Path, *, is_constraint: bool, named_by: str) -> None:
        path = Path(os.path.normpath(path))
        if (path, is_constraint) in self._read:
            return
        self._read.add((path, is_constraint))
        text = _read_text(path, named_by)
        self.paths[path] = None
        for number, line in _logical_lines(text):
            self._take(line, path, f"`{path.name}` line {number}", is_constraint=is_constraint)

    def _take(self, line: str, path: Path, origin: str, *, is_constraint: bool) -> None:
        if not line.startswith("-"):
            self._take_requirement(line, path, origin, is_constraint=is_constraint, is_editable=False)
            return
        name, value = _split_option(line)
        if nesting := _NESTING.get(name):
            if "://" in value:
                raise RequirementsFileError(value, "only files on this machine can be included", origin)
            is_constraint = is_constraint or nesting == "constraint"
            self.read(path.parent / value, is_constraint=is_constraint, named_by=origin)
            return
        name = _LONG_NAMES.get(name, name)
        if name == "--editable":
            self._take_requirement(value, path, origin, is_constraint=is_constraint, is_editable=True)
        else:
            self.options.append(OptionLine(name=name, value=value, folder=path.parent, origin=origin))

    def _take_requirement(self, line: str, path: Path, origin: str, *, is_constraint: bool, is_editable: bool) -> None:
        text, *options = _OPTION_START.split(line, maxsplit=1)
        self.requirements.append(
            RequirementLine(
                text=text.strip(),
                hashes=_hashes_in("-" + options[0]) if options else (),
                is_constraint=is_constraint,
                is_editable=is_editable,
                folder=path.parent,
                origin=origin,
            )
        )


def _read_text(path: Path, named_by: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequirementsFileError(str(path), error.strerror or str(error), named_by) from error
    except UnicodeDecodeError as error:
        raise RequirementsFileError(str(path), "it is not UTF-8", named_by) from error


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with what continues it, numbered by its first, comments gone and variables filled in.

    As in pip, a comment line ends a continuation, and a variable that is not set stays as it is written.
    """
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start if parts else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line[:-1])
            continue
        parts.append(f" {line}" if is_comment else line)
        yield from _clean(start, "".join(parts))
        parts = []
    yield from _clean(start, "".join(parts))


def _clean(number: int, line: str) -> Iterator[tuple[int, str]]:
    line = _COMMENT.sub("", line).strip()
    if line:
        yield number, _VARIABLE.sub(lambda found: os.environ.get(found[1]) or found[0], line)


def _split_option(line: str) -> tuple[str, str]:
    """Split `--name=value`, `--name value`, `-nvalue` and `-n value`."""
    if line.startswith("--"):
        name, _, value = re.sub(r"[=\s]\s*", "\0", line, count=1).partition("\0")
    else:
        name, value = line[:2], line[2:]
    value = value.strip()
    # A marker may end in a quote that belongs to it.
    is_quoted = value[:1] in {"'", '"'} and value.endswith(value[:1])
    return name, value[1:-1] if is_quoted else value


def _hashes_in(options: str) -> tuple[str, ...]:
    # shlex goes through text by single characters, and a lock has hundreds of hashes.
    words = iter(shlex.split(options) if _QUOTING.search(options) else options.split())
    hashes = []
    for word in words:
        if word == "--hash":
            hashes.append(next(words, ""))
        elif word.startswith("--hash="):
            hashes.append(word.removeprefix("--hash="))
    return tuple(entry.strip().lower() for entry in hashes)

"""pip's requirements.txt format: options, requirements, nested files. What the lines mean is decided in `locks.py`.

The format: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from getopt import GetoptError, gnu_getopt
from pathlib import Path

from bundler.addresses import file_path
from bundler.errors import RequirementError, RequirementsFileError, ResolveError
from bundler.model.paths import show_path
from bundler.resolve.requirements_text import LogicalLine, decode, logical_lines
from bundler.system.files import read_bounded

_QUOTING = re.compile(r"""["'\\]""")
_OPTION_START = re.compile(r"(?:^|\s+)(?=-)")
_REMOTE = re.compile(r"https?://", re.IGNORECASE)
_FILE = re.compile(r"file:", re.IGNORECASE)

_SHORT_NAMES = "i:r:c:e:f:C:"
_LONG_NAMES = (
    *("index-url=", "pypi-url=", "extra-index-url=", "find-links=", "no-index", "trusted-host="),
    *("requirement=", "constraint=", "editable="),
    *("no-binary=", "only-binary=", "prefer-binary", "pre", "all-releases=", "only-final=", "use-feature="),
    *("hash=", "require-hashes", "no-require-hashes", "config-settings=", "global-option=", "install-option="),
)
_FULL_NAMES = {
    "-i": "--index-url",
    "--pypi-url": "--index-url",
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-f": "--find-links",
    "-C": "--config-settings",
}
_HASH = "--hash="
_Option = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementLine:
    """One logical line that asks for a distribution."""

    text: str
    """Without comments and options, variables filled in."""
    hashes: tuple[str, ...]
    is_constraint: bool
    is_editable: bool
    folders: tuple[Path, ...]
    """Where a relative path may start: the folder that pip would run in, then that of the file."""
    origin: str
    """The file and the line it starts on."""

    def find(self, path: str) -> Path:
        """Return where a path leads: from the first folder that has it, else from where pip would look."""
        places = [folder / path for folder in self.folders]
        return next((place for place in places if place.exists()), places[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """One option that is set for the whole file."""

    name: str
    """The long form: `--index-url`."""
    value: str
    written: str
    """The value with its variables as they are written."""
    folder: Path
    """Of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementsContent:
    """Everything that a requirements file and the files it names say, in order."""

    requirements: tuple[RequirementLine, ...]
    options: tuple[OptionLine, ...]
    paths: tuple[Path, ...]
    unset: tuple[str, ...]
    """What names a variable that is not set, one sentence each."""


def read_requirements_files(paths: Iterable[Path], folder: Path) -> RequirementsContent:
    """Read requirements files with all that they name through `-r` and `-c`, each file once.

    `folder` is where pip would run: relative paths of packages start there.
    """
    reader = _Reader(folder)
    try:
        for path in paths:
            reader.read(path, is_constraint=False, named_by="the settings")
        if reader.problems:
            raise RequirementError(tuple(reader.problems))
    except ResolveError as error:
        error.add_hints(reader.unset)
        raise
    return RequirementsContent(
        requirements=tuple(reader.requirements),
        options=tuple(reader.options),
        paths=tuple(reader.paths),
        unset=tuple(reader.unset),
    )


class _Reader:
    """Collects lines while it walks from file to file."""

    def __init__(self, folder: Path) -> None:
        self.requirements: list[RequirementLine] = []
        self.options: list[OptionLine] = []
        self.paths: dict[Path, None] = {}
        self.unset: dict[str, None] = {}
        self.problems: list[str] = []
        self._folder = folder
        self._read: set[tuple[Path, bool]] = set()

    def read(self, path: Path, *, is_constraint: bool, named_by: str) -> None:
        path = Path(os.path.normpath(path))
        if (path, is_constraint) in self._read:
            return
        self._read.add((path, is_constraint))
        text = _read_text(path, named_by)
        self.paths[path] = None
        for line in logical_lines(text):
            origin = f"`{show_path(path, self._folder)}` line {line.number}"
            self.unset |= {f"`${{{name}}}` at {origin} is not set": None for name in line.unset()}
            try:
                self._take(line, path, origin, is_constraint=is_constraint)
            except (GetoptError, ValueError) as error:
                self.problems.append(f"{origin}: `{line.text}` cannot be read as pip does: {error}")

    def _take(self, line: LogicalLine, path: Path, origin: str, *, is_constraint: bool) -> None:
        """Take a line as pip does: a requirement, else a file to read, else options for all."""
        text, options = _split_line(line.expand())
        values = dict(reversed(options))  # of several that name one thing, pip takes the first
        if asked := text or values.get("--editable"):
            self.requirements.append(
                RequirementLine(
                    text=asked,
                    hashes=tuple(value.strip().lower() for name, value in options if name == "--hash"),
                    is_constraint=is_constraint,
                    is_editable=not text,
                    folders=(self._folder, path.parent),
                    origin=origin,
                )
            )
        elif nested := values.get("--requirement") or values.get("--constraint"):
            self.read(_nested_path(path, nested, origin), is_constraint="--requirement" not in values, named_by=origin)
        else:
            self.options += _option_lines(options, line, path.parent)


def _read_text(path: Path, named_by: str) -> str:
    try:
        return decode(read_bounded(path))
    except OSError as error:
        raise RequirementsFileError(str(path), error.strerror or str(error), named_by) from error
    except ValueError as error:
        raise RequirementsFileError(str(path), str(error), named_by) from error


def _split_line(line: str) -> tuple[str, list[_Option]]:
    """Return what a line asks for and its options, split as a shell would: markers have quotes of their own."""
    text, *rest = _OPTION_START.split(line, maxsplit=1)
    return text.strip(), _read_options(rest[0]) if rest else []


def _read_options(text: str) -> list[_Option]:
    # shlex goes through text by single characters, and a lock has hundreds of hashes.
    words = shlex.split(text) if _QUOTING.search(text) else text.split()
    if all(word.startswith(_HASH) for word in words):
        return [("--hash", word.removeprefix(_HASH)) for word in words]
    options, others = gnu_getopt(words, _SHORT_NAMES, _LONG_NAMES)
    # pip passes over the marker of an editable requirement, which uv and Poetry write and mean.
    marker = f" ; {text.partition(';')[2].strip()}" if others[:1] == [";"] else ""
    return [
        (full, value + marker if full == "--editable" else value)
        for name, value in options
        for full in (_FULL_NAMES.get(name, name),)
    ]


def _nested_path(path: Path, nested: str, origin: str) -> Path:
    if _REMOTE.match(nested):
        raise RequirementsFileError(nested, "only files on this machine can be included", origin)
    return path.parent / (file_path(nested) if _FILE.match(nested) else nested)


def _option_lines(options: list[_Option], line: LogicalLine, folder: Path) -> Iterator[OptionLine]:
    _, written = _split_line(line.text)
    if len(written) != len(options):  # a variable that holds more than one option
        written = options
    pairs = zip(options, written, strict=True)
    # Within a line their order means nothing to pip: further indexes are added to the one that is set.
    for (name, value), (_, as_written) in sorted(pairs, key=lambda pair: pair[0][0] != "--index-url"):
        yield OptionLine(name=name, value=value, written=as_written, folder=folder)

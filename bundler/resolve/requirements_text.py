"""The text of a requirements file: its encoding, its logical lines, the variables that it names.

As pip reads it: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import codecs
import locale
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# UTF-32 first: its mark for little-endian begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STATED_ENCODING = re.compile(rb"^#.*?coding[:=]\s*([-\w.]+)")
_LINES_THAT_STATE = 2
_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicalLine:
    """A line with what continues it, comments gone."""

    number: int
    """Of its first line in the file."""
    text: str
    """Variables as they are written."""

    def expand(self, environment: Mapping[str, str] = os.environ) -> str:
        """Return the text with variables filled in; one that is not set, or empty, stays as it is written."""
        return _VARIABLE.sub(lambda found: environment.get(found[1]) or found[0], self.text)

    def unset(self, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
        """Return the names of variables that are not set."""
        return tuple(name for name in _VARIABLE.findall(self.text) if not environment.get(name))


def decode(content: bytes) -> str:
    """Return a file's text; raise `ValueError` that says what is wrong with it.

    The encoding is that of the byte order mark, else what a comment in the first two lines states as PEP 263 has it,
    else UTF-8, else the one of this machine's locale.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], encoding)
    for line in content.split(b"\n")[:_LINES_THAT_STATE]:
        if stated := _STATED_ENCODING.match(line):
            return _decode(content, stated[1].decode("ascii"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(content, locale.getencoding())


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError as error:
        message = f"it says that it is written in `{encoding}`, an encoding that nobody knows"
        raise ValueError(message) from error
    except UnicodeError as error:
        hint = ": a first line such as `# coding: latin-1` says what it is" if encoding.lower() == "utf-8" else ""
        message = f"it is not {encoding.upper()}{hint}"
        raise ValueError(message) from error


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """Yield the lines that say something; a line of comment ends what is continued before it."""
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start if parts else number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line.strip("\\"))
            continue
        parts.append(f" {line}" if is_comment else line)
        yield from _clean(start, "".join(parts))
        parts = []
    yield from _clean(start, "".join(parts))


def _clean(number: int, line: str) -> Iterator[LogicalLine]:
    if text := _COMMENT.sub("", line).strip():
        yield LogicalLine(number=number, text=text)

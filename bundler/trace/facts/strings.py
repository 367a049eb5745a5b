"""Read the strings of a source file that look like the name of a module or a file, by its text.

A text is gone through once for all strings with a dot in them: they are few, and what each may be is asked of them
alone. Other kinds are searched only where a word stands that none of them is without.
"""

import re
from collections.abc import Iterable, Iterator

from bundler.trace.facts.text import SourceText

_WITH_DOT = re.compile(r"""["']([^"'\s.]*\.[^"'\s]*)(?=["'])""")
_DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_DOTTED_STRING = re.compile(rf"""["']({_DOTTED_NAME.pattern})["']""")
# A name whose end is put together later: `"pkg.languages." + name`, `f"pkg.{kind}.{name}"`.
_NAME_TEMPLATE = re.compile(r"""[A-Za-z_]\w*\.(?:[\w.]|\{[^{}"'\s]*\}|%s)*""")
# With places for a format's arguments: `"config-{}.py"`.
_FILE_NAME = re.compile(r"(?:[\w{}%-][\w.{}%-]*/)*(?:[\w-][\w.{}%-]*\.[A-Za-z]\w{0,9}|\.env[\w.]*)")
FORMAT_PLACE = re.compile(r"\{[^{}]*\}|%[a-z]")
_FEWEST_DOTS = 2
_SHORTEST_FILE_NAME = 4
_QUOTED_IMPORT = re.compile(r"""["'](?:from ([A-Za-z_][\w.]*) import |import ([A-Za-z_][\w.]*))""")
_IMPORT = re.compile(r"import ")
_FROM_IN_QUOTES = ('"from ', "'from ")
# As entry points are written down: `name = package.module:attribute`.
_ENTRY_POINT = re.compile(r"""["'][\w.-]+\s*=\s*([A-Za-z_]\w*(?:\.\w+)*):[A-Za-z_][\w.]*["']""")
_ATTRIBUTE_AT_END = re.compile(r""":[A-Za-z_][\w.]*["']""")
_WORD_END = re.compile(r"_\n")
_NAME_PREFIX = re.compile(r"""["']\^?([A-Za-z]\w*_)(?=["'.\[(\\*])""")


def strings_with_dot(text: str) -> tuple[str, ...]:
    """Return every string of a text that has a dot, and neither blanks nor quotes, in it."""
    return tuple(dict.fromkeys(_WITH_DOT.findall(text)))


def has_dotted(strings: Iterable[str]) -> bool:
    """Tell whether any of some strings is a dotted name."""
    return any(map(_DOTTED_NAME.fullmatch, strings))


def dotted_strings(text: str) -> Iterator[tuple[str, int]]:
    """Yield every string of a text that is a dotted name, with its line."""
    line, end = 1, 0
    for match in _DOTTED_STRING.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        yield match[1], line


def name_templates(strings: Iterable[str]) -> tuple[str, ...]:
    """Return, of some strings, each head of a dotted name of at least three parts, `*` for what is put in later."""
    found = dict.fromkeys(FORMAT_PLACE.sub("*", text) for text in strings if _NAME_TEMPLATE.fullmatch(text))
    templates = (f"{name}*" if name.endswith(".") else name for name in found)
    return tuple(name for name in templates if "*" in name and ".." not in name and name.count(".") >= _FEWEST_DOTS)


def file_names(strings: Iterable[str]) -> tuple[str, ...]:
    """Return, of some strings, what looks like a file's name or path, with an ending; `*` for places of a format."""
    names = dict.fromkeys(FORMAT_PLACE.sub("*", text) for text in strings if _FILE_NAME.fullmatch(text))
    return tuple(name for name in names if len(name.strip("*./")) >= _SHORTEST_FILE_NAME or name == ".env")


def quoted_imports(text: SourceText) -> Iterator[tuple[str, int]]:
    """Yield the modules of import statements inside strings, for code that is put together and then executed."""
    if any(_is_quoted(text, match.start()) for match in _IMPORT.finditer(text)):
        for match in _QUOTED_IMPORT.finditer(text):
            yield match[1] or match[2], text.count("\n", 0, match.start()) + 1


def _is_quoted(text: str, start: int) -> bool:
    """Tell whether the word `import` is, or ends, the start of a string."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return line.endswith(("'", '"')) or any(quoted in line for quoted in _FROM_IN_QUOTES)


def entry_points(text: str) -> Iterator[tuple[str, int]]:
    """Yield the modules of entry points that are written down as strings."""
    if _ATTRIBUTE_AT_END.search(text) is not None:
        for match in _ENTRY_POINT.finditer(text):
            yield match[1], text.count("\n", 0, match.start()) + 1


def name_prefixes(text: SourceText) -> tuple[str, ...]:
    """Return the strings that may be the head of the name of a module, or an expression for such names."""
    words = text.words
    starts = (words.rfind("\n", 0, match.start()) + 1 for match in _WORD_END.finditer(words))
    has_open_word = any(words[start].isalpha() for start in starts)
    return tuple(dict.fromkeys(_NAME_PREFIX.findall(text))) if has_open_word else ()

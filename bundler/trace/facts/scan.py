"""Search the text of a source file for the few words that matter, before anything looks into its expressions."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.trace.facts.evaluate import OWN_PACKAGE

# Plain searches for each word are many times faster than one expression of alternatives. A word may stand inside a
# longer one: that costs a look, nothing else.
EXPRESSION_WORDS = (
    "import_module",
    "__import__",
    "__getattr__",
    "iter_modules",
    "walk_packages",
    "extend_path",
    "find_spec",
    "find_loader",
    "get_loader",
    "resolve_name",
    "run_module",
    "pydoc",
    "pkg_resources",
    "__file__",
    "__path__",
    "__spec__",
    "get_data",
    "resource",
    "contents(",
    "files(",
    "entry_points",
    "version(",
    "metadata",
    "distribution(",
    "distributions(",
    "require(",
    "attach",
    "sys.path",
    "addsitedir",
    "LAMBDA_TASK_ROOT",
    "/var/task",
)
IMPORTING_WORDS = (
    "import_module",
    "__import__",
    "find_spec",
    "_loader",
    "resolve_name",
    "run_module",
    "LazyLoader",
    "pydoc",
)
PATH_WORDS = ("__file__", "__path__", "__spec__", "files(", "resource", "get_data", "LAMBDA_TASK_ROOT", "/var/task")
_DOTTED_STRING = re.compile(r"""["']([A-Za-z_]\w*(?:\.\w+)+(?::\w+)?)["']""")
# A name whose end is put together later: `"pkg.languages." + name`, `f"pkg.{kind}.{name}"`.
_NAME_TEMPLATE = re.compile(r"""["']([A-Za-z_]\w*\.(?:[\w.]|\{[^{}"'\s]*\}|%s)*)["']""")
# With places for a format's arguments: `"config-{}.py"`.
_FILE_STRING = re.compile(r"""["']((?:[\w{}%-][\w.{}%-]*/)*(?:[\w-][\w.{}%-]*\.[A-Za-z]\w{0,9}|\.env[\w.]*))["']""")
# What is written to be read by a program of the package's own.
TEXT_ENDINGS = (".txt", ".json", ".xml", ".xsd", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".def", ".csv")
_TEXT_NAME = re.compile(rb"[\w.-]+(?:%s)\b" % b"|".join(re.escape(ending.encode()) for ending in TEXT_ENDINGS))
_MODULE_TAKEN = re.compile(
    r"""sys\.modules(?:\[|\.get\()\s*(?:["']([\w.]+)["']|__package__)(?:\s*[])](?:\.([A-Za-z_]\w*))?)?"""
)
_FORMAT_PLACE = re.compile(r"\{[^{}]*\}|%[a-z]")
_FEWEST_DOTS = 2
_QUOTED_IMPORT = re.compile(r"""["'](?:from ([A-Za-z_][\w.]*) import |import ([A-Za-z_][\w.]*))""")
# As entry points are written down: `name = package.module:attribute`.
_ENTRY_POINT = re.compile(r"""["'][\w.-]+\s*=\s*([A-Za-z_]\w*(?:\.\w+)*):[A-Za-z_][\w.]*["']""")
_GLOBALS_HANDED_ON = re.compile(r"\w\(\s*(?:\w+\s*=\s*)?globals\(\)")
_RELATIVE_STRING = re.compile(r"""["']\.[A-Za-z_]\w*(?:\.\w+)*["']""")
_RUNNING_WORDS = (
    "exec_module(",
    "spec_from_file_location(",
    "SourceFileLoader(",
    "FileFinder(",
    "run_path(",
    "load_source(",
    "exec(compile(",
)
_EXECUTING_WORDS = ("'exec'", '"exec"')
_COMPILING = re.compile(r"""\bcompile\([^()]*,\s*["']exec["']\)""")
_LOGGING_WORDS = ("dictConfig(", "fileConfig(", "DictConfigurator(", "dictConfigClass(")
_WALKING_WORDS = ("os.walk(", ".walk(", ".rglob(", "recursive=True")
_DEFAULT_FOLDER = re.compile(
    r"""(?:dir|folder|path)\w*(?:\s*:[^=\n,()]*)?\s*=\s*(?:[\w.]*join\(\s*)?["']((?:\./)?[A-Za-z][\w./{}-]*)["']"""
)
_PACKAGES = re.compile(r"""\bpackages["']?\s*[=:]\s*(\[[^\[\]={}]{1,400}?\])""")
_QUOTED_NAME = re.compile(r"""["']([A-Za-z_][\w.]*)["']""")
_NAME_PREFIX = re.compile(r"""["']\^?([A-Za-z]\w*_)(?=["'.\[(\\*])""")
_COMPARED_FRAME = re.compile(r"\.co_filename\s*[!=]=\s*(\w+)")
_OWN_FRAME = re.compile(
    r"get(?:source)?file\(\s*(?:lambda\b|(?:inspect\.)?currentframe\(\)|sys\._getframe\(0?\))"
    r"|(?:currentframe\(\)|_getframe\(0?\))\.f_code\.co_filename"
)
_OWN_NAME_CUT = re.compile(r"__file__\s*\[\s*:\s*-|__file__\.(?:replace|removesuffix|rstrip)\(")
_SCRIPT_WORDS = (".py'", '.py"', "SOURCE_SUFFIXES")
_FIRST_STRING = re.compile(
    r"""\(\s*(?:["']([A-Za-z_][\w.]*)["']|__name__|__package__)(?:\s*,\s*(?:\w+\s*=\s*)?["'](\w[\w./-]*)["'])?"""
)
_EXAMPLE_STARTS = (">>> ", "... ")
_NAME_BEFORE = re.compile(r"\w+\Z")
_IMPORTING_NAME = re.compile(r"import|include|lazy|optional|require|plugin|backend", re.IGNORECASE)
# Much else is loaded by a single word; a dotted one names what it names.
_LOADING_NAME = re.compile(rf"{_IMPORTING_NAME.pattern}|load", re.IGNORECASE)
_EVALUATED = frozenset({"import_module", "__import__"})
_SHORTEST_FILE_NAME = 4
_LONGEST_NAME = 60


class NamedCall(NamedTuple):
    """A call whose first argument is a string or `__name__`, by its text."""

    function: str
    """The last part of the function's name."""
    first: str | None
    """`None` for `__name__` and `__package__`."""
    second: str | None
    line: int

    @property
    def says_import(self) -> bool:
        """Tell whether the function's name says that it imports."""
        if self.function in _EVALUATED:
            return False
        is_dotted = self.first is not None and "." in self.first
        return (_LOADING_NAME if is_dotted else _IMPORTING_NAME).search(self.function) is not None


def lines_of(text: str, words: Iterable[str]) -> list[int]:
    """Return the numbers of the lines that hold any of the words, in order."""
    positions = sorted(position for word in words for position in _positions(text, word))
    lines: list[int] = []
    line, end = 1, 0
    for position in positions:
        line += text.count("\n", end, position)
        end = position
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def has_line(lines: list[int], node: ast.stmt | ast.expr) -> bool:
    """Tell whether any of the lines lies in a node, decorators counted."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    position = bisect_left(lines, min([node.lineno, *(decorator.lineno for decorator in decorators)]))
    return position < len(lines) and lines[position] <= (node.end_lineno or node.lineno)


def named_calls(text: str) -> Iterator[NamedCall]:
    """Yield every call that starts with a string which may name a module, the examples in documentation aside."""
    line, end = 1, 0
    for match in _FIRST_STRING.finditer(text):
        start = match.start()
        if text[text.rfind("\n", 0, start) + 1 : start].lstrip().startswith(_EXAMPLE_STARTS):
            continue
        function = _NAME_BEFORE.search(text, max(0, start - _LONGEST_NAME), start)
        line += text.count("\n", end, start)
        end = start
        yield NamedCall(function[0] if function else "", match[1], match[2], line)


def dotted_strings(text: str) -> Iterator[tuple[str, int]]:
    """Yield every string of the text that is a dotted name, with its line."""
    line, end = 1, 0
    for match in _DOTTED_STRING.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        yield match[1], line


def name_templates(text: str) -> tuple[str, ...]:
    """Return every string that is the head of a dotted name of at least three parts, `*` for what is put in later."""
    found = dict.fromkeys(_FORMAT_PLACE.sub("*", match[1]) for match in _NAME_TEMPLATE.finditer(text))
    templates = (f"{name}*" if name.endswith(".") else name for name in found)
    return tuple(name for name in templates if "*" in name and ".." not in name and name.count(".") >= _FEWEST_DOTS)


def named_files(content: bytes) -> tuple[str, ...]:
    """Return the names of text files that a text has in it, without their folders."""
    return tuple(dict.fromkeys(match[0].decode() for match in _TEXT_NAME.finditer(content)))


def file_names(text: str) -> tuple[str, ...]:
    """Return every string that looks like a file's name or path, with an ending; `*` for the places of a format."""
    names = dict.fromkeys(_FORMAT_PLACE.sub("*", match[1]) for match in _FILE_STRING.finditer(text))
    return tuple(name for name in names if len(name.strip("*./")) >= _SHORTEST_FILE_NAME or name == ".env")


def quoted_imports(text: str) -> Iterator[tuple[str, int]]:
    """Yield the modules of import statements inside strings, for code that is put together and then executed."""
    for match in _QUOTED_IMPORT.finditer(text):
        yield match[1] or match[2], text.count("\n", 0, match.start()) + 1


def entry_points(text: str) -> Iterator[tuple[str, int]]:
    """Yield the modules of entry points that are written down as strings."""
    for match in _ENTRY_POINT.finditer(text):
        yield match[1], text.count("\n", 0, match.start()) + 1


def hands_on_globals(text: str) -> bool:
    """Tell whether code gives its own names to a helper, and names modules: `lazy(globals(), {"A": ".a"})`.

    The helper may put a `__getattr__` among them that imports what these strings name.
    """
    if "globals()" not in text:
        return False
    return _GLOBALS_HANDED_ON.search(text) is not None and _RELATIVE_STRING.search(text) is not None


def modules_taken(text: str) -> tuple[str, ...]:
    """Return the modules that are taken out of `sys.modules`, with the attribute that is asked of each: `pkg:name`."""
    if "sys.modules" not in text:
        return ()
    found = ((match[1] or OWN_PACKAGE, match[2]) for match in _MODULE_TAKEN.finditer(text))
    return tuple(dict.fromkeys(f"{module}:{name}" if name else module for module, name in found))


def runs_files(text: str) -> bool:
    """Tell whether code executes Python files by their path."""
    if any(word in text for word in _RUNNING_WORDS):
        return True
    return any(word in text for word in _EXECUTING_WORDS) and _COMPILING.search(text) is not None


def sets_up_logging(text: str) -> bool:
    """Tell whether code gives settings to `logging.config`: handlers, formatters and filters by dotted names."""
    return any(word in text for word in _LOGGING_WORDS)


def walks_folders(text: str) -> bool:
    """Tell whether code looks into folders below folders."""
    return any(word in text for word in _WALKING_WORDS)


def named_folders(text: str) -> tuple[str, ...]:
    """Return what parameters and variables whose names say that they hold a folder are given, or have as default."""
    found = (_FORMAT_PLACE.sub("*", folder) for folder in _DEFAULT_FOLDER.findall(text))
    return tuple(dict.fromkeys(found))


def served_packages(text: str) -> tuple[str, ...]:
    """Return the packages in lists that are given as `packages`: whoever takes one opens files in them."""
    lists = _PACKAGES.findall(text) if "packages" in text else []
    return tuple(dict.fromkeys(name for given in lists for name in _QUOTED_NAME.findall(given)))


def name_prefixes(text: str) -> tuple[str, ...]:
    """Return the strings that may be the head of the name of a module, or an expression for such names."""
    return tuple(dict.fromkeys(_NAME_PREFIX.findall(text)))


def finds_itself(text: str) -> bool:
    """Tell whether code asks a frame of its own for its file: bytecode alone says there what its code was made of.

    So does code that looks for frames of its own file, `frame.f_code.co_filename == __file__`, or that cuts the ending
    of source off its name: `__file__[:-3]`.
    """
    if "__file__" in text and _OWN_NAME_CUT.search(text):
        return True
    if "co_filename" not in text and "currentframe" not in text and "file(" not in text:
        return False
    compared = set(_COMPARED_FRAME.findall(text)) if "__file__" in text else set()
    is_compared = any(name == "__file__" or re.search(rf"\b{name}\s*=\s*__file__\b", text) for name in compared)
    return is_compared or _OWN_FRAME.search(text) is not None


def names_scripts(text: str) -> bool:
    """Tell whether code names files by the ending of Python source."""
    return any(word in text for word in _SCRIPT_WORDS)


def _positions(text: str, word: str) -> Iterator[int]:
    position = text.find(word)
    while position >= 0:
        yield position
        position = text.find(word, position + 1)

"""Search the text of a source file for the few words that matter, before anything looks into its expressions."""

import ast
import re
import string
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from bundler.trace.facts.strings import FORMAT_PLACE
from bundler.trace.facts.templates import OWN_PACKAGE
from bundler.trace.facts.text import SourceText

# A word may stand inside a longer one: that costs a look, nothing else.
_EXPRESSION_WORDS = (
    *("import_module", "__import__", "__getattr__", "iter_modules", "walk_packages", "extend_path"),
    *("find_spec", "find_loader", "get_loader", "resolve_name", "run_module", "pydoc", "entry_points"),
    *("__file__", "__path__", "__spec__", "sys.path", "addsitedir", "LAMBDA_TASK_ROOT", "/var/task"),
)
# Common words, which matter only beside one of those that they come with.
_RESOURCE_WORDS = (
    *("get_data", "resource", "contents(", "files(", "version(", "metadata", "distribution(", "distributions("),
    "require(",
)
_RESOURCE_MODULES = ("importlib", "pkg_resources", "pkgutil")
_METADATA_FUNCTIONS = ("version(", "files(", "metadata(", "distribution", "Distribution", "require")
_LAZY_WORDS = ("attach",)
IMPORTING_WORDS = (
    *("import_module", "__import__", "find_spec", "_loader", "resolve_name", "run_module", "LazyLoader", "pydoc"),
)
PATH_WORDS = ("__file__", "__path__", "__spec__", "files(", "resource", "get_data", "LAMBDA_TASK_ROOT", "/var/task")
# What is written to be read by a program of the package's own.
TEXT_ENDINGS = (".txt", ".json", ".xml", ".xsd", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".def", ".csv")
_TEXT_NAME = re.compile(rb"[\w.-]+(?:%s)\b" % b"|".join(re.escape(ending.encode()) for ending in TEXT_ENDINGS))
_MODULE_TAKEN = re.compile(
    r"""sys\.modules(?:\[|\.get\()\s*(?:["']([\w.]+)["']|__package__)(?:\s*[])](?:\.([A-Za-z_]\w*))?)?"""
)
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
_NAME_LETTERS = f"{string.ascii_letters}{string.digits}_"
_IMPORTING_NAME = re.compile(r"import|include|lazy|optional|require|plugin|backend", re.IGNORECASE)
# Much else is loaded by a single word; a dotted one names what it names.
_LOADING_NAME = re.compile(rf"{_IMPORTING_NAME.pattern}|load", re.IGNORECASE)
# `raise ImportError("numpy")` imports nothing.
_EXCEPTIONS = ("Error", "Exception", "Warning")
_EVALUATED = frozenset({"import_module", "__import__"})
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
        return _says_import(self.function, is_dotted=self.first is not None and "." in self.first)


@lru_cache(maxsize=10_000)
def _says_import(function: str, *, is_dotted: bool) -> bool:
    if function in _EVALUATED or function.endswith(_EXCEPTIONS):
        return False
    return (_LOADING_NAME if is_dotted else _IMPORTING_NAME).search(function) is not None


def expression_lines(text: SourceText) -> list[int]:
    """Return the lines of a text with a word for which expressions are looked into."""
    is_of_metadata = text.has("metadata") and text.has(*_METADATA_FUNCTIONS)
    resource_words = _RESOURCE_WORDS if is_of_metadata or text.has(*_RESOURCE_MODULES) else ()
    return text.lines_of(*_EXPRESSION_WORDS, *resource_words, *(_LAZY_WORDS if text.has("lazy_loader") else ()))


def has_line(lines: list[int], node: ast.stmt | ast.expr) -> bool:
    """Tell whether any of the lines lies in a node, decorators counted."""
    decorators: list[ast.expr] | None = getattr(node, "decorator_list", None)
    position = bisect_left(lines, decorators[0].lineno if decorators else node.lineno)
    return position < len(lines) and lines[position] <= (node.end_lineno or node.lineno)


def named_calls(text: str) -> Iterator[NamedCall]:
    """Yield every call that may import a module named by its first argument, or open something in one.

    Examples in documentation are left aside.
    """
    line, end = 1, 0
    for match in _FIRST_STRING.finditer(text):
        start = match.start()
        before = text[max(0, start - _LONGEST_NAME) : start]
        call = NamedCall(before[len(before.rstrip(_NAME_LETTERS)) :], match[1], match[2], 0)
        is_meant = call.second or (call.first and call.says_import)
        if is_meant and not text[text.rfind("\n", 0, start) + 1 : start].lstrip().startswith(_EXAMPLE_STARTS):
            line += text.count("\n", end, start)
            end = start
            yield call._replace(line=line)


def named_files(content: bytes) -> tuple[str, ...]:
    """Return the names of text files that a text has in it, without their folders."""
    return tuple(dict.fromkeys(match[0].decode() for match in _TEXT_NAME.finditer(content)))


def hands_on_globals(text: SourceText) -> bool:
    """Tell whether code gives its own names to a helper, and names modules: `lazy(globals(), {"A": ".a"})`.

    The helper may put a `__getattr__` among them that imports what these strings name.
    """
    if not text.has("globals()"):
        return False
    return _GLOBALS_HANDED_ON.search(text) is not None and _RELATIVE_STRING.search(text) is not None


def modules_taken(text: SourceText) -> tuple[str, ...]:
    """Return the modules that are taken out of `sys.modules`, with the attribute that is asked of each: `pkg:name`."""
    if not text.has("sys.modules"):
        return ()
    found = ((match[1] or OWN_PACKAGE, match[2]) for match in _MODULE_TAKEN.finditer(text))
    return tuple(dict.fromkeys(f"{module}:{name}" if name else module for module, name in found))


def runs_files(text: SourceText) -> bool:
    """Tell whether code executes Python files by their path."""
    if text.has(*_RUNNING_WORDS):
        return True
    return text.has(*_EXECUTING_WORDS) and _COMPILING.search(text) is not None


def sets_up_logging(text: SourceText) -> bool:
    """Tell whether code gives settings to `logging.config`: handlers, formatters and filters by dotted names."""
    return text.has(*_LOGGING_WORDS)


def walks_folders(text: SourceText) -> bool:
    """Tell whether code looks into folders below folders."""
    return text.has(*_WALKING_WORDS)


def named_folders(text: str) -> tuple[str, ...]:
    """Return what parameters and variables whose names say that they hold a folder are given, or have as default."""
    found = (FORMAT_PLACE.sub("*", folder) for folder in _DEFAULT_FOLDER.findall(text))
    return tuple(dict.fromkeys(found))


def served_packages(text: SourceText) -> tuple[str, ...]:
    """Return the packages in lists that are given as `packages`: whoever takes one opens files in them."""
    lists = _PACKAGES.findall(text) if text.has("packages") else []
    return tuple(dict.fromkeys(name for given in lists for name in _QUOTED_NAME.findall(given)))


def finds_itself(text: SourceText) -> bool:
    """Tell whether code asks a frame of its own for its file: bytecode alone says there what its code was made of.

    So does code that looks for frames of its own file, `frame.f_code.co_filename == __file__`, or that cuts the ending
    of source off its name: `__file__[:-3]`.
    """
    if text.has("__file__") and _OWN_NAME_CUT.search(text):
        return True
    if not text.has("co_filename", "getfile(", "getsourcefile("):
        return False
    compared = set(_COMPARED_FRAME.findall(text)) if text.has("__file__") else set()
    is_compared = any(name == "__file__" or re.search(rf"\b{name}\s*=\s*__file__\b", text) for name in compared)
    return is_compared or _OWN_FRAME.search(text) is not None


def names_scripts(text: SourceText) -> bool:
    """Tell whether code names files by the ending of Python source."""
    return text.has(*_SCRIPT_WORDS)

"""Text files of first-party code that ship name modules and folders of scripts: logging, frameworks, migrations.

Settings name any module; text of another kind names first-party code to whoever reads it: suites of tests, ZCML.
Where first-party code loads by name what others tell it, a word that stands alone is such a name too. A relative name
starts at the folder of the file, or at a first-party package that the file names.

Evidence: Alembic 1.20 runs the scripts of the folder that `script_location` names in alembic.ini (script/base.py:159);
discord.py 2.7 loads extensions by relative names and their package (ext/commands/bot.py, `load_extension`).
Not caught: handlers of other functions, what is packed or layered, and tables that only developers' tools read.
"""

import re
from collections.abc import Iterable, Iterator

from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.test_paths import is_test_path
from bundler.trace.demand import Demand, FileRule, FilesDemand, ModuleDemand
from bundler.trace.view import View

_SETTINGS_FILES = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf")
_LARGEST_BYTES = 256_000
_PYPROJECT = "pyproject.toml"
# What says how a service is deployed names folders to pack, not to load.
_DEPLOYMENT_FILES = ("serverless.", "template.", "samconfig.", "package.json", "tsconfig")
# In these a handler is another function, which has a zip of its own.
_HANDLER = re.compile(r"""\bhandler["']?\s*:\s*["']?[\w./-]+""", re.IGNORECASE)
# Variables are followed for the function that has them, and what is packed or layered is not loaded by its name.
_BLOCK = re.compile(
    r"""^([ \t]*)["']?(?:environment|package|layers)["']?[ \t]*:.*(?:\n(?:\1[ \t]+|\1- ).*|\n[ \t]*$)*""",
    re.IGNORECASE | re.MULTILINE,
)
# Tables of pyproject.toml that only tools of developers read, not the function that opens the file for its version.
_TOOLS_TABLE = re.compile(
    r"""^\[+(?:build-system|dependency-groups|tool\.(?:lbundle|pytest|coverage|tox|nox|mypy|basedpyright|pyright|ty|ruff|black|isort
    |flake8|pylint|bandit|pydocstyle|interrogate|vulture|yapf|autopep8|importlinter|deptry|mutmut|poe|taskipy|invoke|uv|poetry|pdm
    |hatch|flit|rye|pixi|pants|setuptools|setuptools_scm|cibuildwheel|commitizen|bumpversion|semantic_release|towncrier|pip-tools)
    )\b[^\n]*\n(?:(?!\[)[^\n]*(?:\n|\Z))*""",
    re.MULTILINE | re.VERBOSE,
)
_DOTTED_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_RELATIVE_WORD = re.compile(r"(?<![\w./])\.[A-Za-z_]\w*(?:\.\w+)*")
# A string, or what stands alone as a key, a value or an item of a list.
_WHOLE_WORD = re.compile(
    r"""["']([A-Za-z_]\w*)["']|(?:^|[:=,\[-])[ \t]*([A-Za-z_]\w*)[ \t]*(?=$|[:=,\]])""", re.MULTILINE
)
_BINARY = re.compile(rb"\0")
_PATH_WORD = re.compile(r"[\w./-]+")


def _visit(view: View, file: SiteFile) -> Iterator[Demand]:
    if _may_hold_settings(file):
        yield from _in_settings(view, file, read_site_file(file).decode(errors="replace"))
    elif not _BINARY.search(content := read_site_file(file)):
        yield from _in_text(view, file, content.decode(errors="replace"))


def _in_settings(view: View, file: SiteFile, text: str) -> Iterator[Demand]:
    name = file.path.rpartition("/")[2]
    is_deployment = name.startswith(_DEPLOYMENT_FILES) or view.site.held_back.get(file.path) == "settings"
    if name == _PYPROJECT:
        text, is_deployment = _TOOLS_TABLE.sub("", text), False
    elif is_deployment:
        text = _BLOCK.sub("", _HANDLER.sub("", text))
    words = dict.fromkeys(quoted or plain for quoted, plain in _WHOLE_WORD.findall(text)) if not is_deployment else {}
    packages = filter(None, (_folder_of(file), *filter(view.is_first_party, words)))
    relative = _relative_names(text, packages) if not is_deployment else ()
    meant = words if view.knowledge.habits.first_party_asks_for_words else ()
    for word in dict.fromkeys((*_DOTTED_WORD.findall(text), *relative, *meant)):
        yield from _module(view, word)
    for word in dict.fromkeys(_PATH_WORD.findall(text)) if not is_deployment else ():
        if scripts := view.scripts_in_folder(word):
            yield FilesDemand(scripts, 0, word)


def _in_text(view: View, file: SiteFile, text: str) -> Iterator[Demand]:
    relative = _relative_names(text, filter(None, [_folder_of(file)]))
    for word in dict.fromkeys((*_DOTTED_WORD.findall(text), *relative)):
        if view.is_first_party(view.index.longest_module(word) or ""):
            yield from _module(view, word)


def _folder_of(file: SiteFile) -> str:
    """Return the folder of a file as the name of a package; empty at the root."""
    return file.path.rpartition("/")[0].replace("/", ".")


def _relative_names(text: str, packages: Iterable[str]) -> Iterator[str]:
    """Yield the relative names in a text as absolute ones, in any of some packages."""
    words = _RELATIVE_WORD.findall(text)
    return (f"{package}{word}" for package in packages for word in words)


def _module(view: View, word: str) -> Iterator[Demand]:
    """Yield what a dotted word names; a handler is another function, which has a zip of its own."""
    name = view.index.longest_module(word)
    module = view.index.find(name) if name is not None else None
    if module is None or word in view.deployment.handlers or view.is_handler(module.name):
        return
    if module.file is None or module.file.is_own or not is_test_path(module.file.path):
        yield ModuleDemand(word, 0, word)


def _may_hold_settings(file: SiteFile) -> bool:
    """Tell whether a file is one of settings by its name, which may have no ending: `MLmodel`."""
    name = file.path.rpartition("/")[2]
    return (name.endswith(_SETTINGS_FILES) or "." not in name.lstrip(".")) and file.size_bytes <= _LARGEST_BYTES


RULE = FileRule("settings.text", lambda file: file.size_bytes <= _LARGEST_BYTES, _visit)

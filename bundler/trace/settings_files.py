"""Follow what the project's own small settings files name: logging, frameworks, plugins, migrations.

A file that does not ship cannot be read when the function runs, and leads nowhere.
"""

import re
from collections.abc import Collection

from bundler.model.imports import EdgeKind
from bundler.model.project import Function
from bundler.model.wheels import SiteFile
from bundler.own_files import is_brought_back, is_in_app, is_of_tools, may_ship, rule_by_name, ships_by_itself
from bundler.system.files import read_site_file
from bundler.test_paths import is_test_path
from bundler.trace.asked_settings import AskedSettings
from bundler.trace.follow import Follower
from bundler.trace.modules import Reason

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
_BINARY = re.compile(rb"\0")
_PATH_WORD = re.compile(r"[\w./-]+")


class SettingsFiles:
    """The data files of own code that may hold settings, each followed once it is known to ship."""

    def __init__(self, follower: Follower, function: Function) -> None:
        self._follower = follower
        self._function = function
        self._asked = AskedSettings(follower)
        self._waiting = [file for file in follower.site.files.values() if file.is_own and not file.path.endswith(".py")]

    def follow_new(self) -> bool:
        """Follow the files that ship by now and did not before; tell whether there were any."""
        self._asked.follow()
        in_use = {self._follower.site.files[path].owner for path in self._follower.reached}
        new = [file for file in self._waiting if self._is_there(file, in_use)]
        there = {file.path for file in new}
        self._waiting = [file for file in self._waiting if file.path not in there]
        for file in new:
            self._follow_stored(file)
            if _may_hold_settings(file):
                self._follow_text(file, read_site_file(file).decode(errors="replace"))
            elif file.size_bytes <= _LARGEST_BYTES and not _BINARY.search(content := read_site_file(file)):
                self._follow_first_party(file, content.decode(errors="replace"))
        return bool(new)

    def _is_there(self, file: SiteFile, in_use: Collection[str]) -> bool:
        """Tell whether a file is there when the function runs: it ships by itself, or code that ships opens it.

        What a local project has ships with the project, if that is in use.
        """
        path, is_reached = file.path, file.path in self._follower.reached
        rule = self._follower.site.held_back.get(path) or rule_by_name(path)
        if file.is_local:
            return is_reached or (rule is None and file.owner in in_use)
        if is_reached and rule != "secret":
            return may_ship(path, self._function)
        is_read = not is_of_tools(path) and not is_in_app(path, self._follower.site.app_folders, self._follower.reached)
        return ships_by_itself(path, rule, self._function) and (is_read or is_brought_back(path, self._function))

    def _follow_stored(self, file: SiteFile) -> None:
        """Follow the modules that a file of stored objects names."""
        for name in sorted(self._follower.store.stored_names(file)):
            self._follower.follow_from_data(file, name, "data.stored")

    def _follow_text(self, file: SiteFile, text: str) -> None:
        name = file.path.rpartition("/")[2]
        is_deployment = name.startswith(_DEPLOYMENT_FILES) or self._follower.site.held_back.get(file.path) == "settings"
        if name == _PYPROJECT:
            text, is_deployment = _TOOLS_TABLE.sub("", text), False
        elif is_deployment:
            text = _BLOCK.sub("", _HANDLER.sub("", text))
        for word in dict.fromkeys(_DOTTED_WORD.findall(text)):
            self._follow_module(file, word)
        for word in dict.fromkeys(_PATH_WORD.findall(text)) if not is_deployment else ():
            if scripts := self._follower.scripts_in_folder(word):
                self._follower.add_files(file, scripts, Reason(EdgeKind.DATA, 0, word, "settings.text"))

    def _follow_first_party(self, file: SiteFile, text: str) -> None:
        """Text of any kind may name first-party code to whoever reads it: suites of tests, ZCML, templates."""
        index = self._follower.index
        folder = file.path.rpartition("/")[0].replace("/", ".")
        relative = (f"{folder}{word}" for word in _RELATIVE_WORD.findall(text) if folder)
        for word in dict.fromkeys((*_DOTTED_WORD.findall(text), *relative)):
            module = index.find(index.longest_module(word) or "")
            if module is not None and module.file is not None and module.file.is_own:
                self._follow_module(file, word)

    def _follow_module(self, file: SiteFile, word: str) -> None:
        """Follow a dotted word; a handler is another function, which has a zip of its own."""
        name = self._follower.index.longest_module(word)
        module = self._follower.index.find(name) if name is not None else None
        if module is None or word in self._follower.deployment.handlers or self._follower.is_handler(module.name):
            return
        if module.file is None or module.file.is_own or not is_test_path(module.file.path):
            self._follower.follow_from_data(file, word, "settings.text")


def _may_hold_settings(file: SiteFile) -> bool:
    """Tell whether a file is one of settings by its name, which may have no ending: `MLmodel`."""
    name = file.path.rpartition("/")[2]
    return (name.endswith(_SETTINGS_FILES) or "." not in name.lstrip(".")) and file.size_bytes <= _LARGEST_BYTES

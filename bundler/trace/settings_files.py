"""Follow what the project's own small settings files name: logging, frameworks, plugins, migrations."""

import re
from collections.abc import Collection

from bundler.model.imports import EdgeKind
from bundler.system.files import read_site_file
from bundler.trace.dynamic import NamedModules
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.walk import Walk

_SETTINGS_FILES = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf")
# Names every package and module there is, so that a build would take in what a check only counts.
_BASELINE = "lbundle-sizes.json"
_LARGEST_BYTES = 256_000
# What says how a service is deployed names folders to pack, not to load.
_DEPLOYMENT_FILES = ("serverless.", "template.", "samconfig.", "package", "tsconfig")
# In these a handler is another function, which has a zip of its own.
_HANDLER = re.compile(r"""\bhandler["']?\s*:\s*["']?[\w./-]+""", re.IGNORECASE)
# Variables are followed for the function that has them, and what is packed or layered is not loaded by its name.
_BLOCK = re.compile(
    r"""^([ \t]*)["']?(?:environment|package|layers)["']?[ \t]*:.*(?:\n(?:\1[ \t]+|\1- ).*|\n[ \t]*$)*""",
    re.IGNORECASE | re.MULTILINE,
)
_DOTTED_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_PATH_WORD = re.compile(r"[\w./-]+")


def follow_settings_files(walk: Walk, named: NamedModules) -> None:
    """Follow the modules and folders of scripts that settings files name, from the handlers or the package around."""
    starts = {found.name: found for function in walk.functions if (found := walk.find_start(function)) is not None}
    origins = [starts[name] for name in sorted(starts)]
    for path, file in walk.site.files.items():
        if not file.is_own or not _may_hold_settings(path) or file.size_bytes > _LARGEST_BYTES:
            continue
        text = read_site_file(file).decode(errors="replace")
        readers = _package_around(walk, path) if file.is_local else origins
        if path.startswith(_DEPLOYMENT_FILES):
            _follow_modules(walk, path, _HANDLER.sub("", _BLOCK.sub("", text)), readers, starts)
        else:
            _follow_modules(walk, path, text, readers, starts)
            _follow_folders(named, text, readers)


def _may_hold_settings(path: str) -> bool:
    """Tell whether a file of the project's own is one of settings by its name, which may have no ending: `MLmodel`."""
    name = path.rpartition("/")[2]
    return (name.endswith(_SETTINGS_FILES) or "." not in name.lstrip(".")) and path != _BASELINE


def _package_around(walk: Walk, path: str) -> list[FoundModule]:
    """Return the package of a local project that a file lies in, where it is in use: settings are read by it."""
    name = walk.index.longest_module(path.rpartition("/")[0].replace("/", "."))
    found = walk.index.find(name) if name is not None else None
    return [found] if found is not None and walk.finder.has_loaded(found.name) else []


def _follow_modules(walk: Walk, path: str, text: str, readers: list[FoundModule], handlers: Collection[str]) -> None:
    for word in dict.fromkeys(_DOTTED_WORD.findall(text)):
        name = walk.index.longest_module(word)
        if name is None or name in handlers:
            continue
        for reader in readers:
            walk.follow(reader, name, Reason(EdgeKind.DYNAMIC, 0, f"{path}: {word}"))


def _follow_folders(named: NamedModules, text: str, readers: list[FoundModule]) -> None:
    for word in dict.fromkeys(_PATH_WORD.findall(text)):
        for reader in readers:
            named.follow_folder(reader, word, 0)

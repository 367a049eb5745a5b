"""The project's own files, as they lie on disk: everything below a folder that is not plainly junk."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.model.project import NO_DEPLOYMENT, Deployment
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.own_files import SKIPPED_FOLDERS, UNPACKED_FOLDER, rule_by_name
from bundler.resolve.cdk_app import find_app
from bundler.resolve.own_outputs import own_bundles, rule_by_content
from bundler.system.temporary import is_temporary

_JUNK_ENDING = ".egg-info"
# What tells a virtual environment, and what the Serverless Framework has packaged, wherever `--package` put it.
_MARKS = frozenset({"pyvenv.cfg", "serverless-state.json"})
Identity = tuple[int, int]
_Folder = tuple[Path, str, tuple[Identity, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """The files below a folder of own code."""

    files: tuple[SiteFile, ...]
    warnings: tuple[str, ...]
    held_back: Mapping[str, str]
    """Path of a file that does not ship by itself → the rule, where its name alone does not tell."""
    app_folders: frozenset[str]
    """Folders, each with a `/` at its end, that hold code of a CDK app."""


NO_CODE = OwnCode(files=(), warnings=(), held_back={}, app_folders=frozenset())


def read_own_code(
    root: Path,
    *,
    ignore: tuple[Path, ...],
    deployment: Deployment = NO_DEPLOYMENT,
    entered: frozenset[str] = frozenset(),
) -> OwnCode:
    """Return every own file below `root`, sorted by path; folders in `ignore` are not entered.

    Folders that never hold what a function runs are not either, but for those whose names are `entered`. Links to
    folders are followed, unless they lead back to a folder they lie in.
    """
    walk = _Walk(root, ignore, SKIPPED_FOLDERS - entered)
    files = tuple(walk.visit(root))
    app = find_app(root, [file.path for file in files])
    held_back = dict.fromkeys(app, "junk")
    for file in files:
        if rule := _rule(root / file.path, deployment):
            held_back[file.path] = rule
    return OwnCode(
        files=files,
        warnings=tuple(walk.warnings),
        # A secret is one whatever else it is.
        held_back={path: rule for path, rule in held_back.items() if rule_by_name(path) != "secret"},
        app_folders=frozenset(f"{folder}/" for path in app if (folder := path.rpartition("/")[0])),
    )


def _rule(path: Path, deployment: Deployment) -> str | None:
    """Return the rule by which a file does not ship by itself, but for its name."""
    if path in deployment.settings_files:
        return "settings"
    if path.name.endswith(".py"):
        return "handler" if path in deployment.handler_files else None
    return rule_by_content(path)


class _Walk:
    """One pass over the folders."""

    def __init__(self, root: Path, ignore: tuple[Path, ...], skipped: frozenset[str]) -> None:
        self._root = root
        self._skipped = skipped
        self._root_and_above = {
            _identity(folder) for folder in (root.resolve(), *root.resolve().parents) if folder.exists()
        }
        self._ignored = {_identity(folder) for folder in ignore if folder.is_dir()}
        self.warnings: list[str] = []

    def visit(self, root: Path) -> Iterator[SiteFile]:
        """Yield the files of a folder and of those below, which may be nested deeper than calls may be."""
        waiting = [self._look_into(root, "", ())]
        while waiting:
            found = next(waiting[-1], None)
            if found is None:
                waiting.pop()
            elif isinstance(found, SiteFile):
                yield found
            else:
                waiting.append(self._look_into(*found))

    def _look_into(self, folder: Path, prefix: str, above: tuple[Identity, ...]) -> Iterator[SiteFile | _Folder]:
        """Yield the files of a folder and the folders to look into; `above` are those it was reached through."""
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.warnings.append(f"`{prefix or folder}` cannot be read: {error.strerror}")
            return
        if prefix and any(entry.name in _MARKS for entry in found):
            return
        ours = set(own_bundles(entry.path for entry in found))
        for entry in found:
            if is_temporary(entry.name):
                continue
            if not _is_utf8(entry.name):
                self.warnings.append(f"a name in `{prefix or folder}` is not UTF-8 and is left out: {entry.name!a}")
                continue
            try:
                mode = entry.stat().st_mode
            except OSError as error:
                self.warnings.append(f"`{prefix}{entry.name}` leads nowhere and is left out: {error.strerror}")
                continue
            if stat.S_ISDIR(mode) and not (ours and entry.name == UNPACKED_FOLDER):
                yield from self._enter(entry, prefix, above)
            elif stat.S_ISREG(mode) and not os.access(entry.path, os.R_OK):
                self.warnings.append(f"`{prefix}{entry.name}` cannot be read and is left out: Permission denied")
            elif stat.S_ISREG(mode) and entry.path not in ours:
                yield self._own_file(prefix + entry.name, entry.stat().st_size)

    def _enter(self, entry: os.DirEntry[str], prefix: str, above: tuple[Identity, ...]) -> Iterator[_Folder]:
        if entry.name in self._skipped or entry.name.endswith(_JUNK_ENDING):
            return
        try:
            identity = _identity(entry)
        except OSError:
            return  # it has gone since it was listed
        if identity in self._ignored:
            return
        if identity in above or identity in self._root_and_above:
            self.warnings.append(f"`{prefix}{entry.name}` is a link back to a folder it lies in and is not followed")
            return
        yield Path(entry.path), f"{prefix}{entry.name}/", (*above, identity)

    def _own_file(self, path: str, size_bytes: int) -> SiteFile:
        return SiteFile(
            path=path,
            owner=OWN_CODE,
            size_bytes=size_bytes,
            crc=0,
            container=self._root,
            container_sha256="",
            member=path,
        )


def _identity(folder: Path | os.DirEntry[str]) -> Identity:
    # DirEntry.stat() leaves device and inode out on Windows.
    status = os.stat(folder)  # noqa: PTH116  (for both kinds alike)
    return status.st_dev, status.st_ino


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

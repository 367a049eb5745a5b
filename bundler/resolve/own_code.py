"""The project's own files, as they lie on disk: everything below a folder that is not plainly junk."""

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bundler.model.wheels import OWN_CODE, SiteFile

JUNK_FOLDERS = frozenset(
    {
        ".aws-sam",
        ".git",
        ".hg",
        ".idea",
        ".lbundle",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".serverless",
        ".svn",
        ".terraform",
        ".tox",
        ".venv",
        ".vscode",
        "__pycache__",
        "cdk.out",
        "node_modules",
    }
)
"""Folders that never hold what a function runs: version control, caches, build output, other tools' packages."""
_JUNK_ENDING = ".egg-info"
_ENVIRONMENT_MARK = "pyvenv.cfg"
_METAFILE_HEADS = (b'{\n"schema": "lbundle-metafile/', b'{\n"schema": "lbundle-layer/')
_LONGEST_HEAD = 64

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """The files below a folder of own code."""

    files: tuple[SiteFile, ...]
    warnings: tuple[str, ...]
    held_back: Mapping[str, str]
    """Path of a file that does not ship by itself → the rule, where its name alone does not tell."""


def read_own_code(root: Path, *, ignore: tuple[Path, ...], settings_files: Collection[Path] = ()) -> OwnCode:
    """Return every own file below `root`, sorted by path; folders in `ignore` are not entered.

    Links to folders are followed, unless they lead back to a folder they lie in.
    """
    walk = _Walk(root, ignore)
    files = tuple(walk.visit(root, "", ()))
    held_back = {file.path: "settings" for file in files if root / file.path in settings_files}
    return OwnCode(files=files, warnings=tuple(walk.warnings), held_back=held_back)


class _Walk:
    """One pass over the folders."""

    def __init__(self, root: Path, ignore: tuple[Path, ...]) -> None:
        self._root = root
        self._root_and_above = {
            _identity(folder) for folder in (root.resolve(), *root.resolve().parents) if folder.exists()
        }
        self._ignored = {_identity(folder) for folder in ignore if folder.is_dir()}
        self.warnings: list[str] = []

    def visit(self, folder: Path, prefix: str, above: tuple[Identity, ...]) -> Iterator[SiteFile]:
        """Yield the files of a folder and of those below; `above` are the folders it was reached through."""
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.warnings.append(f"`{prefix or folder}` cannot be read: {error.strerror}")
            return
        if prefix and any(entry.name == _ENVIRONMENT_MARK for entry in found):
            return
        ours = set(_own_bundles(found))
        for entry in found:
            if not _is_utf8(entry.name):
                self.warnings.append(f"a name in `{prefix or folder}` is not UTF-8 and is left out: {entry.name!a}")
                continue
            try:
                mode = entry.stat().st_mode
            except OSError as error:
                self.warnings.append(f"`{prefix}{entry.name}` leads nowhere and is left out: {error.strerror}")
                continue
            if stat.S_ISDIR(mode):
                yield from self._enter(entry, prefix, above)
            elif stat.S_ISREG(mode) and not os.access(entry.path, os.R_OK):
                self.warnings.append(f"`{prefix}{entry.name}` cannot be read and is left out: Permission denied")
            elif stat.S_ISREG(mode) and entry.path not in ours:
                yield self._own_file(prefix + entry.name, entry.stat().st_size)

    def _enter(self, entry: os.DirEntry[str], prefix: str, above: tuple[Identity, ...]) -> Iterator[SiteFile]:
        if entry.name in JUNK_FOLDERS or entry.name.endswith(_JUNK_ENDING):
            return
        identity = _identity(entry)
        if identity in self._ignored:
            return
        if identity in above or identity in self._root_and_above:
            self.warnings.append(f"`{prefix}{entry.name}` is a link back to a folder it lies in and is not followed")
            return
        yield from self.visit(Path(entry.path), f"{prefix}{entry.name}/", (*above, identity))

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


def _own_bundles(entries: list[os.DirEntry[str]]) -> Iterator[str]:
    """Yield the zips that lbundle wrote and their metafiles, wherever an earlier build put them."""
    paths = {entry.path for entry in entries}
    for path in paths:
        stem, dot, ending = path.rpartition(".")
        metafile = f"{stem}.json"
        if dot and ending == "zip" and metafile in paths and _is_metafile(Path(metafile)):
            yield from (path, metafile)


def _is_metafile(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(_LONGEST_HEAD).startswith(_METAFILE_HEADS)
    except OSError:
        return False


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

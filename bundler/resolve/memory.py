"""What was found for a pin before: the same pin, target and indexes give the same wheel without asking again."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bundler import standards
from bundler.model.project import Target
from bundler.model.wheels import Pin, Wheel
from bundler.resolve.local_project import ProjectFile, digest_files, read_project_files
from bundler.resolve.pip_settings import PipSettings
from bundler.resolve.renew import remember_copies, renew_wheel
from bundler.system import cache

WHEELS = "wheels"
"""The cache's namespace for wheels."""
_ANSWERS = "pins"
_BUILDS = "builds"


class KeptBuild(NamedTuple):
    """A wheel that was built, in the cache."""

    path: Path
    sha256: str
    doubt: str = ""


class Memory:
    """The cache's answers for one target and one set of indexes."""

    def __init__(self, target: Target, settings: PipSettings) -> None:
        self._target = f"{target} glibc{target.glibc}"
        self._circumstances = [self._target, settings.sources, sorted(settings.only_binary)]

    def recall(self, pin: Pin) -> Wheel | None:
        """Return the wheel found for a pin before, if it still lies in the cache and its source has not changed."""
        if pin.path is not None:
            return self._recall_local(pin, pin.path)
        answer = _load(_ANSWERS, self._key(pin))
        if answer is None or answer["source"] != _state(answer["source"]) or _is_unchecked(answer):
            return None
        path = _find_wheel(answer)
        if path is None:
            return None
        pin = replace(pin, version=answer["version"])
        return Wheel(
            pin=pin,
            path=path,
            sha256=answer["sha256"],
            is_built=answer.get("is_built", False),
            doubt=answer.get("doubt", ""),
            yanked=answer.get("yanked"),
        )

    def remember(self, pin: Pin, wheel: Wheel, source: Path | None) -> None:
        """Keep the wheel found for a pin; `source` is the file on this machine it was made from, if any."""
        answer = {
            "sha256": wheel.sha256,
            "filename": wheel.path.name,
            "version": wheel.pin.version,
            "is_built": wheel.is_built,
            "doubt": wheel.doubt,
            "yanked": wheel.yanked,
            "source": _state([str(source)]) if source else None,
        }
        _store(_ANSWERS, self._key(pin), answer)

    def _recall_local(self, pin: Pin, folder: Path) -> Wheel | None:
        """Return what a local project gave when its files were the same, or what a build would copy from them now."""
        files = read_project_files(folder)
        digest = digest_files(files)
        built = self.recall_build(digest)
        if built is None and (renewed := renew_wheel(folder, files, self._target, WHEELS)):
            built = KeptBuild(*renewed)
            self.remember_build(digest, built)
        if built is not None:
            name, version = standards.wheel_name_and_version(built.path.name) or (pin.name, pin.version)
            pin = replace(pin, version=version)
            is_same = name == pin.name
            return Wheel(pin=pin, path=built.path, sha256=built.sha256, doubt=built.doubt) if is_same else None
        return None

    def remember_local(self, folder: Path, files: Mapping[str, ProjectFile], built: KeptBuild) -> None:
        """Keep the wheel that a local project gave, and how it came of these files."""
        self.remember_build(digest_files(files), built)
        remember_copies(folder, files, built.path, self._target)

    def recall_build(self, sdist_sha256: str) -> KeptBuild | None:
        """Return the wheel built from a source distribution before."""
        answer = _load(_BUILDS, f"{sdist_sha256}\0{self._target}")
        path = _find_wheel(answer) if answer is not None and "doubt" in answer else None
        return KeptBuild(path, answer["sha256"], answer["doubt"]) if answer is not None and path is not None else None

    def remember_build(self, sdist_sha256: str, built: KeptBuild) -> None:
        """Keep the wheel that a source distribution gave."""
        answer = {"sha256": built.sha256, "filename": built.path.name, "doubt": built.doubt}
        _store(_BUILDS, f"{sdist_sha256}\0{self._target}", answer)

    def _key(self, pin: Pin) -> str:
        place = str(pin.git) if pin.git else pin.url
        return json.dumps([pin.name, pin.version, sorted(pin.hashes), place, pin.index, self._circumstances])


def _is_unchecked(answer: dict[str, Any]) -> bool:
    """Tell whether a wheel was built before builds were held against all that they are now."""
    return bool(answer.get("is_built")) and "doubt" not in answer


def _find_wheel(answer: dict[str, Any]) -> Path | None:
    """Return where an answer's wheel lies, if it is there as its digest says."""
    path = cache.kept_file_path(WHEELS, answer["sha256"], answer["filename"])
    return path if cache.is_kept(path, answer["sha256"]) else None


def _state(source: list[Any] | None) -> list[Any] | None:
    """Return a file's path with its size and time, as they are now; `None` where there is no such file."""
    if source is None:
        return None
    try:
        status = Path(source[0]).stat()
    except OSError:
        return None
    return [source[0], status.st_size, status.st_mtime_ns]


def _load(namespace: str, key: str) -> dict[str, Any] | None:
    return cache.load_as(namespace, key, lambda content: dict(json.loads(content)))


def _store(namespace: str, key: str, answer: dict[str, Any]) -> None:
    cache.store(namespace, key, json.dumps(answer).encode())

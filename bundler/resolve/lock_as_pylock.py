"""A lock as PEP 751 has it: `pylock.toml`. The only file that imports `tomli_w`.

The format wants an address or a path for every file: those that the index gives are written, without logins. The index
itself is named only where the user has set up one of their own, as the public one may be another for the next reader.
What it has no word for, the extras that are asked for and the files it was made from, stands under `tool.lbundle`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from bundler import standards
from bundler.addresses import file_path, public_address
from bundler.model.project import Target
from bundler.model.wheels import LockPlan
from bundler.resolve.git import portable_source
from bundler.resolve.lock_as_requirements import relative_path
from bundler.resolve.lock_entries import Entry, LockedFile, marker_of
from bundler.resolve.pip_settings import PipSettings

_SDIST_ENDINGS = (".tar.gz", ".zip")


def render_pylock(
    entries: tuple[Entry, ...], targets: tuple[Target, ...], plan: LockPlan, settings: PipSettings
) -> str:
    """Return the text of a `pylock.toml` that pins all entries."""
    folder, index = plan.output.parent, _own_index(settings)
    document = {
        "lock-version": "1.0",
        "environments": [_environment(target) for target in targets],
        "created-by": "lbundle",
        "packages": [
            {
                "name": entry.pin.name,
                **({"marker": marker} if (marker := marker_of(entry.targets, targets)) else {}),
                **_origin(entry, folder, index),
                **({"tool": {"lbundle": {"extras": list(entry.pin.extras)}}} if entry.pin.extras else {}),
            }
            for entry in entries
        ],
        "tool": {"lbundle": {"sources": [relative_path(source, folder) for source in plan.sources]}},
    }
    return tomli_w.dumps(standards.order_pylock(document))


def _environment(target: Target) -> str:
    major, minor = target.python
    machine = target.architecture.machine
    return f"sys_platform == 'linux' and platform_machine == '{machine}' and python_version == '{major}.{minor}'"


def _own_index(settings: PipSettings) -> str | None:
    """Return the one index that the user has set up; of several, nobody knows which had a file."""
    if settings.index_url is None or settings.extra_index_urls or settings.find_links or settings.no_index:
        return None
    return public_address(settings.index_url)


def _origin(entry: Entry, folder: Path, index: str | None) -> Mapping[str, Any]:
    """Return what a package is and where it is from."""
    pin = entry.pin
    if pin.path:
        return {"directory": {"path": relative_path(pin.path, folder)}}
    version = {"version": pin.version} if pin.version else {}
    if pin.git:
        vcs = {"type": "git", "url": portable_source(pin.git).url, "commit-id": pin.git.revision}
        return {"vcs": {**vcs, **({"subdirectory": pin.git.subdirectory} if pin.git.subdirectory else {})}}
    if pin.url:
        (file,) = entry.files
        return {**version, "archive": {**_place(file.url, folder), "hashes": _hashes(file)}}
    wheels = [file for file in entry.files if _is_of_version(file, pin.version)]
    sdists = [file for file in entry.files if file.filename.endswith(_SDIST_ENDINGS)]
    return {
        **version,
        **({"index": index} if index else {}),
        **({"sdist": _file(min(sdists, key=_sdist_order), folder)} if sdists else {}),
        **({"wheels": [_file(file, folder) for file in wheels]} if wheels else {}),
    }


def _is_of_version(file: LockedFile, version: str) -> bool:
    """Tell whether a file is a wheel of exactly this version: the format has no word for one of `1.0+local`."""
    found = standards.wheel_name_and_version(file.filename)
    return found is not None and standards.is_same_version(found[1], version)


def _sdist_order(file: LockedFile) -> tuple[int, str]:
    return [file.filename.endswith(ending) for ending in _SDIST_ENDINGS].index(True), file.filename


def _file(file: LockedFile, folder: Path) -> Mapping[str, Any]:
    return {"name": file.filename, **_place(file.url, folder), "hashes": _hashes(file)}


def _place(url: str, folder: Path) -> Mapping[str, str]:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {"path": relative_path(Path(file_path(url)), folder)}
    return {"url": public_address(url)}


def _hashes(file: LockedFile) -> Mapping[str, str]:
    algorithm, _, digest = file.sha256.partition(":")
    return {algorithm: digest}

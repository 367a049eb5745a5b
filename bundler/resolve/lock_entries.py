"""What a lock says, whatever its format: pins, the targets they hold for, who wants them, and their files."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from bundler.model.project import Target
from bundler.model.wheels import Pin
from bundler.resolve.choose import files_of_version, is_allowed
from bundler.resolve.index import PackageIndex
from bundler.resolve.pip_settings import PipSettings

_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedFile:
    """A file that answers a pin."""

    filename: str
    url: str
    sha256: str
    """As `sha256:…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One pin of the lock and the targets it holds for."""

    pin: Pin
    targets: tuple[Target, ...]
    wanted_by: frozenset[str]
    """Names as the resolver has them: with extras, and of files."""
    files: tuple[LockedFile, ...] = ()
    """For any target; none of a local project."""

    @property
    def hashes(self) -> tuple[str, ...]:
        """Those that the requirements give, else those of all files."""
        return self.pin.hashes or tuple(sorted({file.sha256 for file in self.files}))


def find_files(entries: Iterable[Entry], settings: PipSettings) -> tuple[Entry, ...]:
    """Return the entries with their files; one that the index gives no hash of is read for it."""
    with PackageIndex(settings) as index, ThreadPoolExecutor(max_workers=_THREADS) as pool:
        index.read_find_links()
        return tuple(pool.map(lambda entry: replace(entry, files=_files(entry.pin, index)), entries))


def _files(pin: Pin, index: PackageIndex) -> tuple[LockedFile, ...]:
    if pin.path or pin.git:
        return ()
    if pin.url:
        name = unquote(urlsplit(pin.url).path).rpartition("/")[2]
        return (LockedFile(filename=name, url=pin.url, sha256=_hash_file(pin.url, index)),)
    allowed = (file for file in files_of_version(pin, index.list_files(pin.name)) if is_allowed(pin, file))
    known = {
        file.filename: LockedFile(
            filename=file.filename,
            url=file.url,
            sha256=next((one for one in file.hashes if one.startswith("sha256:")), None) or _hash_file(file.url, index),
        )
        for file in allowed
    }
    return tuple(known[name] for name in sorted(known))


def _hash_file(url: str, index: PackageIndex) -> str:
    pieces: list[bytes] = []
    index.download(url, lambda _: pieces.clear(), pieces.append)
    return f"sha256:{hashlib.sha256(b''.join(pieces)).hexdigest()}"


def marker_of(holds_for: tuple[Target, ...], targets: tuple[Target, ...]) -> str:
    """Return what tells the targets a pin holds for from the others; empty where it holds for all."""
    if len(holds_for) == len(targets):
        return ""
    is_python_told = len({target.python for target in targets}) > 1
    is_machine_told = len({target.architecture for target in targets}) > 1
    alternatives = []
    for target in holds_for:
        python = f'python_version == "{target.python[0]}.{target.python[1]}"' if is_python_told else ""
        machine = f'platform_machine == "{target.architecture.machine}"' if is_machine_told else ""
        alternatives.append(" and ".join(filter(None, (python, machine))))
    return " or ".join(dict.fromkeys(alternatives))

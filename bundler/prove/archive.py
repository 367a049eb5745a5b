"""Check the zip as an archive: what Lambda can unpack, and what makes equal inputs give equal bytes."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from bundler.model.report import Finding
from bundler.prove.bundle import Bundle, is_folder, name_some, quote

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_FILE_MODES = (0o100644, 0o100755)
_FOLDER_MODE = 0o040755
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def check_archive(bundle: Bundle) -> Iterator[Finding]:
    """Give what is wrong with the archive itself; order and dates only make builds differ, so they are warnings."""
    yield from _check_format(bundle)
    yield from _check_names(bundle)
    yield from _check_modes(bundle)
    paths = [entry.filename for entry in bundle.entries]
    late = [path for path, before in zip(paths[1:], paths, strict=False) if path < before]
    if late:
        yield bundle.warning("zip-order", f"files that stand behind a later name: {name_some(quote(late))}")
    dated = [entry.filename for entry in bundle.entries if entry.date_time != _FIRST_DAY]
    if dated:
        yield bundle.warning("zip-date", f"files with another date than 1980-01-01: {name_some(quote(dated))}")


def _check_format(bundle: Bundle) -> Iterator[Finding]:
    if bundle.has_zip64:
        yield bundle.error("zip-zip64", "the zip uses the zip64 format, which Lambda may refuse")
    odd = [entry for entry in bundle.entries if entry.compress_type not in _METHODS]
    if odd:
        named = name_some(f"`{entry.filename}` (method {entry.compress_type})" for entry in odd)
        yield bundle.error("zip-method", f"files that are neither stored nor deflated: {named}")
    locked = [entry.filename for entry in bundle.entries if entry.flag_bits & _ENCRYPTED]
    if locked:
        yield bundle.error("zip-encrypted", f"files that are encrypted: {name_some(quote(locked))}")
    damaged = [path for path in bundle.damaged if path not in locked]
    if damaged:
        yield bundle.error(
            "zip-damaged", f"files whose bytes are not those of their checksum: {name_some(quote(damaged))}"
        )


def _check_names(bundle: Bundle) -> Iterator[Finding]:
    counts = Counter(entry.filename for entry in bundle.entries)
    doubled = [path for path, count in counts.items() if count > 1]
    if doubled:
        yield bundle.error("zip-doubled", f"paths that are there more than once: {name_some(quote(doubled))}")
    astray = [path for path in counts if _is_astray(path)]
    if astray:
        yield bundle.error("zip-path", f"paths that do not stay below the zip's root: {name_some(quote(astray))}")


def _is_astray(path: str) -> bool:
    return not path or path.startswith("/") or ".." in PurePosixPath(path).parts or "\\" in path


def _check_modes(bundle: Bundle) -> Iterator[Finding]:
    odd = [
        f"`{entry.filename}` ({mode:o})"
        for entry in bundle.entries
        if (mode := entry.external_attr >> 16) not in ((_FOLDER_MODE,) if is_folder(entry) else _FILE_MODES)
    ]
    if odd:
        yield bundle.error("zip-mode", f"files with another mode than 100644 or 100755: {name_some(odd)}")

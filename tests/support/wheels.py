"""Real wheels and source distributions, made from dicts."""

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

Content = str | bytes


def make_wheel(  # noqa: PLR0913
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, Content] | None = None,
    *,
    tag: str = "py3-none-any",
    build: str = "",
    requires: Iterable[str] = (),
    extras: Iterable[str] = (),
    requires_python: str = "",
    entry_points: str = "",
    has_record: bool = True,
) -> Path:
    """Write a wheel into `folder` and return its path; `files` are path in the wheel → content.

    `files` may name a file of the `.dist-info` folder too, which then replaces the one made here.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    dist_info = f"{stem}.dist-info"
    members: dict[str, Content] = {
        f"{dist_info}/METADATA": make_metadata(name, version, requires, extras, requires_python),
        f"{dist_info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
        **({f"{dist_info}/entry_points.txt": entry_points} if entry_points else {}),
        **(files or {}),
    }
    contents = {path: content.encode() if isinstance(content, str) else content for path, content in members.items()}
    if has_record:
        contents[f"{dist_info}/RECORD"] = _make_record(contents, f"{dist_info}/RECORD")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "-".join(filter(None, (stem, build, f"{tag}.whl")))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in contents.items():
            # A fixed date, so that a wheel made twice has one digest.
            archive.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)
    return path


def make_sdist(folder: Path, name: str, version: str, files: Mapping[str, Content]) -> Path:
    """Write a source distribution into `folder` and return its path; `files` lie below its one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    members = {"PKG-INFO": make_metadata(name, version), **files}
    path = folder / f"{stem}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(f"{stem}/{member}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def make_metadata(
    name: str, version: str, requires: Iterable[str] = (), extras: Iterable[str] = (), requires_python: str = ""
) -> str:
    """Return the text of a METADATA file, with a description that looks like headers."""
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Provides-Extra: {extra}" for extra in extras),
        *(f"Requires-Dist: {requirement}" for requirement in requires),
        *([f"Requires-Python: {requires_python}"] if requires_python else []),
        "",
        "Requires-Dist: not-a-header",
    ]
    return "\n".join(lines) + "\n"


def digest_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _make_record(contents: Mapping[str, bytes], record: str) -> bytes:
    lines = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}"
        for path, content in contents.items()
    ]
    return "\n".join([*lines, f"{record},,"]).encode() + b"\n"

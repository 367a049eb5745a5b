"""A local project of which only copied files changed → its wheel anew, without a build.

Most build backends copy sources into the wheel and write metadata that the project's settings state. Where the last
build did just that, so that every file of its wheel is the very copy of one in the folder, the next wheel is known as
long as no file came, went or moved and nothing else that a build reads has changed.
"""

import base64
import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundler.documents import parse_toml
from bundler.resolve.local_project import ProjectFile
from bundler.system import cache
from bundler.system.files import open_wheel, write_atomically

_NAMESPACE = "copies"
# Raise when the record below changes its form.
_FORM = 2
_PURE = "-none-any.whl"


def remember_copies(folder: Path, files: Mapping[str, ProjectFile], wheel: Path, kind: str) -> None:
    """Keep which files of a project its wheel has copies of, if a build does nothing but copy; `kind` is the target."""
    copies = _find_copies(files, wheel)
    if copies is None or not _is_static(folder, files, wheel):
        return
    copied = set(copies.values())
    record = {
        "wheel": str(wheel),
        "sha256": _digest(wheel.read_bytes()),
        "copies": copies,
        "others": {path: file.sha256 for path, file in files.items() if path not in copied},
    }
    cache.store(_NAMESPACE, _key(folder, files, kind), json.dumps(record).encode())


def renew_wheel(folder: Path, files: Mapping[str, ProjectFile], kind: str, namespace: str) -> tuple[Path, str] | None:
    """Return the wheel that a build of a project would give now and its digest, or `None` where a build has to tell."""
    record = cache.load_as(_NAMESPACE, _key(folder, files, kind), json.loads)
    if record is None:
        return None
    wheel = Path(record["wheel"])
    others = {path: file.sha256 for path, file in files.items() if path in record["others"]}
    if others != record["others"] or not cache.is_kept(wheel, record["sha256"]):
        return None
    try:
        contents = {member: (folder / path).read_bytes() for member, path in record["copies"].items()}
    except OSError:
        return None  # it changes as it is read
    if any(_digest(contents[member]) != files[path].sha256 for member, path in record["copies"].items()):
        return None  # it changes as it is read
    content = _rewrite(wheel, contents)
    sha256 = _digest(content)
    path = cache.kept_file_path(namespace, sha256, wheel.name)
    try:
        write_atomically(path, content)
    except OSError:
        return None  # who keeps what a build gives says so
    return path, sha256


def _key(folder: Path, files: Mapping[str, ProjectFile], kind: str) -> str:
    names = [(path, file.mode) for path, file in sorted(files.items())]
    return json.dumps([_FORM, str(folder), kind, names])


def _is_static(folder: Path, files: Mapping[str, ProjectFile], wheel: Path) -> bool:
    """Tell whether a project's metadata stands in its settings, and no program of its own has a say in its build."""
    if "pyproject.toml" not in files or "setup.py" in files or not wheel.name.endswith(_PURE):
        return False
    settings = parse_toml((folder / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = settings.get("project", {})
    version = project.get("version") or settings.get("tool", {}).get("poetry", {}).get("version")
    return not project.get("dynamic") and wheel.name.split("-")[1] == version


def _find_copies(files: Mapping[str, ProjectFile], wheel: Path) -> dict[str, str] | None:
    """Return the file that each member of a wheel is a copy of, or `None` where one is none, or of several files."""
    by_digest: dict[str, list[str]] = {}
    for path, file in files.items():
        by_digest.setdefault(file.sha256, []).append(path)
    archive = open_wheel(wheel)
    copies = {}
    for info in archive.infolist():
        if info.is_dir() or ".dist-info/" in info.filename:
            continue
        found = _most_alike(info.filename, by_digest.get(_digest(archive.read(info)), []))
        if found is None:
            return None
        copies[info.filename] = found
    return copies


def _most_alike(member: str, paths: list[str]) -> str | None:
    """Return the one path that ends like a member's for longest: many projects have several empty `__init__.py`."""
    shared = {path: _shared_parts(member, path) for path in paths}
    longest = max(shared.values(), default=0)
    best = [path for path, parts in shared.items() if parts == longest]
    return best[0] if longest and len(best) == 1 else None


def _shared_parts(one: str, other: str) -> int:
    pairs = list(zip(reversed(one.split("/")), reversed(other.split("/")), strict=False))
    return next((count for count, (left, right) in enumerate(pairs) if left != right), len(pairs))


def _rewrite(wheel: Path, contents: Mapping[str, bytes]) -> bytes:
    """Return a wheel with other contents for some members, and a `RECORD` that says so."""
    archive = open_wheel(wheel)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as rewritten:
        for info in archive.infolist():
            content = contents.get(info.filename)
            if content is None:
                content = archive.read(info)
            if info.filename.endswith(".dist-info/RECORD"):
                content = _rewrite_record(content, contents)
            fresh = zipfile.ZipInfo(info.filename)
            fresh.external_attr = info.external_attr
            rewritten.writestr(fresh, content)
    return output.getvalue()


def _rewrite_record(record: bytes, contents: Mapping[str, bytes]) -> bytes:
    rows = list(csv.reader(io.StringIO(record.decode())))
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    for row in rows:
        content = contents.get(row[0]) if row else None
        writer.writerow(row if content is None else [row[0], _record_digest(content), len(content)])
    return output.getvalue().encode()


def _record_digest(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"sha256={digest}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

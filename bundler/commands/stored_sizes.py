"""Find the sizes to compare with: metafiles, a baseline, a zip, or a baseline at a git revision."""

import hashlib
import zipfile
from pathlib import Path

from bundler.errors import SizesConflictError, SizesMissingError
from bundler.metafile import parse_shown, read_document
from bundler.model.metafile import Metafile
from bundler.model.report import FunctionSize, PackageSize, Sizes
from bundler.report import measure_sizes, read_baseline
from bundler.system.files import DAMAGES
from bundler.system.metafiles import read_function_metafile
from bundler.system.process import run

BASELINE_NAME = "lbundle-sizes.json"
_GIT = "git:"
_NEITHER = "it is neither a baseline nor a metafile of this version"
_CONFLICT = b"<<<<<<< "


def load_sizes(where: str, project: Path) -> Sizes:
    """Return the sizes that a folder, a file or `git:REVISION` holds; raise `SizesMissingError` when there are none."""
    if where.startswith(_GIT):
        return _read_sizes(_show(where.removeprefix(_GIT), project, where), where)
    path = Path(where)
    if path.is_dir():
        if (path / BASELINE_NAME).is_file():
            return load_sizes(str(path / BASELINE_NAME), project)
        folder = path if any(path.glob("*.zip")) else path / ".lbundle"
        metafiles = load_metafiles(folder)
        if not metafiles:
            raise SizesMissingError(where, "neither a baseline nor metafiles are there")
        return measure_sizes(metafiles)
    if not path.is_file():
        raise SizesMissingError(where, "it is not there")
    if path.suffix == ".zip":
        return {path.stem: _measure_zip(path, where)}
    try:
        return _read_sizes(path.read_bytes(), where)
    except OSError as error:
        raise SizesMissingError(where, error.strerror or str(error)) from error


def load_described(where: str, project: Path) -> Sizes:
    """Return the sizes that metafiles tell where there are any, also of a zip; else those that `load_sizes` finds."""
    known = find_metafiles(where)
    return measure_sizes(known.values()) if known else load_sizes(where, project)


def load_pair(before: str, after: str, project: Path) -> tuple[Sizes, Sizes]:
    """Return the sizes of two states, told alike: a zip by its metafile only where the other has metafiles too."""
    load = load_described if find_metafiles(before) and find_metafiles(after) else load_sizes
    return load(before, project), load(after, project)


def is_one_function(where: str) -> bool:
    """Tell whether a place is the zip or the metafile of one function, and no state of a whole service."""
    path = Path(where)
    return path.is_file() and (path.suffix == ".zip" or bool(find_metafiles(where)))


def find_metafiles(where: str) -> dict[str, Metafile]:
    """Return the metafiles behind the sizes that `load_sizes` gives, by function; none where it reads a baseline."""
    path = Path(where)
    if where.startswith(_GIT) or (path / BASELINE_NAME).is_file():
        return {}
    if path.is_dir():
        found = load_metafiles(path if any(path.glob("*.zip")) else path / ".lbundle")
        return {metafile.function: metafile for metafile in found}
    metafile = _find_beside(path) if path.suffix == ".zip" else _find_at(path)
    return {} if metafile is None else {metafile.function: metafile}


def load_metafiles(folder: Path) -> list[Metafile]:
    """Return the metafiles beside the zips of an output folder, in order of name."""
    if not folder.is_dir():
        return []
    found = (read_function_metafile(folder / f"{path.stem}.json") for path in sorted(folder.glob("*.zip")))
    return [metafile for metafile in found if metafile is not None]


def _find_beside(zip_path: Path) -> Metafile | None:
    """Return the metafile beside a zip if it is that of this very zip."""
    metafile = read_function_metafile(zip_path.with_suffix(".json"))
    if metafile is None:
        return None
    try:
        digest = hashlib.sha256(zip_path.read_bytes()).hexdigest()
    except OSError:
        return None
    return metafile if metafile.zip.sha256 == digest else None


def _find_at(path: Path) -> Metafile | None:
    """Return the metafile at a path; `None` for any other file, a baseline that git left in conflict among them."""
    try:
        document = parse_shown(path.read_bytes())
    except (OSError, ValueError):
        return None
    metafile = read_document(document, str(path))
    return metafile if isinstance(metafile, Metafile) else None


def _read_sizes(content: bytes, where: str) -> Sizes:
    try:
        document = parse_shown(content)
    except ValueError as error:
        lines = enumerate(content.splitlines(), start=1)
        if conflict := next((number for number, line in lines if line.startswith(_CONFLICT)), None):
            raise SizesConflictError(where, conflict) from error
        raise SizesMissingError(where, _NEITHER) from error
    metafile = read_document(document, where)
    try:
        return measure_sizes([metafile]) if isinstance(metafile, Metafile) else read_baseline(document)
    except ValueError as error:
        raise SizesMissingError(where, _NEITHER) from error


def _show(revision: str, project: Path, where: str) -> bytes:
    try:
        done = run(["git", "-C", str(project), "show", f"{revision}:./{BASELINE_NAME}"])
    except OSError as error:
        raise SizesMissingError(where, f"git does not run: {error.strerror or error}") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise SizesMissingError(where, lines[-1].removeprefix("fatal: ") if lines else "git does not answer")
    return done.stdout


def _measure_zip(path: Path, where: str) -> FunctionSize:
    """Weigh a zip that nothing describes: every top-level folder stands for a package."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except DAMAGES as error:
        raise SizesMissingError(where, f"it is no zip: {error}") from error
    packages: dict[str, int] = {}
    files: dict[str, int] = {}
    for member in members:
        top, slash, _ = member.filename.partition("/")
        counted = packages if slash else files
        counted[top] = counted.get(top, 0) + member.compress_size
    return FunctionSize(
        zip_bytes=path.stat().st_size,
        unzipped_bytes=sum(member.file_size for member in members),
        settings={},
        packages={
            name: PackageSize(version="", zipped_bytes=size_bytes, path="", line=0, module="")
            for name, size_bytes in packages.items()
        },
        own_files=files,
    )

"""Know the code that facts hang on, so that facts which it would read differently today are never used."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_PACKAGE = Path(__file__).parents[2]
_FROM_IMPORT = re.compile(r"^\s*from (bundler(?:\.\w+)*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
# Programs are started by their names, which stand in strings.
_MODULE = re.compile(r"\bbundler(?:\.\w+)+")
_FILE_BESIDE = re.compile(r"""["']([a-z]\w*)\.py["']""")


@cache
def readers_digest() -> str:
    """Return what changes when facts are read or kept differently."""
    digest = hashlib.sha256()
    for path in reader_files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def reader_files() -> list[Path]:
    """Return the files of this folder and all others of lbundle that their code leads to, sorted."""
    pending = list(_FOLDER.rglob("*.py"))
    found = set(pending)
    while pending:
        new = set(_files_named_in(pending.pop())) - found
        pending.extend(new)
        found |= new
    return sorted(found)


def _files_named_in(path: Path) -> Iterator[Path]:
    text = path.read_text(encoding="utf-8")
    for package, imported in _FROM_IMPORT.findall(text):
        # What is no module of the package stands in the package itself.
        for name in re.findall(r"\w+", imported):
            yield from _file_of(f"{package}.{name}") or _file_of(package)
    for name in _MODULE.findall(_FROM_IMPORT.sub("", text)):
        yield from _file_of(name)
    beside = (path.with_name(f"{stem}.py") for stem in _FILE_BESIDE.findall(text))
    yield from filter(Path.is_file, beside)


def _file_of(module: str) -> tuple[Path, ...]:
    """Return the file of a module; none where the name goes on to something inside one."""
    path = _PACKAGE.joinpath(*module.split(".")[1:])
    return tuple(filter(Path.is_file, (path.with_suffix(".py"), path / "__init__.py")))

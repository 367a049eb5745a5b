"""What a run may open of a folder or of a distribution, whatever the endings of files and the names of folders."""

import re
from collections.abc import Iterable

from bundler.model.wheels import SiteFile
from bundler.test_paths import is_test_path
from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF
from bundler.trace.index import FoundModule
from bundler.trace.view import View

_MODULE = re.compile(r"\.(?:pyc?|cpython-\d+[^/]*\.so|abi3\.so)\Z")
# What only compilers, installers and type checkers read.
_FOR_BUILDS = re.compile(
    r"\.(?:pyx|pxd|pxi|h|hh|hpp|hxx|inl|c|cc|cpp|cu|cuh|f|f90|a|lib|pdb|la|cmake|pc)\Z"
    r"|(?:^|/)py\.typed\Z|(?:^|/)__pycache__/|^[^/]+\.(?:dist-info|egg-info|data)/|\.pth\Z",
    re.IGNORECASE,
)


def openable_below(view: View, template: str, source: SiteFile) -> list[SiteFile]:
    """Return what may be opened at a place that a file names."""
    return _openable(view, view.assets.everything_at(template, source, view.index))


def openable_beside(view: View, module: FoundModule, file: SiteFile) -> list[SiteFile]:
    """Return what may be opened in the folder of a module, whose file this is."""
    return openable_below(view, f"{FOLDER_OF}{module.name}{FOLDER_END}", file)


def openable_of(view: View, owner: str) -> list[SiteFile]:
    """Return what may be opened of a whole distribution."""
    return _openable(view, view.owned.get(owner, ()))


def size_without_builds(view: View, owner: str) -> int:
    """Return the size of a distribution, but for what only compilers, installers and type checkers read."""
    return sum(file.size_bytes for file in view.owned.get(owner, ()) if not _FOR_BUILDS.search(file.path))


def _openable(view: View, files: Iterable[SiteFile]) -> list[SiteFile]:
    return [file for file in files if _may_be_opened(view, file)]


def _may_be_opened(view: View, file: SiteFile) -> bool:
    path = file.path
    if path.endswith(".pyi"):
        return file.owner in view.knowledge.folder_takers.stub_readers
    if is_test_path(path) and path.startswith(view.test_folders):
        return False
    is_compiled = path.endswith(".po") and f"{path.removesuffix('.po')}.mo" in view.site.files
    return not (is_compiled or file.is_program or _MODULE.search(path) or _FOR_BUILDS.search(path))

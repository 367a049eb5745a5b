"""The libraries that a shared object or a program needs, and those they need, found as the linker finds them.

Evidence: pyproj 3.8 needs libproj.so, which its wheel has in `pyproj.libs`.
Not caught: libraries of the system, which no wheel of the site has.
"""

import posixpath
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, FileRule, FilesDemand
from bundler.trace.facts.scan import TEXT_ENDINGS
from bundler.trace.view import View

# Shared objects aside, only files of these endings are looked into for what they link.
_PROGRAM_ENDINGS = frozenset({"", ".bin"})


def may_link(path: str) -> bool:
    """Tell whether a file may be a shared object or a program by its name."""
    return ".so" in path or posixpath.splitext(path)[1] in _PROGRAM_ENDINGS


def _wants(file: SiteFile) -> bool:
    return may_link(file.path) and (file.is_own or not file.path.endswith(TEXT_ENDINGS))


def _visit(view: View, file: SiteFile) -> Iterator[Demand]:
    facts = view.store.binary(file)
    for soname in facts.needed:
        library = _find_library(view, file, soname, facts.run_paths)
        if library is not None:
            yield FilesDemand((library,), 0, soname, EdgeKind.LINK)


def _find_library(view: View, file: SiteFile, soname: str, run_paths: tuple[str, ...]) -> SiteFile | None:
    folder = file.path.rpartition("/")[0]
    for run_path in (*run_paths, "$ORIGIN"):
        plain = run_path.replace("${ORIGIN}", "$ORIGIN")
        if plain.startswith("$ORIGIN"):
            below = plain.removeprefix("$ORIGIN").lstrip("/")
            path = posixpath.normpath(posixpath.join(folder, below, soname))
            if path in view.site.files:
                return view.site.files[path]
    # A library may be found because another one of its package loaded it before, wherever it lies.
    return view.libraries.get((file.owner, soname))


RULE = FileRule("native.link", _wants, _visit)

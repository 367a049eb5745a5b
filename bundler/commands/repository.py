"""Where the repository begins: reports for CI name files from there, wherever lbundle is called."""

import os
from collections.abc import Iterator
from pathlib import Path

_CI_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_MARK = ".git"


def find_repository(project: Path) -> Path:
    """Return the root of a project's repository as CI or git tell it; else the folder that lbundle is called in."""
    project, called_in = project.resolve(), Path.cwd()
    for root in _told_by_ci():
        if project.is_relative_to(root):
            # It may be checked out below.
            return next((folder for folder in _upwards(project, root) if (folder / _MARK).exists()), root)
    around = (folder for folder in (called_in, *called_in.parents) if (folder / _MARK).exists())
    return next((folder for folder in around if project.is_relative_to(folder)), called_in)


def _told_by_ci() -> Iterator[Path]:
    return (Path(root).resolve() for name in _CI_ROOTS if (root := os.environ.get(name)))


def _upwards(folder: Path, root: Path) -> Iterator[Path]:
    return (above for above in (folder, *folder.parents) if above.is_relative_to(root))

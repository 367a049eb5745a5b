"""Where a project's files are, and what they are called in messages."""

import os
from pathlib import Path, PurePath

DEFAULT_OUTPUT = ".lbundle"
"""Where zips go, in the folder of the settings."""


def settings_folder(project: Path) -> Path:
    """Return the folder of a project that is named by its folder or by its settings file."""
    return project.parent if project.is_file() else project


def show_path(path: PurePath, folder: PurePath) -> str:
    """Return what a file is called in messages: its path from a folder, as a project may have many of its name.

    What lies above the folder, such as the lock of a workspace, goes by its name alone.
    """
    if path.parent in folder.parents:
        return path.name
    try:
        return PurePath(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return str(path)

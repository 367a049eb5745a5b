"""The user's home, which not every user has: containers run programs as numbers that nobody knows."""

import os
from pathlib import Path


def home_folder() -> Path:
    """Return the user's home; the root, as `login` and Docker have it, where nothing says where that is."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def expand_home(path: str) -> Path:
    """Return a path with the home that its `~` stands for; as it is where nobody knows that home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def cache_folder() -> Path:
    """Return the folder that holds everything lbundle keeps between runs."""
    if chosen := os.environ.get("LBUNDLE_CACHE_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else home_folder() / ".cache") / "lbundle"

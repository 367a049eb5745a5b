"""The user's home, which not every user has: containers run programs as numbers that nobody knows."""

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

"""Local projects that are built offline: each brings a build backend of its own, for the `src` layout."""

from pathlib import Path

from tests.support.command_line import write_project

_BACKEND = """\
import pathlib, zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    contents = {str(path.relative_to("src")): path.read_bytes() for path in sorted(pathlib.Path("src").rglob("*.py"))}
    info = "NAME-1.5.dist-info"
    contents[info + "/METADATA"] = b"Metadata-Version: 2.1\\nName: NAME\\nVersion: 1.5\\n"
    contents[info + "/WHEEL"] = b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    contents[info + "/entry_points.txt"] = pathlib.Path("entry_points.txt").read_bytes()
    contents[info + "/RECORD"] = "".join(name + ",,\\n" for name in [*contents, info + "/RECORD"]).encode()
    with zipfile.ZipFile(pathlib.Path(wheel_directory, "NAME-1.5-py3-none-any.whl"), "w") as wheel:
        for path, content in contents.items():
            wheel.writestr(path, content)
    return "NAME-1.5-py3-none-any.whl"
"""


def write_local_project(folder: Path, name: str, modules: dict[str, str], entry_points: str = "") -> Path:
    """Write a project, version 1.5, with these files below `src`, and return its folder."""
    return write_project(folder, sdist_files(name, modules, entry_points))


def sdist_files(name: str, modules: dict[str, str], entry_points: str = "") -> dict[str, str]:
    """Return the files of such a project, as its source distribution has them too."""
    settings = f"""\
[project]
name = "{name}"
version = "1.5"

[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
    return {
        "pyproject.toml": settings,
        "backend.py": _BACKEND.replace("NAME", name),
        "entry_points.txt": entry_points,
        **{f"src/{path}": content for path, content in modules.items()},
    }

"""Where requirements files say that their packages come from → `IndexOptions`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bundler.documents import parse_toml
from bundler.errors import ResolveError
from bundler.model.wheels import IndexOptions
from bundler.resolve.pip_settings import read_only_binary
from bundler.resolve.project_indexes import merge_indexes, uv_indexes
from bundler.resolve.requirements_file import OptionLine, read_requirements_files


def read_index(paths: Iterable[Path], folder: Path) -> IndexOptions:
    """Return where requirements files say that packages come from; nothing where they cannot be read."""
    try:
        content = read_requirements_files(paths, folder)
    except ResolveError:
        return IndexOptions()
    return _file_options(content.options, folder)


def index_options(lines: tuple[OptionLine, ...], paths: tuple[Path, ...], folder: Path) -> IndexOptions:
    """Return where packages come from, by the options of files and by what uv is set up with.

    uv goes by its own settings, of the project beside the requirements too, so that its users expect them to count.
    """
    return merge_indexes((*_project_indexes(paths[:1]), _file_options(lines, folder)))


def _file_options(lines: tuple[OptionLine, ...], folder: Path) -> IndexOptions:
    """Take the options that say where files come from; the others change nothing in how pins are fetched."""
    values: dict[str, list[str]] = {}
    for line in lines:
        if line.name == "--index-url":
            # As in pip, the one named last takes the place of all before it.
            values.pop("--extra-index-url", None)
        value = find_place(line, folder) if line.name == "--find-links" else line.value
        values.setdefault(line.name, []).append(value)
    return IndexOptions(
        index_url=values["--index-url"][-1] if "--index-url" in values else None,
        extra_index_urls=tuple(values.get("--extra-index-url", ())),
        find_links=tuple(values.get("--find-links", ())),
        trusted_hosts=tuple(values.get("--trusted-host", ())),
        no_index="--no-index" in values,
        only_binary=read_only_binary(values.get("--only-binary", [])),
    )


def find_place(line: OptionLine, folder: Path) -> str:
    """Return what `--find-links` names: an address, or a path from the file that says it, else from where pip runs."""
    if "://" in line.value:
        return line.value
    places = [line.folder / line.value, folder / line.value]
    return next((str(place.resolve()) for place in places if place.exists()), line.value)


def _project_indexes(paths: tuple[Path, ...]) -> Iterator[IndexOptions]:
    for path in paths:
        try:
            project = parse_toml(path.with_name("pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            project = {}
        yield replace(uv_indexes(project, path.parent), explicit_index_urls=())

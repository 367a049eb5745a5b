"""Locks that do not hold what their project asks for → one note each: what is wrong and what mends it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler import standards
from bundler.documents import parse_toml
from bundler.errors import BundleError
from bundler.model.paths import show_path
from bundler.model.project import Target
from bundler.model.wheels import Pin
from bundler.resolve.locks import read_wanted

_NAMED = 3
OWN_MEND = "`lbundle lock`, or the tool that wrote it, brings it up to date"
"""How a lock that was made from a requirements file is made anew."""
# Comments of pip-tools and uv name the file that a lock was made from.
_FROM_PROJECT = re.compile(r"^\s*#.*\bpyproject\.toml\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a project asks for on its target."""

    name: str
    """Normalised."""
    specifier: str
    """As it is written, for the user."""
    admits: Callable[[str], bool]
    """Tells whether a version will do."""


def stale_note(lock: str, source: str, asked: Iterable[Asked], pins: Iterable[Pin], mend: str) -> tuple[str, ...]:
    """Say which of the things that `source` asks for the lock lacks or has in a version that will not do, if any."""
    by_name = {pin.name: pin for pin in pins}
    gaps = list(dict.fromkeys(filter(None, (_gap(one, by_name.get(one.name)) for one in asked))))
    if not gaps:
        return ()
    more = f" and {len(gaps) - _NAMED} more" if len(gaps) > _NAMED else ""
    return (f"`{lock}` is out of date, `{source}` asks for {'; '.join(gaps[:_NAMED])}{more}: {mend}",)


def find_source(path: Path) -> Path | None:
    """Return the requirements that a lock in their format was made from, if they are there."""
    source = path.with_name(path.name.replace(".lock.txt", ".txt"))
    source = source if source != path else path.with_suffix(".in")
    return source if source != path and source.is_file() else None


def requirements_notes(path: Path, pins: tuple[Pin, ...], target: Target, folder: Path) -> tuple[str, ...]:
    """Hold a pinned requirements file against what it was made from: `requirements.in`, or the project's settings."""
    shown = show_path(path, folder)
    if source := find_source(path):
        return stale_note(shown, show_path(source, folder), asked_by_file(source, target, folder), pins, OWN_MEND)
    project = path.with_name("pyproject.toml")
    try:
        if project.is_file() and _FROM_PROJECT.search(path.read_text(encoding="utf-8")):
            asked = asked_by_texts(read_table(project).get("project", {}).get("dependencies", ()), target)
            return stale_note(
                shown, show_path(project, folder), asked, pins, "make it anew with the tool that wrote it"
            )
    except (OSError, ValueError):
        pass  # A project that cannot be read says nothing of its lock.
    return ()


def asked_by_file(path: Path, target: Target, folder: Path) -> tuple[Asked, ...]:
    """Return what a requirements file asks for; nothing where it cannot be read, as nothing is built from it."""
    try:
        return tuple(asked_by_texts(read_wanted((path,), target, folder=folder).requirements, target))
    except BundleError:
        return ()


def asked_by_texts(texts: Iterable[object], target: Target) -> Iterator[Asked]:
    """Return what requirements ask for on the target; what is none, such as a group in a group, is passed over."""
    for text in texts:
        try:
            parsed = standards.ParsedRequirement(str(text))
            holds = not parsed.marker or standards.is_marker_true(parsed.marker, target)
        except ValueError:
            continue
        if holds:
            yield _asked(parsed.name, parsed.specifier)


def _asked(name: str, specifier: str) -> Asked:
    return Asked(
        name=name, specifier=specifier, admits=lambda version: standards.is_version_allowed(version, specifier)
    )


def unlocked_notes(root: Path, folder: Path) -> tuple[str, ...]:
    """Say where a project asks for packages, but has no lock and no requirements: none of them ship."""
    asked = {
        ("Pipfile", "`pipenv lock`"): _named_in(root / "Pipfile", "packages"),
        ("pyproject.toml", "`poetry lock`"): _named_in(root / "pyproject.toml", "tool", "poetry", "dependencies"),
        ("pyproject.toml", "`uv lock`"): _named_in(root / "pyproject.toml", "project", "dependencies"),
    }
    return tuple(
        f"`{show_path(root / file, folder)}` asks for packages that nothing pins, so none of them ship: "
        f"{command} writes what is read here"
        for (file, command), packages in asked.items()
        if packages
    )


def _named_in(path: Path, *keys: str) -> list[str]:
    """Return what a table or list of a TOML file names, Python aside; nothing where there is no such thing."""
    found: object
    try:
        found = read_table(path)
    except (OSError, ValueError):
        return []
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return [str(name) for name in found if name != "python"] if isinstance(found, (dict, list)) else []


def read_table(path: Path) -> Mapping[str, Any]:
    """Return a TOML file's content; `OSError` or `ValueError` where there is none."""
    if not path.is_file():
        raise FileNotFoundError(path)  # a pipe would be waited for
    return parse_toml(path.read_text(encoding="utf-8"))


def _gap(asked: Asked, pin: Pin | None) -> str:
    """Return what is wrong with the answer to one thing that is asked for, empty where nothing is."""
    if pin is None:
        return f"`{asked.name}`, which it lacks"
    is_free = not (pin.version and pin.is_from_index)
    if is_free or asked.admits(pin.version):
        return ""
    return f"`{asked.name}{asked.specifier}`, not the {pin.version} that it has"

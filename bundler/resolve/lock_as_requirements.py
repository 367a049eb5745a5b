"""A lock as text in pip-tools' style: one requirement a line, its hashes and who wants it."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bundler import standards
from bundler.addresses import file_path, public_address
from bundler.model.project import Target
from bundler.model.wheels import LockPlan, Pin
from bundler.resolve.git import portable_source
from bundler.resolve.lock_entries import Entry, marker_of
from bundler.resolve.locks import state_pin
from bundler.resolve.requirements_file import OptionLine
from bundler.resolve.requirements_index import find_place
from bundler.resolve.resolvers import CONSTRAINTS, REQUIREMENTS

_VALUES = frozenset({"--index-url", "--extra-index-url", "--find-links", "--trusted-host", "--only-binary"})
# Whoever reads the lock needs such variables too, and nobody learns a secret from it.
_VARIABLE_LOGIN = re.compile(r"://(?:[^\s:@/]*:)?\$\{[A-Z0-9_]+\}:?@[^\s?]*$")
_EXTRAS = re.compile(r"\[.*\]")


def render_requirements(
    entries: Iterable[Entry], targets: tuple[Target, ...], plan: LockPlan, options: Iterable[OptionLine]
) -> str:
    """Return the text of a requirements file that pins all entries and says where they come from, as `options` do."""
    lines = (*_header(plan, targets), *dict.fromkeys(_option_lines(options, plan)), *_lines(entries, targets, plan))
    return "".join(f"{line}\n" for line in lines)


def _header(plan: LockPlan, targets: tuple[Target, ...]) -> Iterator[str]:
    sources = ", ".join(source.name for source in plan.sources)
    yield f"# Made by `lbundle lock` from {sources} for {', '.join(map(str, targets))}."
    yield "# It keeps these versions while they will do; `lbundle lock --upgrade` takes the newest."


def _option_lines(options: Iterable[OptionLine], plan: LockPlan) -> Iterator[str]:
    """Yield the options that say where files come from, as they are written, but for logins."""
    for option in options:
        if option.name in _VALUES:
            yield f"{option.name} {shlex.quote(_portable_value(option, plan))}"
        elif option.name == "--no-index":
            yield option.name


def _portable_value(option: OptionLine, plan: LockPlan) -> str:
    place = find_place(option, plan.working_folder) if option.name == "--find-links" else option.value
    if "${" not in option.written and Path(place).is_absolute():
        return relative_path(Path(place), plan.output.parent)
    return option.written if _VARIABLE_LOGIN.search(option.written) else public_address(option.written)


def _lines(entries: Iterable[Entry], targets: tuple[Target, ...], plan: LockPlan) -> Iterator[str]:
    for entry in entries:
        marker = marker_of(entry.targets, targets)
        requirement = _state_portably(entry.pin, plan.working_folder) + (f" ; {marker}" if marker else "")
        yield " \\\n    ".join((requirement, *(f"--hash={one}" for one in entry.hashes)))
        yield from _annotate(entry, plan)


def _state_portably(pin: Pin, folder: Path) -> str:
    """Return the pin as a line; a file or folder on this machine by its path from where pip runs."""
    if pin.path is None and not (pin.url and pin.url.startswith("file:")):
        url, git = pin.url and public_address(pin.url), pin.git and portable_source(pin.git)
        return state_pin(replace(pin, url=url, git=git))
    path = relative_path(pin.path or Path(file_path(pin.url or "")), folder)
    extras = f"[{','.join(pin.extras)}]" if pin.extras else ""
    return f"{path if path.startswith('../') else f'./{path}'}{extras}"


def relative_path(place: Path, folder: Path) -> str:
    """Return how to come from a folder to a place, as a lock says it on any system."""
    return Path(os.path.relpath(place, folder.resolve())).as_posix()


def _annotate(entry: Entry, plan: LockPlan) -> Iterator[str]:
    """Say who wants a pin, as pip-tools does."""
    names = sorted(_names(entry.wanted_by, plan))
    if len(names) == 1:
        yield f"    # via {names[0]}"
    elif names:
        yield "    # via"
        yield from (f"    #   {name}" for name in names)


def _names(wanted_by: Iterable[str], plan: LockPlan) -> set[str]:
    """Return the names of distributions without extras, and our own file's in place of the resolver's."""
    sources = " ".join(f"-r {source.name}" for source in plan.sources)
    kept = (name for name in wanted_by if not name.endswith(f"-c {CONSTRAINTS}"))
    return {
        sources if name == f"-r {REQUIREMENTS}" else standards.normalise_name(_EXTRAS.sub("", name)) for name in kept
    }

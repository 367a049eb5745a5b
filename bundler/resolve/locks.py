"""The lock a project has → `Lock`: every pin that holds for one target, or an error that names each line at fault."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from bundler import standards
from bundler.addresses import address_problem, file_path, public_address
from bundler.errors import PinConflictError, RequirementError, UnpinnedRequirementError
from bundler.model.paths import show_path
from bundler.model.project import Target
from bundler.model.wheels import IndexOptions, Lock, Pin
from bundler.resolve.git import is_git_address, read_git_address
from bundler.resolve.local_project import project_problem, read_project_name
from bundler.resolve.requirements_file import OptionLine, RequirementLine, read_requirements_files
from bundler.resolve.requirements_index import index_options

_HASH = re.compile(r"(sha256|sha384|sha512):[0-9a-f]+")
_NAMED_URL = re.compile(r"[\w.-]+\s*(\[[^\]]*\])?\s*@")
_SCHEME = re.compile(r"(?:[\w+.-]+://|file:)")
_SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Why a line is no pin."""

    line: RequirementLine
    reason: str

    def __str__(self) -> str:
        return f"{self.line.origin}: `{self.line.text}` {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unpinned:
    """A requirement without a version of its own, which a constraint may still give it."""

    line: RequirementLine
    name: str
    specifier: str
    extras: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What requirements files ask for on one target, which a resolver is to find versions for."""

    source: str
    """What the first of them is called in messages."""
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    pins: tuple[Pin, ...]
    """Those of both that fix a version or a file already."""
    names: frozenset[str]
    """Of the requirements, normalised."""
    specifiers: Mapping[str, str]
    """What they say of the versions that they do not fix, by names."""
    is_prerelease_allowed: bool
    paths: tuple[Path, ...]
    index: IndexOptions
    options: tuple[OptionLine, ...]
    """Those of the files, for the lock that is made of them."""
    notes: tuple[str, ...]
    """What the user should know of how they were read."""


def read_lock(requirements: tuple[Path, ...], target: Target, *, folder: Path) -> Lock:
    """Read fully pinned requirements files, as pip-tools, uv and `pip freeze` write them, for one target.

    `folder` is where pip would run, from which relative paths of packages start.
    """
    content = read_requirements_files(requirements, folder)
    read = [(line, _read_line(line, target)) for line in content.requirements]
    if problems := [entry for line, entry in read if isinstance(entry, _Problem) and not line.is_constraint]:
        raise RequirementError(tuple(str(problem) for problem in problems))
    constraints = [entry for line, entry in read if line.is_constraint and isinstance(entry, Pin)]
    asked = [entry for line, entry in read if not line.is_constraint and isinstance(entry, Pin | _Unpinned)]
    pins = _one_per_name(_pin_all(asked, constraints, show_path(requirements[0], folder)), constraints)
    index = index_options(content.options, content.paths, folder)
    return Lock(pins=pins, paths=content.paths, index=index, notes=content.unset)


def read_wanted(
    requirements: tuple[Path, ...], target: Target, *, folder: Path, only_binary: tuple[str, ...] = ()
) -> Wanted:
    """Read requirements files whose lines need not fix a version, for one target.

    `folder` is where pip would run; `only_binary` adds to the names that the files themselves say are never built from
    source.
    """
    content = read_requirements_files(requirements, folder)
    read = [(line, _read_line(line, target)) for line in content.requirements]
    if problems := [entry for line, entry in read if isinstance(entry, _Problem) and not line.is_constraint]:
        raise RequirementError(tuple(str(problem) for problem in problems))
    asked = [(line, entry) for line, entry in read if isinstance(entry, Pin | _Unpinned)]
    return Wanted(
        source=show_path(requirements[0], folder),
        requirements=tuple(_state(line, entry) for line, entry in asked if not line.is_constraint),
        constraints=tuple(_state(line, entry) for line, entry in asked if line.is_constraint),
        pins=tuple(entry for line, entry in asked if isinstance(entry, Pin)),
        names=frozenset(entry.name for line, entry in asked if not line.is_constraint),
        specifiers=_specifiers(entry for line, entry in asked if not line.is_constraint),
        is_prerelease_allowed=any(option.name == "--pre" for option in content.options),
        paths=content.paths,
        index=forbid_builds(index_options(content.options, content.paths, folder), only_binary),
        options=content.options,
        notes=content.unset,
    )


def _specifiers(entries: Iterable[Pin | _Unpinned]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        if isinstance(entry, _Unpinned):
            found.setdefault(entry.name, []).append(entry.specifier)
    return {name: ",".join(filter(None, texts)) for name, texts in found.items()}


def forbid_builds(index: IndexOptions, only_binary: tuple[str, ...]) -> IndexOptions:
    """Return the options with more names that are never built from source."""
    return replace(index, only_binary=tuple(dict.fromkeys((*index.only_binary, *only_binary))))


def read_pins(lines: Iterable[str], target: Target, origin: str) -> tuple[Pin, ...]:
    """Return the pins of lines without options, as a resolver answers with them."""
    read = (
        _read_line(
            RequirementLine(
                text=line, hashes=(), is_constraint=False, is_editable=False, folders=(Path(),), origin=origin
            ),
            target,
        )
        for line in lines
    )
    return _one_per_name([entry for entry in read if isinstance(entry, Pin)], [])


def _state(line: RequirementLine, entry: Pin | _Unpinned) -> str:
    """Return a line as any tool reads it from any folder."""
    if isinstance(entry, _Unpinned) or entry.is_from_index:
        return line.text
    return state_pin(entry)


def state_pin(pin: Pin) -> str:
    """Return the requirement that a pin is, without its hashes."""
    extras = f"[{','.join(pin.extras)}]" if pin.extras else ""
    url = pin.path.as_uri() if pin.path else pin.url or (pin.git and str(pin.git))
    return f"{pin.name}{extras} @ {url}" if url else f"{pin.name}{extras}=={pin.version}"


def _read_line(line: RequirementLine, target: Target) -> Pin | _Unpinned | _Problem | None:
    """Return what the line asks for on the target; `None` when its marker leaves it out."""
    unknown = [entry for entry in line.hashes if not _HASH.fullmatch(entry)]
    if unknown:
        return _Problem(line=line, reason=f"has a hash that is not sha256, sha384 or sha512: `{unknown[0]}`")
    path_text, _, marker = line.text.partition("; " if _SCHEME.match(line.text) else ";")
    if _is_path(path_text) or (line.is_editable and not _NAMED_URL.match(path_text)):
        return _read_path(line, path_text.strip(), marker.strip(), target)
    return _read_requirement(line, target)


def _is_path(text: str) -> bool:
    """Tell a path or bare URL from a requirement by what pip tells them by: slashes, dots and endings."""
    if _NAMED_URL.match(text):
        return False
    if _SCHEME.match(text):
        return True
    return "/" in text.partition(";")[0] or text.startswith(".") or text.endswith((".whl", *_SDIST_ENDINGS))


def _read_path(line: RequirementLine, text: str, marker: str, target: Target) -> Pin | _Problem | None:
    try:
        if marker and not standards.is_marker_true(marker, target):
            return None
    except ValueError as error:
        return _Problem(line=line, reason=f"has a marker that cannot be read: {error}")
    text, extras = _split_extras(text)
    if _SCHEME.match(text):
        return _read_url(line, "", extras, text)
    path = line.find(text)
    if path.is_dir():
        return _read_folder(line, "", extras, path)
    if not path.is_file():
        return _Problem(line=line, reason=f"is not there, seen from `{line.folders[0]}`, where pip would run")
    return _read_url(line, "", extras, path.resolve().as_uri())


def _split_extras(text: str) -> tuple[str, tuple[str, ...]]:
    """Split `./name-1.0-py3-none-any.whl[one,two]`."""
    path, bracket, extras = text.removesuffix("]").rpartition("[")
    if not (bracket and text.endswith("]")):
        return text, ()
    return path, tuple(sorted(standards.normalise_name(extra.strip()) for extra in extras.split(",")))


def _read_requirement(line: RequirementLine, target: Target) -> Pin | _Unpinned | _Problem | None:
    try:
        parsed = standards.ParsedRequirement(line.text)
        if parsed.marker and not standards.is_marker_true(parsed.marker, target):
            return None
    except ValueError as error:
        return _Problem(line=line, reason=f"is not a requirement: {str(error).splitlines()[0]}")
    if parsed.url:
        return _read_url(line, parsed.name, parsed.extras, parsed.url)
    if parsed.pinned_version is None:
        return _Unpinned(line=line, name=parsed.name, specifier=parsed.specifier, extras=parsed.extras)
    return Pin(
        name=parsed.name,
        version=parsed.pinned_version,
        hashes=line.hashes,
        extras=parsed.extras,
        origin=line.origin,
    )


def _read_url(line: RequirementLine, name: str, extras: tuple[str, ...], url: str) -> Pin | _Problem:
    """Read `name @ url`, a bare URL, or a path made one; the file's name says the rest."""
    if problem := address_problem(url):
        return _Problem(line=line, reason=f"cannot be fetched: {problem}")
    scheme = urlsplit(url).scheme
    if scheme == "file":
        path = line.find(file_path(url))
        if path.is_dir():
            return _read_folder(line, name, extras, path)
        url = urlunsplit(urlsplit(path.resolve().as_uri())._replace(fragment=urlsplit(url).fragment))
    if is_git_address(url):
        return _read_repository(line, name, extras, url)
    if scheme not in {"https", "http", "file"}:
        reason = "comes from version control that is not git: build a wheel of it with `pip wheel`, name that"
        return _Problem(line=line, reason=reason)
    address, _, fragment = url.partition("#")
    named = _name_and_version(unquote(urlsplit(address).path).rpartition("/")[2])
    found_name, version = named or ("", "")
    if problem := _name_problem(name, found_name):
        return _Problem(line=line, reason=problem)
    digests = tuple(entry.replace("=", ":", 1).lower() for entry in fragment.split("&"))
    return Pin(
        name=name or found_name,
        version=version,
        hashes=line.hashes or tuple(entry for entry in digests if _HASH.fullmatch(entry)),
        url=address,
        extras=extras,
        origin=line.origin,
    )


def _name_problem(name: str, found_name: str) -> str | None:
    """Say what is wrong with the name that a line gives and the one that its file has."""
    if not (name or found_name):
        return "does not say its name: write `name @ URL`"
    is_other = bool(name and found_name) and name != found_name
    return f"is named `{name}`, but its file is one of `{found_name}`" if is_other else None


def _read_repository(line: RequirementLine, name: str, extras: tuple[str, ...], url: str) -> Pin | _Problem:
    source, egg = read_git_address(url)
    if not (name or egg):
        return _Problem(line=line, reason="does not say its name: write `name @ git+URL`")
    name = name or standards.normalise_name(egg)
    return Pin(name=name, version="", hashes=(), git=source, extras=extras, origin=line.origin)


def _read_folder(line: RequirementLine, name: str, extras: tuple[str, ...], folder: Path) -> Pin | _Problem:
    """Read the path of a local project; its own files say its name."""
    if problem := project_problem(folder):
        return _Problem(line=line, reason=f"is no local project: {problem}")
    stated = read_project_name(folder)
    if not (name or stated):
        return _Problem(line=line, reason="does not state its name in its files: write `name @ file:` and its path")
    if name and stated and name != stated:
        return _Problem(line=line, reason=f"is named `{name}`, but its folder is one of `{stated}`")
    # Links stay as they are written, as they may lead to another folder tomorrow.
    path = Path(os.path.abspath(folder))  # noqa: PTH100
    return Pin(name=name or stated or "", version="", hashes=(), path=path, extras=extras, origin=line.origin)


def _name_and_version(filename: str) -> tuple[str, str] | None:
    if filename.endswith(".whl"):
        return standards.wheel_name_and_version(filename)
    ending = next((ending for ending in _SDIST_ENDINGS if filename.endswith(ending)), None)
    name, dash, version = filename.removesuffix(ending or "").rpartition("-")
    # The archive of a code host is `v1.2.zip` or `main.zip`: it has no name, and its version is known once it is built.
    return (standards.normalise_name(name), version) if ending and dash and version[:1].isdigit() else None


def _pin_all(asked: list[Pin | _Unpinned], constraints: list[Pin], name: str) -> list[Pin]:
    """Return pins alone: an unpinned requirement takes the version of its constraint, if there is one."""
    constraint_by_name = {pin.name: pin for pin in constraints}
    pinned_names = {entry.name for entry in asked if isinstance(entry, Pin)}
    pins, loose = [], []
    for entry in asked:
        if isinstance(entry, Pin):
            pins.append(entry)
        elif constraint := constraint_by_name.get(entry.name):
            hashes = entry.line.hashes or constraint.hashes
            pins.append(replace(constraint, hashes=hashes, extras=entry.extras, origin=entry.line.origin))
        elif entry.name not in pinned_names:
            loose.append(f"not pinned: `{entry.line.text}` at {entry.line.origin}")
    if loose:
        raise UnpinnedRequirementError(tuple(loose), name)
    return pins


def _one_per_name(pins: list[Pin], constraints: list[Pin]) -> tuple[Pin, ...]:
    """Merge what several lines say about one name; two versions are an error."""
    merged: dict[str, Pin] = {}
    for pin in pins:
        merged[pin.name] = _merge(merged[pin.name], pin) if pin.name in merged else pin
    for constraint in constraints:
        if constraint.name in merged:
            _merge(merged[constraint.name], constraint)
    return tuple(merged[name] for name in sorted(merged))


def _merge(one: Pin, other: Pin) -> Pin:
    if (one.path, one.git) != (other.path, other.git):
        raise PinConflictError(one.name, ((_place(one), one.origin), (_place(other), other.origin)))
    if one.url != other.url and one.url and other.url:
        raise PinConflictError(one.name, ((one.url, one.origin), (other.url, other.origin)))
    if not standards.is_same_version(one.version, other.version):
        raise PinConflictError(one.name, ((one.version, one.origin), (other.version, other.origin)))
    return replace(
        one,
        url=one.url or other.url,
        hashes=tuple(dict.fromkeys((*one.hashes, *other.hashes))),
        extras=tuple(sorted({*one.extras, *other.extras})),
    )


def _place(pin: Pin) -> str:
    return public_address(str(pin.path or pin.git or pin.url or pin.version))

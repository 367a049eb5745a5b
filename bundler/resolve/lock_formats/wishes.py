"""What is asked of a lock, and the parts that its formats have in common."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler import standards
from bundler.errors import LockFormatError, LockSourceError, LockTargetError, UnknownGroupError
from bundler.model.paths import show_path
from bundler.model.project import Target
from bundler.model.wheels import GitSource, Pin

_SHORT_SSH = re.compile(r"([\w.-]+@[\w.-]+):(?!/)(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """For what a lock is read."""

    path: Path
    target: Target
    groups: frozenset[str]
    extras: frozenset[str]
    root: Path
    """The folder of the project that is built, which a lock for several projects has to have."""
    folder: Path
    """Where pip would run."""

    @property
    def shown(self) -> str:
        """What the lock is called in messages."""
        return show_path(self.path, self.folder)

    def is_true(self, marker: str | None, extras: Collection[str] = (), groups: Collection[str] = ()) -> bool:
        """Answer a marker for the target; none at all is true."""
        try:
            return not marker or standards.is_lock_marker_true(marker, self.target, extras=extras, groups=groups)
        except ValueError as error:
            raise LockFormatError(self.shown, f"the marker `{marker}` cannot be read") from error

    def check_version(self, version: object, *known: str) -> None:
        """Raise for a version of the format that is not known: a new second number only adds to it."""
        if str(version).split(".")[0] not in known:
            raise LockFormatError(self.shown, f"its version is {version}, known is {' and '.join(known)}")

    def check_python(self, requires_python: Iterable[str]) -> None:
        """Raise where the lock is made for other Pythons alone, given as specifiers of which one has to hold."""
        specifiers = [specifier for specifier in requires_python if specifier]
        if specifiers and not any(standards.is_python_allowed(one, self.target) for one in specifiers):
            raise LockTargetError(self.shown, str(self.target), f"Python {' or '.join(specifiers)}")

    def check_platform(self, markers: Iterable[str]) -> None:
        """Raise where the lock is made for other systems alone, given as markers of which one has to hold."""
        markers = tuple(markers)
        if markers and not any(self.is_true(marker) for marker in markers):
            raise LockTargetError(self.shown, str(self.target), " or ".join(markers))

    def demand(self, kind: str, wanted: Collection[str], known: Collection[str]) -> None:
        """Raise `UnknownGroupError` for groups or extras that are not there."""
        if unknown := sorted(set(wanted) - set(known)):
            raise UnknownGroupError(kind, tuple(unknown), self.shown, tuple(sorted(known)))

    def pin(self, name: str, version: str, hashes: Iterable[str], **parts: Any) -> Pin:  # noqa: ANN401 - a pin's own fields
        """Return a pin of this lock."""
        known = tuple(dict.fromkeys(entry for entry in hashes if entry))
        return Pin(name=standards.normalise_name(name), version=version, hashes=known, origin=self.shown, **parts)

    def local_pin(self, name: str, version: str, path: str, **parts: Any) -> Pin:  # noqa: ANN401 - a pin's own fields
        """Return a pin of a folder beside the lock."""
        return self.pin(name, version, (), path=(self.path.parent / path).resolve(), **parts)

    def project_pins(self, project: Mapping[str, Any], *, is_package: bool) -> Iterator[Pin]:
        """Yield a pin of the project itself, which its lock does not name, where it is a package that can be built."""
        own = (project.get("project", {}), project.get("tool", {}).get("poetry", {}))
        name = next((table["name"] for table in own if "name" in table), None)
        if name and is_package and "build-system" in project:
            yield self.local_pin(name, "", ".")

    def git_pin(self, name: str, url: str, revision: str, subdirectory: str | None, **parts: Any) -> Pin:  # noqa: ANN401 - a pin's own fields
        """Return a pin of a commit in a git repository; what its build gives has the version."""
        # Some write the address as git's command does, `git@host:repository`.
        if (short := _SHORT_SSH.fullmatch(url)) and "://" not in url:
            url = f"ssh://{short[1]}/{short[2]}"
        source = GitSource(url=url.removeprefix("git+"), revision=revision, subdirectory=subdirectory or "")
        return self.pin(name, "", (), git=source, **parts)

    def refuse_source(self, name: str, source: str) -> LockSourceError:
        """Return the error for a distribution that is neither in an index nor at an address."""
        return LockSourceError(name, source, self.shown)


def one_per_name(pins: Iterable[Pin], wishes: Wishes) -> list[Pin]:
    """Return the pins without doubles; two versions of one name are an error.

    The project itself is own code, no package, unless only an install makes it importable.
    """
    found: dict[str, Pin] = {}
    for pin in pins:
        is_project = pin.path in {wishes.path.parent.resolve(), wishes.root.resolve()}
        if pin.path and is_project and not has_src_layout(pin.path):
            continue
        other = found.setdefault(pin.name, pin)
        if other.version != pin.version:
            message = f"both {other} and {pin} hold for one target"
            raise LockFormatError(wishes.shown, message)
        found[pin.name] = replace(other, extras=tuple(sorted(names_of((*other.extras, *pin.extras)))))
    return list(found.values())


def has_src_layout(folder: Path) -> bool:
    """Tell whether a project keeps its modules in a folder of their own, from which an install takes them."""
    return next((folder / "src").rglob("*.py"), None) is not None


def names_of(values: Iterable[str]) -> frozenset[str]:
    """Return names as PEP 503 and PEP 735 normalise them."""
    return frozenset(standards.normalise_name(value) for value in values)


def hashes_of(files: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the hashes of a list of files."""
    return [file["hash"] for file in files if file.get("hash")]

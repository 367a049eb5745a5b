"""poetry.lock: a list with groups and markers since Poetry 2, before that a graph to be walked from pyproject.toml.

Source: https://python-poetry.org/docs/basic-usage/#installing-dependencies and the locks that Poetry 1 and 2 write.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bundler import standards
from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, hashes_of, names_of, one_per_name

_MAIN = "main"
_Package = Mapping[str, Any]
_PARTS = re.compile(r"\d+")


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:
    """Return the pins that the project needs."""
    packages, metadata = document.get("package", []), document["metadata"]
    wishes.check_version(metadata["lock-version"], "1", "2")
    wishes.check_python(_standard_specifier(one) for one in metadata.get("python-versions", "").split("||"))
    files = metadata.get("files", {})
    has_groups = any("groups" in package for package in packages) or not packages
    chosen = _by_groups(packages, document, wishes) if has_groups else _Walk(document, project, wishes).walk()
    pins = (_pin(package, files, wishes) for package in chosen)
    is_package = project.get("tool", {}).get("poetry", {}).get("package-mode", True)
    return one_per_name((*pins, *wishes.project_pins(project, is_package=is_package)), wishes)


def _by_groups(packages: list[_Package], document: Mapping[str, Any], wishes: Wishes) -> Iterator[_Package]:
    """Poetry 2 has answered for every package to which groups it belongs, and on which platforms."""
    known = {group for package in packages for group in package["groups"]} - {_MAIN}
    wishes.demand("group", names_of(wishes.groups), names_of(known))
    extras = document.get("extras", {})
    wishes.demand("extra", names_of(wishes.extras), names_of(extras))
    optional = names_of(name.split()[0] for extra in wishes.extras for name in extras.get(extra, ()))
    wanted = {_MAIN, *names_of(wishes.groups)}
    for package in packages:
        groups = [group for group in package["groups"] if group == _MAIN or standards.normalise_name(group) in wanted]
        markers = package.get("markers")
        texts = [markers.get(group) for group in groups] if isinstance(markers, dict) else [markers]
        is_wanted = (
            not package.get("optional")
            or standards.normalise_name(package["name"]) in optional
            or bool(set(groups) - {_MAIN})
            or bool(markers and wishes.extras)
        )
        if groups and is_wanted and any(wishes.is_true(text, wishes.extras) for text in texts):
            yield package


def read_wanted(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> Iterator[tuple[str, str]]:
    """Return what the project's settings ask for on the target, as names and Poetry's own specifiers."""
    return ((name, specifier) for name, specifier, _ in _Walk(document, project, wishes).roots())


def is_admitted(version: str, specifier: str) -> bool:
    """Tell whether a version is one that a specifier of Poetry's admits; one that is not known is taken to."""
    return any(standards.is_version_allowed(version, _standard_specifier(one)) for one in specifier.split("||"))


class _Walk:
    """Follow the dependencies of an older lock, which lists those of all groups alike."""

    def __init__(self, document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> None:
        self._wishes = wishes
        self._project = project
        self._extras = document.get("extras", {})
        self._packages: dict[str, list[_Package]] = {}
        for package in document.get("package", ()):
            self._packages.setdefault(standards.normalise_name(package["name"]), []).append(package)

    def walk(self) -> Iterator[_Package]:
        self._wishes.demand("group", names_of(self._wishes.groups), self._groups())
        self._wishes.demand("extra", names_of(self._wishes.extras), names_of(self._extras))
        pending = list(self.roots())
        seen: set[tuple[str, str, str]] = set()
        while pending:
            name, specifier, extra = pending.pop()
            package = self._choose(name, specifier)
            if (name, package["version"], extra) in seen:
                continue
            seen.add((name, package["version"], extra))
            yield package
            wanted = names_of(text.split()[0].split("(")[0].split("[")[0] for text in _extra_of(package, extra))
            for dependency, value in package.get("dependencies", {}).items():
                for part in value if isinstance(value, list) else [value]:
                    table = part if isinstance(part, dict) else {"version": part}
                    is_asked = not table.get("optional") or standards.normalise_name(dependency) in wanted
                    if is_asked and self._wishes.is_true(table.get("markers"), (extra,)):
                        pending.extend(_entries(dependency, table))

    def roots(self) -> Iterator[tuple[str, str, str]]:
        """Return what the project asks for, each with one of the extras it is asked for with."""
        poetry, groups = self._project.get("tool", {}).get("poetry", {}), self._groups()
        optional = names_of(name.split()[0] for extra in self._wishes.extras for name in self._extras.get(extra, ()))
        tables = [poetry.get("dependencies", {})]
        tables.extend(
            groups[name].get("dependencies", {}) for name in sorted(names_of(self._wishes.groups) & {*groups})
        )
        for text in self._project.get("project", {}).get("dependencies", ()):
            parsed = standards.ParsedRequirement(text)
            if self._wishes.is_true(parsed.marker):
                yield from _entries(parsed.name, {"extras": list(parsed.extras)})
        for name, value in ((name, value) for table in tables for name, value in table.items() if name != "python"):
            for part in value if isinstance(value, list) else [value]:
                table = part if isinstance(part, dict) else {"version": part}
                is_asked = not table.get("optional") or standards.normalise_name(name) in optional
                if is_asked and self._is_meant(table):
                    yield from _entries(name, table)

    def _groups(self) -> dict[str, Mapping[str, Any]]:
        poetry = self._project.get("tool", {}).get("poetry", {})
        groups = {standards.normalise_name(name): group for name, group in poetry.get("group", {}).items()}
        if "dev-dependencies" in poetry:
            groups.setdefault("dev", {"dependencies": poetry["dev-dependencies"]})
        return groups

    def _is_meant(self, table: Mapping[str, Any]) -> bool:
        python = table.get("python")
        is_for_python = python is None or standards.is_python_allowed(_standard_specifier(python), self._wishes.target)
        is_for_platform = table.get("platform") in {None, "linux"}
        return is_for_python and is_for_platform and self._wishes.is_true(table.get("markers"))

    def _choose(self, name: str, specifier: str) -> _Package:
        """Return the package of a name; where there are several, the newest that the dependency and target admit."""
        packages = self._packages.get(name, [])
        if not packages:
            raise LockFormatError(self._wishes.shown, f"it has no package `{name}`")
        if len(packages) == 1:
            return packages[0]
        fitting = [
            package
            for package in packages
            if standards.is_python_allowed(_standard_specifier(package.get("python-versions", "")), self._wishes.target)
            and is_admitted(package["version"], specifier)
        ]
        versions = standards.sort_versions(package["version"] for package in fitting or packages)
        return next(package for package in packages if package["version"] == versions[-1])


def _entries(name: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    normalised, specifier = standards.normalise_name(name), str(table.get("version", "*"))
    yield normalised, specifier, ""
    for extra in table.get("extras", ()):
        yield normalised, specifier, extra


def _extra_of(package: _Package, extra: str) -> Iterable[str]:
    extras = {standards.normalise_name(name): names for name, names in package.get("extras", {}).items()}
    return extras.get(standards.normalise_name(extra), ()) if extra else ()


def _standard_specifier(text: str) -> str:
    """Bring Poetry's `^1.2`, `~1.2` and `*` to what PEP 440 knows."""
    return ",".join(_standard_part(part.strip()) for part in text.split(",") if part.strip() not in {"", "*"})


def _standard_part(text: str) -> str:
    if text[:1] not in {"^", "~"} or text.startswith("~="):
        return f"=={text}" if text[:1].isdigit() else text.replace(" ", "")
    numbers = [int(part) for part in _PARTS.findall(text)]
    first = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    kept = first if text[0] == "^" else min(1, len(numbers) - 1)
    upper = [*numbers[:kept], numbers[kept] + 1]
    return f">={text.lstrip('^~ ')},<{'.'.join(map(str, upper))}"


def _pin(package: _Package, files: Mapping[str, Any], wishes: Wishes) -> Pin:
    name, version, source = package["name"], package["version"], package.get("source", {})
    hashes = hashes_of(package.get("files") or files.get(name, ()))
    match source.get("type"):
        case None | "legacy":
            if not hashes:
                raise LockFormatError(wishes.shown, f"`{name}` has no files")
            return wishes.pin(name, version, hashes, index=source.get("url"))
        case "url":
            return wishes.pin(name, version, hashes, url=source["url"])
        case "file":
            return wishes.pin(name, version, hashes, url=(wishes.path.parent / source["url"]).resolve().as_uri())
        case "directory":
            return wishes.local_pin(name, version, source["url"])
        case "git":
            commit = source.get("resolved_reference") or source.get("reference", "")
            return wishes.git_pin(name, source["url"], commit, source.get("subdirectory"))
        case _:
            raise wishes.refuse_source(name, source.get("url", ""))

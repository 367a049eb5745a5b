"""uv.lock: a graph for every platform, walked from the project for one target.

Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile and the locks that uv writes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bundler import standards
from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, hashes_of, names_of, one_per_name

_FORM = 1
_Package = Mapping[str, Any]


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:
    """Return the pins that the project needs."""
    if document.get("version") != _FORM:
        raise LockFormatError(wishes.path.name, f"its version is {document.get('version')}, known is {_FORM}")
    return one_per_name(_Walk(document, project, wishes).walk(), wishes.path)


class _Walk:
    def __init__(self, document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> None:
        self._wishes = wishes
        self._packages: dict[str, list[_Package]] = {}
        for package in document.get("package", ()):
            self._packages.setdefault(package["name"], []).append(package)
        self._roots = list(self._find_roots(project))

    def _find_roots(self, project: Mapping[str, Any]) -> Iterator[_Package]:
        """The project is the package in the lock's own folder; a workspace without one needs what its members need."""
        local = [
            package for packages in self._packages.values() for package in packages if _folder(package) is not None
        ]
        name = project.get("project", {}).get("name")
        named = [package for package in local if name and package["name"] == standards.normalise_name(name)]
        here = [package for package in local if _folder(package) == "."]
        yield from named or here or local

    def walk(self) -> Iterator[Pin]:
        wishes = self._wishes
        pending: list[tuple[_Package, str]] = [(root, "") for root in self._roots]
        for kind, wanted, key in (
            ("extra", wishes.extras, "optional-dependencies"),
            ("group", wishes.groups, "dev-dependencies"),
        ):
            known = {name for root in self._roots for name in root.get(key, {})}
            wishes.demand(kind, names_of(wanted), names_of(known))
            pending.extend(
                found
                for root in self._roots
                for name, dependencies in root.get(key, {}).items()
                if standards.normalise_name(name) in names_of(wanted)
                for found in self._follow(dependencies)
            )
        seen: set[tuple[str, str, str]] = set()
        while pending:
            package, extra = pending.pop()
            key_of = (package["name"], package.get("version", ""), extra)
            if key_of in seen:
                continue
            seen.add(key_of)
            if package not in self._roots:
                yield self._pin(package)
            dependencies = package.get("optional-dependencies", {}).get(extra, ()) if extra else ()
            pending.extend(self._follow(dependencies or (package.get("dependencies", ()) if not extra else ())))

    def _follow(self, dependencies: Iterable[Mapping[str, Any]]) -> Iterator[tuple[_Package, str]]:
        for dependency in dependencies:
            if self._wishes.is_true(dependency.get("marker"), self._wishes.extras):
                package = self._choose(dependency)
                yield package, ""
                for extra in dependency.get("extra", ()):
                    yield package, extra

    def _choose(self, dependency: Mapping[str, Any]) -> _Package:
        """Return the package that a dependency means; where there are several it says which."""
        packages = self._packages.get(dependency["name"], [])
        fitting = [
            package
            for package in packages
            if dependency.get("version") in {None, package.get("version")}
            and dependency.get("source") in (None, package.get("source"))
        ]
        by_marker = [package for package in fitting if self._holds(package)]
        chosen = by_marker or fitting
        if not chosen:
            raise LockFormatError(self._wishes.path.name, f"it has no package `{dependency['name']}`")
        return chosen[0]

    def _holds(self, package: _Package) -> bool:
        markers = package.get("resolution-markers", ())
        return not markers or any(self._wishes.is_true(marker) for marker in markers)

    def _pin(self, package: _Package) -> Pin:
        wishes, name, version = self._wishes, package["name"], package.get("version", "")
        source = package.get("source", {})
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        folder = _folder(package)
        if folder is not None:
            return wishes.local_pin(name, version, folder)
        if "git" in source:
            raise wishes.refuse_source(name, source["git"])
        if "url" in source:
            return wishes.pin(name, version, hashes_of(files), url=source["url"])
        if "path" in source:
            path = (wishes.path.parent / source["path"]).resolve()
            return wishes.pin(name, version, hashes_of(files), url=path.as_uri())
        return wishes.pin(name, version, hashes_of(files))


def _folder(package: _Package) -> str | None:
    source = package.get("source", {})
    return next((source[kind] for kind in ("virtual", "editable", "directory") if kind in source), None)

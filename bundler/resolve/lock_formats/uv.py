"""uv.lock: a graph for every platform, walked from the project for one target.

Source: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile and the locks that uv writes.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from bundler import standards
from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, has_src_layout, hashes_of, names_of, one_per_name

_FORM = "1"
_Package = Mapping[str, Any]


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:
    """Return the pins that the project needs."""
    wishes.check_version(document.get("version"), _FORM)
    # uv leaves out of markers what follows from these two: for other targets they would be answered wrongly.
    wishes.check_python([document.get("requires-python", "")])
    wishes.check_platform(document.get("supported-markers", ()))
    return one_per_name(_Walk(document, project, wishes).walk(), wishes)


class _Walk:
    def __init__(self, document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> None:
        self._wishes = wishes
        self._packages: dict[str, list[_Package]] = {}
        for package in document.get("package", ()):
            self._packages.setdefault(package["name"], []).append(package)
        self._roots = self._find_roots(project)
        self._chosen = frozenset(name for root in self._roots for name in _conflict_names(root, wishes))

    def _find_roots(self, project: Mapping[str, Any]) -> list[_Package]:
        """Return the project that holds the folder that is built; a workspace without one needs what its members do."""
        lock_folder = self._wishes.path.parent
        local = [
            (package, (lock_folder / folder).resolve())
            for packages in self._packages.values()
            for package in packages
            if (folder := _folder(package)) is not None
        ]
        root = self._wishes.root.resolve()
        for parent in (root, *root.parents):
            if here := [package for package, its_folder in local if its_folder == parent]:
                return here
        name = project.get("project", {}).get("name")
        named = [package for package, _ in local if name and package["name"] == standards.normalise_name(name)]
        return named or [package for package, _ in local]

    def walk(self) -> Iterator[Pin]:
        wishes = self._wishes
        pending: list[tuple[_Package, tuple[str, ...]]] = [(root, ()) for root in self._roots]
        for kind, wanted, key, declared in (
            ("extra", wishes.extras, "optional-dependencies", "provides-extras"),
            ("group", wishes.groups, "dev-dependencies", "requires-dev"),
        ):
            # One without dependencies is only declared.
            tables = ((root.get(key, {}), root.get("metadata", {}).get(declared, ())) for root in self._roots)
            known = {name for table, names in tables for name in (*table, *names)}
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
            package, extras = pending.pop()
            if "virtual" not in package.get("source", {}) and (
                package not in self._roots or self._is_laid_out(package)
            ):
                yield self._pin(package, extras)
            for extra in ("", *extras):
                step = (package["name"], package.get("version", ""), extra)
                if step not in seen:
                    seen.add(step)
                    optional = package.get("optional-dependencies", {}).get(extra, ())
                    pending.extend(self._follow(optional if extra else package.get("dependencies", ())))

    def _is_laid_out(self, root: _Package) -> bool:
        """Tell whether a project is own code that only an install makes importable."""
        return has_src_layout(self._wishes.path.parent / (_folder(root) or ""))

    def _follow(self, dependencies: Iterable[Mapping[str, Any]]) -> Iterator[tuple[_Package, tuple[str, ...]]]:
        for dependency in dependencies:
            if self._wishes.is_true(dependency.get("marker"), self._chosen):
                yield self._choose(dependency), tuple(dependency.get("extra", ()))

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
            raise LockFormatError(self._wishes.shown, f"it has no package `{dependency['name']}`")
        return chosen[0]

    def _holds(self, package: _Package) -> bool:
        markers = package.get("resolution-markers", ())
        return not markers or any(self._wishes.is_true(marker) for marker in markers)

    def _pin(self, package: _Package, extras: tuple[str, ...]) -> Pin:
        wishes, name, version = self._wishes, package["name"], package.get("version", "")
        source = package.get("source", {})
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        folder = _folder(package)
        if folder is not None:
            return wishes.local_pin(name, version, folder, extras=extras)
        if "git" in source:
            return _git_pin(name, source["git"], extras, wishes)
        if "url" in source:
            return wishes.pin(name, version, hashes_of(files), url=source["url"], extras=extras)
        if "path" in source:
            path = (wishes.path.parent / source["path"]).resolve()
            return wishes.pin(name, version, hashes_of(files), url=path.as_uri(), extras=extras)
        if not files:
            raise LockFormatError(wishes.shown, f"`{name}` has no files")
        index = source["registry"]
        if "://" not in index:
            index = (wishes.path.parent / index).resolve().as_uri()
        return wishes.pin(name, version, hashes_of(files), index=index, extras=extras)


def _git_pin(name: str, address: str, extras: tuple[str, ...], wishes: Wishes) -> Pin:
    """Read `https://host/repository?subdirectory=folder#commit`."""
    parts = urlsplit(address)
    subdirectory = parse_qs(parts.query).get("subdirectory", [""])[0]
    url = urlunsplit(parts._replace(query="", fragment=""))
    return wishes.git_pin(name, url, parts.fragment, subdirectory, extras=extras)


def _conflict_names(root: _Package, wishes: Wishes) -> Iterator[str]:
    """Return what uv's markers call the wanted extras and groups of a project that has some which exclude others."""
    name = f"{len(root['name'])}-{root['name']}"
    yield f"project-{name}"
    yield from (f"extra-{name}-{extra}" for extra in names_of(wishes.extras))
    yield from (f"group-{name}-{group}" for group in names_of(wishes.groups))


def _folder(package: _Package) -> str | None:
    source = package.get("source", {})
    return next((source[kind] for kind in ("virtual", "editable", "directory") if kind in source), None)

"""The baseline: what every function weighs, small and sorted, made to be committed and merged."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bundler.model.metafile import Metafile
from bundler.model.report import FunctionSize, PackageSize, Sizes, Sources, Way
from bundler.model.wheels import OWN_CODE
from bundler.records import to_record
from bundler.report.sources import find_ways, join_sources, join_ways, read_sources

BASELINE_SCHEMA = "lbundle-sizes/1"
_DEEPEST = 3
"""The file, its functions, a function and its packages spread over lines; a package stands on one."""


def measure_sizes(metafiles: Iterable[Metafile]) -> Sizes:
    """Return what a baseline keeps of metafiles."""
    return {metafile.function: _measure(metafile) for metafile in metafiles}


def write_baseline(sizes: Sizes) -> str:
    """Return a baseline's text: one line for each package and file, so that merges meet seldom."""
    sources = join_sources(function.sources for function in sizes.values())
    files = {path for function in sizes.values() for path in function.own_files}
    document = {
        "schema": BASELINE_SCHEMA,
        "lbundle": sources.lbundle,
        "functions": {name: _to_json(function) for name, function in sizes.items()},
        "locked": _write_known(sources.packages, sources.packages),
        "unshipped": _write_known(sources.own_files, sources.own_files.keys() - files),
    }
    return _render(document, 0) + "\n"


def _write_known(table: Mapping[str, frozenset[str]], names: Iterable[str]) -> dict[str, object]:
    """Return what is known of some names: one text each, or several where functions differ."""
    return {name: sorted(table[name]) if len(table[name]) > 1 else next(iter(table[name])) for name in names}


def _render(value: object, depth: int) -> str:
    if not isinstance(value, dict) or not value or depth > _DEEPEST:
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    lines = (
        f"{' ' * depth} {json.dumps(key, ensure_ascii=False)}: {_render(value[key], depth + 1)}"
        for key in sorted(value)
    )
    return "{\n" + ",\n".join(lines) + f"\n{' ' * depth}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A package as a baseline has it."""

    version: str
    zip: int
    import_: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Function:
    """A function as a baseline has it."""

    zip: int
    unzipped: int
    settings: Mapping[str, str]
    packages: Mapping[str, _Package]
    files: Mapping[str, int]
    digests: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A whole baseline; the first ones told nothing of their sources."""

    schema: str
    functions: Mapping[str, _Function]
    lbundle: str = ""
    locked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """All packages that functions are built from, whether they ship or not."""
    unshipped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Digests of own code that ships nowhere."""


def read_baseline(document: object) -> Sizes:
    """Return what a baseline's JSON holds; `ValueError` when it is none of ours."""
    baseline = to_record(_Document, document)
    if baseline.schema != BASELINE_SCHEMA:
        raise ValueError(baseline.schema)
    functions = {name: _size_of(function) for name, function in baseline.functions.items()}
    known = join_sources(
        (Sources(own_files=baseline.unshipped), *(function.sources for function in functions.values()))
    )
    sources = replace(known, lbundle=baseline.lbundle, packages=baseline.locked or known.packages)
    return {name: replace(function, sources=sources) for name, function in functions.items()}


def _measure(metafile: Metafile) -> FunctionSize:
    entries = _find_entries(metafile)
    ways = find_ways(metafile)
    ways_by_owner: dict[str, list[Way]] = {}
    own: dict[str, int] = {}
    for file in metafile.files:
        ways_by_owner.setdefault(file.owner, []).append(ways[file.origin])
        if file.owner == OWN_CODE:
            own[file.origin] = own.get(file.origin, 0) + file.zipped
    packages = {}
    for package in metafile.packages:
        if package.name != OWN_CODE:
            path, line, module = entries.get(package.name, ("", 0, ""))
            packages[package.name] = PackageSize(
                version=package.version,
                zipped_bytes=package.zipped,
                path=path,
                line=line,
                module=module,
                way=join_ways(ways_by_owner.get(package.name, [])),
            )
    settings = {name: getattr(metafile, name) for name in ("runtime", "architecture", "handler")}
    return FunctionSize(
        zip_bytes=metafile.zip.bytes,
        unzipped_bytes=metafile.zip.unzipped_bytes,
        settings={**settings, **metafile.settings},
        packages=packages,
        own_files=own,
        ways={path: ways[path] for path in own},
        sources=read_sources(metafile),
    )


def _find_entries(metafile: Metafile) -> dict[str, tuple[str, int, str]]:
    """Return the line of own code that leads to each package, as the chain of causes tells."""
    files = {file.origin: file for file in metafile.files}
    entries: dict[str, tuple[str, int, str]] = {}
    for file in metafile.files:
        if file.owner == OWN_CODE or file.owner in entries:
            continue
        seen = set()
        cause = file.cause
        while cause.source in files and cause.source not in seen:
            source = files[cause.source]
            if source.owner == OWN_CODE:
                entries[file.owner] = (cause.source, cause.line, cause.name)
                break
            seen.add(cause.source)
            cause = source.cause
    return entries


def _to_json(function: FunctionSize) -> dict[str, object]:
    packages = {}
    for name, package in function.packages.items():
        packages[name] = {"version": package.version, "zip": package.zipped_bytes}
        if package.path:
            packages[name]["import"] = f"{package.path}:{package.line} {package.module}"
    return {
        "zip": function.zip_bytes,
        "unzipped": function.unzipped_bytes,
        "settings": dict(function.settings),
        "packages": packages,
        "files": dict(function.own_files),
        "digests": _write_known(function.sources.own_files, function.own_files.keys() & function.sources.own_files),
    }


def _size_of(function: _Function) -> FunctionSize:
    known = function.packages.items()
    return FunctionSize(
        zip_bytes=function.zip,
        unzipped_bytes=function.unzipped,
        settings=function.settings,
        packages={name: _package_of(package) for name, package in known},
        own_files=function.files,
        sources=Sources(
            packages={name: frozenset([package.version]) for name, package in known},
            own_files=function.digests,
        ),
    )


def _package_of(package: _Package) -> PackageSize:
    place, _, module = package.import_.partition(" ")
    path, _, line = place.rpartition(":")
    return PackageSize(version=package.version, zipped_bytes=package.zip, path=path, line=int(line or 0), module=module)

"""Wheels and own code → `Site`: the site-packages a full install would make, laid out without unpacking anything."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler.model.project import NO_DEPLOYMENT, Deployment, Target
from bundler.model.wheels import Distribution, LayerContents, NarrowNeed, Site, SiteFile, Wheel
from bundler.resolve.clashes import settle_clashes
from bundler.resolve.own_code import NO_CODE, read_own_code
from bundler.resolve.wheel_contents import Need, WheelContents, read_wheel_contents
from bundler.resolve.wheel_machine import hold_machine
from bundler.runtimes import preinstalled_versions
from bundler.standards import is_version_allowed
from bundler.system.files import read_site_file

_CODE_ENDINGS = (".py", ".pyc", ".so", ".pth")
_MOST_SHOWN = 3


def gather_site(  # noqa: PLR0913 - one parameter for each kind of thing that is laid out
    wheels: tuple[Wheel, ...],
    own_root: Path | None,
    target: Target,
    *,
    ignore: tuple[Path, ...],
    layers: tuple[LayerContents, ...] = (),
    deployment: Deployment = NO_DEPLOYMENT,
    entered: frozenset[str] = frozenset(),
) -> Site:
    """Lay the files of wheels, layers and the project over each other; own files hide a wheel's.

    `ignore` are folders of the project that are not its code, such as the one that zips are written to, and
    `deployment` says how it is built; folders whose names are `entered` count though they seem junk. What a layer
    brings takes the place of the same package's wheel; `clashes` of
    the site are paths that several distributions bring with different content.
    """
    contents = {wheel.pin.name: read_wheel_contents(wheel, target) for wheel in wheels}
    layered = {path: file for layer in layers for path, file in layer.files.items()}
    left = {wheel.pin.name for wheel in wheels if _is_brought(contents[wheel.pin.name], layered)}
    wheels = tuple(wheel for wheel in wheels if wheel.pin.name not in left)
    files: dict[str, SiteFile] = {}
    rivals: dict[str, list[SiteFile]] = {}
    warnings = [*_built_from_source(wheels), *_yanked(wheels)]
    for wheel in wheels:
        _lay(wheel, contents[wheel.pin.name], files, rivals)
        warnings += _doubts(wheel, contents[wheel.pin.name], target)
    in_layers = {distribution.name: distribution for layer in layers for distribution in layer.distributions}
    distributions = (*_distributions(wheels, contents, target), *in_layers.values())
    settled = {file.path: (file, clash) for file, clash in settle_clashes(rivals, distributions)}
    files |= {path: file for path, (file, _) in settled.items()}
    files |= layered
    own = NO_CODE
    if own_root is not None:
        own = read_own_code(own_root, ignore=ignore, deployment=deployment, entered=entered)
        warnings += [*own.warnings, *_hidden(own.files, files)]
        files |= {file.path: file for file in own.files}
    warnings += [*_differ_by_case(files), *_missing_needs(distributions, target, left)]
    brought = {*(distribution.name for distribution in distributions), *left}
    missing = {name for distribution in distributions for name in distribution.requires} - brought
    return Site(
        files=files,
        distributions=distributions,
        warnings=tuple(warnings),
        layers=layers,
        held_back=own.held_back,
        app_folders=own.app_folders,
        missing=tuple(sorted(missing)),
        clashes={path: clash for path, (_, clash) in settled.items()},
    )


def _is_brought(contents: WheelContents, layered: Mapping[str, SiteFile]) -> bool:
    """Tell whether a layer that says nothing of distributions has the top-level modules of this one all the same."""
    return any(
        path in layered
        for path, *_ in contents.files
        if path.endswith(_CODE_ENDINGS) and path.removesuffix("/__init__.py").count("/") == 0
    )


def _built_from_source(wheels: Iterable[Wheel]) -> Iterator[str]:
    if built := [f"{wheel.pin.name} {wheel.pin.version}" for wheel in wheels if wheel.is_built]:
        one = "its build code" if len(built) == 1 else "their build code"
        yield f"built from source: {_shorten(built)}; that runs {one} on this machine, `only-binary` forbids it"
    yield from (f"`{wheel.pin.name}` {wheel.doubt}" for wheel in wheels if wheel.doubt)


def _yanked(wheels: Iterable[Wheel]) -> Iterator[str]:
    for wheel in wheels:
        if wheel.yanked is not None:
            reason = f": {wheel.yanked}" if wheel.yanked else ""
            yield f"`{wheel.pin}` is withdrawn from its index, and used as the lock asks for it{reason}"


def _doubts(wheel: Wheel, contents: WheelContents, target: Target) -> Iterator[str]:
    yield from hold_machine(wheel, contents, target)
    if contents.unlisted:
        yield f"`{wheel.path.name}` does not list in its `RECORD`: {_shorten(contents.unlisted)}"


def _lay(wheel: Wheel, contents: WheelContents, files: dict[str, SiteFile], rivals: dict[str, list[SiteFile]]) -> None:
    """Add a wheel's files to those laid before it; `rivals` gets those with other content than theirs."""
    owner, path_of_wheel, sha256 = wheel.pin.name, wheel.path, wheel.sha256
    for path, size_bytes, crc, member in contents.files:
        file = SiteFile(
            path=path,
            owner=owner,
            size_bytes=size_bytes,
            crc=crc,
            container=path_of_wheel,
            container_sha256=sha256,
            member=member,
            is_local=wheel.pin.path is not None,
        )
        # One look-up for the common case, that the path is new.
        earlier = files.setdefault(path, file)
        if earlier is not file and (earlier.crc, earlier.size_bytes) != (crc, size_bytes):
            rivals.setdefault(path, [earlier]).append(file)


def _hidden(own_files: tuple[SiteFile, ...], files: Mapping[str, SiteFile]) -> Iterator[str]:
    hidden: defaultdict[str, list[str]] = defaultdict(list)
    for file in own_files:
        if file.path in files and not _is_same(file, files[file.path]):
            hidden[files[file.path].owner].append(file.path)
    for owner, paths in hidden.items():
        yield f"own files hide those of `{owner}`: {_shorten(paths)}"


def _is_same(own: SiteFile, other: SiteFile) -> bool:
    """Tell whether an own file is what a wheel brings, as where a lock names the project itself."""
    return own.size_bytes == other.size_bytes and zlib.crc32(read_site_file(own)) == other.crc


def _differ_by_case(files: Mapping[str, SiteFile]) -> Iterator[str]:
    if len({path.lower() for path in files}) == len(files):
        return
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for path in files:
        alike[path.lower()].append(path)
    for paths in alike.values():
        if len(paths) > 1:
            yield f"names differ only by case, so they cannot all be unpacked on every system: {_shorten(paths)}"


def _distributions(
    wheels: tuple[Wheel, ...], contents: Mapping[str, WheelContents], target: Target
) -> Iterator[Distribution]:
    brought = preinstalled_versions(target.runtime)
    extras = _extras_in_use(wheels, contents)
    for wheel in wheels:
        known = contents[wheel.pin.name]
        held = [need for need in known.needs if not need.only_with or extras[wheel.pin.name] & {*need.only_with}]
        needed = {need.name for need in held}
        yield Distribution(
            name=known.name,
            version=known.version,
            dist_info=known.dist_info,
            wheel=wheel,
            requires=tuple(sorted(needed - {known.name})),
            narrow=tuple(
                sorted(
                    {
                        NarrowNeed(need.name, need.versions)
                        for need in held
                        if _is_narrow(need, contents) and need.name != known.name
                    }
                )
            ),
            outgrown=tuple(sorted({need.name for need in held if _is_outgrown(need, brought)} - {known.name})),
            optional=tuple(sorted({need.name for need in known.needs} - needed - {known.name})),
            entry_points=known.entry_points,
        )


def _is_narrow(need: Need, contents: Mapping[str, WheelContents]) -> bool:
    """Tell whether a need admits no later minor versions than the one at hand."""
    found = contents.get(need.name)
    return found is not None and not is_version_allowed(f"{found.version.partition('.')[0]}.99999", need.versions)


def _is_outgrown(need: Need, brought: Mapping[str, str | None]) -> bool:
    """Tell whether the version that the runtime is known to bring will not do."""
    version = brought.get(need.name)
    return version is not None and not is_version_allowed(version, need.versions)


def _extras_in_use(wheels: tuple[Wheel, ...], contents: Mapping[str, WheelContents]) -> Mapping[str, set[str]]:
    """Return the extras of each distribution that the lock or another distribution asks for, until no more turn up."""
    extras = {wheel.pin.name: set(wheel.pin.extras) for wheel in wheels}
    waiting = list(extras)
    while waiting:
        name = waiting.pop()
        for need in contents[name].needs:
            is_held = not need.only_with or extras[name] & {*need.only_with}
            if is_held and need.name in extras and not extras[need.name].issuperset(need.extras):
                extras[need.name].update(need.extras)
                waiting.append(need.name)
    return extras


def _missing_needs(distributions: tuple[Distribution, ...], target: Target, brought: set[str]) -> Iterator[str]:
    present = {distribution.name for distribution in distributions}
    present |= {*preinstalled_versions(target.runtime), *brought}
    for distribution in distributions:
        missing = [name for name in distribution.requires if name not in present]
        if missing:
            yield f"`{distribution.name}` needs what the lock does not name: {_shorten(missing)}"


def _shorten(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    if len(quoted) <= _MOST_SHOWN:
        return ", ".join(quoted)
    return f"{', '.join(quoted[:_MOST_SHOWN])} and {len(quoted) - _MOST_SHOWN} more"

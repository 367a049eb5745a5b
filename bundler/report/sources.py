"""What zips were made from, as metafiles and baselines tell it, and how each of their parts came to ship."""

from collections.abc import Iterable, Mapping

from bundler.model.metafile import FileEntry, Metafile, SourcesEntry
from bundler.model.report import Sources, Way
from bundler.model.wheels import OWN_CODE


def read_sources(metafile: Metafile) -> Sources:
    """Return what a metafile says of its sources; those of older versions say less, or nothing."""
    shipped = {package.name: package.version for package in metafile.packages}
    told = metafile.sources or SourcesEntry(packages=shipped, files={})
    return Sources(
        lbundle=metafile.lbundle,
        packages={name: frozenset([said]) for name, said in told.packages.items()},
        own_files={path: frozenset([digest]) for path, digest in told.files.items()},
    )


def join_sources(parts: Iterable[Sources]) -> Sources:
    """Return the sources of all parts: functions differ where they have other locks or folders."""
    known = tuple(parts)
    return Sources(
        lbundle=max((sources.lbundle for sources in known), default=""),
        packages=_join(sources.packages for sources in known),
        own_files=_join(sources.own_files for sources in known),
    )


def _join(tables: Iterable[Mapping[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    joined: dict[str, frozenset[str]] = {}
    for table in tables:
        for name, said in table.items():
            joined[name] = joined.get(name, frozenset()) | said
    return joined


def find_ways(metafile: Metafile) -> dict[str, Way]:
    """Return what lies between the handler and each file, by the path it has in the site, as the causes tell."""
    files = {file.origin: file for file in metafile.files}
    ways: dict[str, Way] = {}
    for path in tuple(files):
        waiting = []
        while path in files and path not in ways and path not in waiting:
            waiting.append(path)
            path = files[path].cause.source  # noqa: PLW2901 - up the chain
        for behind in reversed(waiting):
            source = files[behind].cause.source
            ways[behind] = _go_on(ways.get(source, Way()), source, files.get(source))
    return ways


def _go_on(way: Way, path: str, source: FileEntry | None) -> Way:
    """Return a way with one more file on it, which an empty path is not; one that does not ship goes by its path."""
    if source is not None and source.owner != OWN_CODE:
        return Way(packages=way.packages | {source.owner}, own_files=way.own_files)
    return Way(packages=way.packages, own_files=way.own_files | ({path} if path else frozenset()))


def join_ways(ways: Iterable[Way]) -> Way:
    """Return all that lies on any of the ways."""
    joined = tuple(ways)
    return Way(
        packages=frozenset().union(*(way.packages for way in joined)),
        own_files=frozenset().union(*(way.own_files for way in joined)),
    )

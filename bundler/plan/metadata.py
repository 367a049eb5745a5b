"""Decide which metadata ships: the thin part with all that ships, and one file alone where any may be asked for."""

import re
from collections.abc import Iterator, Mapping

from bundler.model.imports import Edge, EdgeKind, ImportGraph
from bundler.model.wheels import Distribution, Site
from bundler.standards import normalise_name


def metadata_of(causes: Mapping[str, Edge], site: Site, thin_metadata: Mapping[str, str]) -> dict[str, Edge]:
    """Return the thin dist-info of every distribution that ships a file; `thin_metadata` has all owners of any."""
    first: dict[str, str] = {}
    for path in causes:
        first.setdefault(site.files[path].owner, path)
    return {
        path: Edge(source=first[owner], target=path, kind=EdgeKind.METADATA, line=0, name=owner)
        for path, owner in thin_metadata.items()
        if owner in first and path not in causes
    }


def metadata_alone(shipped: Mapping[str, Edge], graph: ImportGraph, site: Site) -> dict[str, Edge]:
    """Return the `METADATA` of distributions of which nothing else ships, where code asks by a name nobody can tell.

    What else provides them has their metadata too.
    """
    owners = {site.files[path].owner for path in shipped}
    found: dict[str, Edge] = {}
    for distribution in site.distributions:
        path = f"{distribution.dist_info}/METADATA"
        is_absent = distribution.name not in owners and distribution.name not in graph.external
        if is_absent and path in site.files and not site.files[path].layer:
            asking = next(_asking(distribution, shipped, graph), None)
            if asking is not None:
                source, line = asking
                name = distribution.name
                found[path] = Edge(source=source, target=path, kind=EdgeKind.METADATA, line=line, name=name)
    return found


def _asking(distribution: Distribution, shipped: Mapping[str, Edge], graph: ImportGraph) -> Iterator[tuple[str, int]]:
    """Yield the files that may ask for the metadata of a distribution, with the lines."""
    for source, asked in graph.asks_metadata.items():
        for pattern, line in asked if source in shipped else ():
            parts = (re.escape(normalise_name(part)) if part.strip("-_.") else "" for part in pattern.split("*"))
            if re.fullmatch(".*".join(parts), distribution.name):
                yield source, line

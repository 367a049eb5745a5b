"""Name the change that would make a bundle smaller most, from its metafile."""

from collections.abc import Callable
from dataclasses import dataclass

from bundler.model.metafile import Metafile
from bundler.model.report import PackageSize, Share
from bundler.report.baseline import measure_sizes
from bundler.report.measure import measure_packages
from bundler.sizes import format_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A change, and the line of own code that it is about, where there is one."""

    text: str = ""
    path: str = ""
    line: int = 0


def advise_smaller(metafile: Metafile, weigh: Callable[[Share], int], excess: int) -> Advice:
    """Return the change that takes most out: an optional import if that is enough, else an import of own code."""
    weights = {share.name: weigh(share) for share in measure_packages(metafile)}
    optional = [(weights.get(weak.distribution, 0), weak.distribution, weak.edge) for weak in metafile.weak_edges]
    enough = max((weak for weak in optional if weak[0] >= excess), key=lambda weak: weak[0], default=None)
    if enough is None:
        return _advise_import(metafile, weights)
    saved, distribution, edge = enough
    place = f"{edge.source}:{edge.line}"
    return Advice(
        text=f"; `exclude-modules` or `external` for {distribution} saves {format_bytes(saved)}: "
        f"its import in {place} is optional"
    )


def advise_package(metafile: Metafile, package: str) -> Advice:
    """Return the line of own code that leads to a package."""
    entry = _entries(metafile).get(package)
    if entry is None or not entry.path:
        return Advice()
    return Advice(text=f"; {_place(entry.path, entry.line)} leads to it", path=entry.path, line=entry.line)


def _advise_import(metafile: Metafile, weights: dict[str, int]) -> Advice:
    """Weigh each import of own code with all packages that are reached through it first."""
    sums: dict[tuple[str, int, str], int] = {}
    for name, entry in _entries(metafile).items():
        if entry.path:
            place = (entry.path, entry.line, entry.module)
            sums[place] = sums.get(place, 0) + weights.get(name, 0)
    if not sums:
        return Advice()
    path, line, module = max(sums, key=lambda place: sums[place])
    text = f"; most of it is there for `{module}` in {_place(path, line)}: {format_bytes(sums[path, line, module])}"
    return Advice(text=text, path=path, line=line)


def _place(path: str, line: int) -> str:
    """Return a file with the line that matters, where a line does."""
    return f"{path}:{line}" if line else path


def _entries(metafile: Metafile) -> dict[str, PackageSize]:
    (size,) = measure_sizes([metafile]).values()
    return dict(size.packages)

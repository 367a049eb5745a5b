"""Files that ship though several distributions bring them with different content: an error, or told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bundler.errors import FileClashError
from bundler.model.imports import Edge
from bundler.model.wheels import Clash, Site

_MOST_SHOWN = 3


def hold_clashes(shipped: Mapping[str, Edge], site: Site) -> Iterator[str]:
    """Yield what to say of clashes among files that ship; raise `FileClashError` where nobody can tell which is meant.

    What nothing leads to does no harm, whoever brings it.
    """
    told: defaultdict[Clash, list[str]] = defaultdict(list)
    for path in sorted(shipped.keys() & site.clashes.keys()):
        clash, file = site.clashes[path], site.files[path]
        if file.owner != clash.owner or file.layer:
            continue  # an own file or one of a layer hides all of them
        if clash.is_code and not clash.is_last:
            raise FileClashError(path, (clash.owner, *clash.others), shipped[path].source)
        told[clash].append(path)
    for clash, paths in told.items():
        owners = " and ".join(f"`{name}`" for name in (clash.owner, *clash.others))
        rest = "the others" if len(clash.others) > 1 else "the other"
        reason = f", which requires {rest} and so is installed last" if clash.is_last else ""
        yield f"{owners} bring different files as {_shorten(paths)}: that of `{clash.owner}` ships{reason}"


def _shorten(paths: list[str]) -> str:
    more = f" and {len(paths) - _MOST_SHOWN} more" if len(paths) > _MOST_SHOWN else ""
    return ", ".join(f"`{path}`" for path in paths[:_MOST_SHOWN]) + more

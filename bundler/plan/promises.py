"""Hold the native code that ships against what the tags of its wheels promise."""

from collections.abc import Iterable, Iterator, Mapping

from bundler.model.project import Target
from bundler.model.wheels import SiteFile
from bundler.standards import promised_glibc, promised_machines


def hold_promises(files: Iterable[SiteFile], glibc: Mapping[str, tuple[int, ...]], target: Target) -> Iterator[str]:
    """Warn of shared objects that need a newer glibc than promised, or than the target has.

    No error: nothing may import it, and the full install has it too. A wheel with a plain `linux` tag promises nothing,
    and so any glibc; what pure wheels bring is data to them.
    """
    for file in files:
        needed = glibc.get(file.path)
        wheel = file.container.name
        if needed is None or not promised_machines(wheel) - {"any"}:
            continue
        promised = promised_glibc(wheel)
        if needed > target.glibc:
            promise = f"glibc {_dotted(promised)}" if promised else "any glibc"
            yield (
                f"`{wheel}` promises {promise} by its tags, but `{file.path}` needs {_dotted(needed)} and cannot be "
                f"loaded on {target}, which has {_dotted(target.glibc)}: pin another version, or name a wheel of your "
                "own in pip's `find-links`"
            )
        elif promised and needed > promised:
            yield (
                f"`{wheel}` promises glibc {_dotted(promised)} by its tags, but `{file.path}` needs {_dotted(needed)}; "
                f"{target} has {_dotted(target.glibc)}"
            )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

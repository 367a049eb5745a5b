"""Hold the native code that ships against what the tags of its wheels promise."""

from collections.abc import Iterable, Iterator, Mapping

from bundler.errors import WheelTagError
from bundler.model.project import Target
from bundler.model.wheels import SiteFile
from bundler.standards import promised_glibc, promised_machines


def hold_promises(files: Iterable[SiteFile], glibc: Mapping[str, tuple[int, ...]], target: Target) -> Iterator[str]:
    """Warn of shared objects that need a newer glibc than promised; raise where the target has none so new.

    A wheel with a plain `linux` tag promises nothing, and so any glibc; what pure wheels bring is data to them.
    """
    for file in files:
        needed = glibc.get(file.path)
        wheel = file.container.name
        if needed is None or not promised_machines(wheel) - {"any"}:
            continue
        promised = promised_glibc(wheel)
        if needed > target.glibc:
            promise = f"glibc {_dotted(promised)}" if promised else "any glibc"
            there = f"{target}, which has glibc {_dotted(target.glibc)}"
            truth, way_out = f"needs {_dotted(needed)}", f"`exclude: [{file.path}]`"
            raise WheelTagError(wheel, promise, file.path, truth, target=there, left_out_by=way_out)
        if promised and needed > promised:
            yield (
                f"`{wheel}` promises glibc {_dotted(promised)} by its tags, but `{file.path}` needs {_dotted(needed)}; "
                f"{target} has {_dotted(target.glibc)}"
            )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

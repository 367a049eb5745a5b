"""Hold measured import times against the user's limits; what is too slow becomes a finding."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from bundler.model.metafile import Metafile
from bundler.model.project import Limit
from bundler.model.report import Finding, ImportTiming
from bundler.model.wheels import OWN_CODE
from bundler.report.advice import Advice, advise_package
from bundler.report.measure import label_package

_NAMED_PACKAGES = 3
_RUNTIME = "(runtime)"
"""Stands for the standard library and what else Lambda's runtime brings."""


def find_slow_imports(
    metafiles: Iterable[Metafile], timings: Iterable[ImportTiming], limits: Mapping[str, Limit]
) -> tuple[Finding, ...]:
    """Return an error for each handler that takes too long, a warning for each that could not be measured."""
    by_name = {metafile.function: metafile for metafile in metafiles}
    return tuple(
        finding
        for timing in timings
        for finding in _check(by_name[timing.function], timing, limits[timing.function].imports_seconds)
    )


def _check(metafile: Metafile, timing: ImportTiming, allowed_seconds: float | None) -> Iterator[Finding]:
    if allowed_seconds is None:
        return
    allowed = _format(allowed_seconds)
    if not timing.runs:
        text = f"the time to import the handler was not measured, so its limit of {allowed} holds nothing"
        yield Finding(
            name="imports-not-measured",
            level="warning",
            function=timing.function,
            message=f"{text}: {timing.problem}",
        )
    elif timing.seconds > allowed_seconds:
        owners = _owners(metafile)
        advice = _advise(metafile, timing, owners)
        text = (
            f"importing the handler takes {_format(timing.seconds)} (median of {timing.runs}), its limit is {allowed}"
        )
        yield Finding(
            name="imports-over-limit",
            level="error",
            function=timing.function,
            message=f"{text}; slowest: {_name_slowest(timing, owners)}{advice.text}",
            path=advice.path,
            line=advice.line,
        )


def _name_slowest(timing: ImportTiming, owners: Mapping[str, str]) -> str:
    sums: dict[str, float] = {}
    for module in timing.modules:
        owner = _owner(module.module, owners)
        sums[owner] = sums.get(owner, 0) + module.own_seconds
    slowest = sorted(sums, key=lambda owner: -sums[owner])[:_NAMED_PACKAGES]
    return ", ".join(f"{label_package(owner)} {_format(sums[owner])}" for owner in slowest)


def _advise(metafile: Metafile, timing: ImportTiming, owners: Mapping[str, str]) -> Advice:
    """Name the import of own code that costs most with all that it leads to: a function can hold it."""
    from_own = [
        module
        for module in timing.modules
        if module.importer and _owner(module.importer, owners) == OWN_CODE and _owner(module.module, owners) != OWN_CODE
    ]
    if not from_own:
        return Advice()
    worst = max(from_own, key=lambda module: module.all_seconds)
    found = advise_package(metafile, _owner(worst.module, owners))
    place = f" ({found.path}:{found.line})" if found.path else ""
    text = f"; `{worst.module}`{place} costs {_format(worst.all_seconds)} with all it imports: {_MEND}"
    return Advice(text=text, path=found.path, line=found.line)


_MEND = "import it inside the function that needs it, if not every event does"


def _owners(metafile: Metafile) -> dict[str, str]:
    """Return the package of every module in the zip, own code by an empty name."""
    owners: dict[str, str] = {}
    for file in metafile.files:
        if file.path.endswith((".py", ".pyc", ".so")) and "__pycache__" not in file.path:
            path = PurePosixPath(file.path)
            parts = (*path.parent.parts, path.name.partition(".")[0])
            owners[".".join(parts).removesuffix(".__init__")] = file.owner
    return owners


def _owner(module: str, owners: Mapping[str, str]) -> str:
    """Return whose a module is; one that is made while running belongs to the package around it."""
    while module:
        if module in owners:
            return owners[module]
        module = module.rpartition(".")[0]
    return _RUNTIME


def _format(seconds: float) -> str:
    """Return a time in whole milliseconds, at least three digits that matter below one."""
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.001 else f"{seconds * 1000:.3f} ms"  # noqa: PLR2004

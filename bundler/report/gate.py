"""Hold bundles against the user's limits and Lambda's own; what is wrong becomes a finding."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bundler.model.metafile import Metafile
from bundler.model.project import Growth, Limit
from bundler.model.report import Change, Finding, Reason, Share, Sizes
from bundler.report.advice import advise_package, advise_smaller
from bundler.report.compare import total_change
from bundler.report.measure import label_package, measure_layers, measure_packages
from bundler.report.sizes import format_difference
from bundler.runtimes import direct_upload_limit_bytes, unzipped_limit_bytes
from bundler.sizes import format_bytes

_NAMED_PACKAGES = 3
_NAMED_FUNCTIONS = 3


def find_findings(metafiles: Iterable[Metafile], limits: Mapping[str, Limit]) -> tuple[Finding, ...]:
    """Return what is wrong with the size of each bundle; `limits` are the user's, by the function's name."""
    return tuple(
        finding
        for metafile in metafiles
        for finding in (
            *_check_limit(metafile, limits.get(metafile.function, Limit())),
            *_check_packages(metafile, limits.get(metafile.function, Limit())),
            *_check_lambda(metafile),
        )
    )


def _check_limit(metafile: Metafile, limit: Limit) -> Iterator[Finding]:
    zip_bytes, unzipped_bytes = metafile.zip.bytes, metafile.zip.unzipped_bytes
    if limit.zip_bytes is not None and zip_bytes > limit.zip_bytes:
        text = f"the zip has {zip_bytes:,} bytes, its limit is {limit.zip_bytes:,}"
        advice = advise_smaller(metafile, _zipped, zip_bytes - limit.zip_bytes)
        yield Finding(
            name="zip-over-limit",
            level="error",
            function=metafile.function,
            message=f"{text}; biggest: {_name_biggest(metafile, _zipped)}{advice.text}",
            path=advice.path,
            line=advice.line,
        )
    if limit.unzipped_bytes is not None and unzipped_bytes > limit.unzipped_bytes:
        text = f"the zip unpacks to {unzipped_bytes:,} bytes, its limit is {limit.unzipped_bytes:,}"
        advice = advise_smaller(metafile, _unzipped, unzipped_bytes - limit.unzipped_bytes)
        yield Finding(
            name="unzipped-over-limit",
            level="error",
            function=metafile.function,
            message=f"{text}; biggest: {_name_biggest(metafile, _unzipped)}{advice.text}",
            path=advice.path,
            line=advice.line,
        )


def _check_packages(metafile: Metafile, limit: Limit) -> Iterator[Finding]:
    allowed = dict(limit.packages)
    for share in measure_packages(metafile):
        if share.size_bytes > allowed.get(share.name, share.size_bytes):
            text = f"`{share.name}` unpacks to {share.size_bytes:,} bytes, its limit is {allowed[share.name]:,}"
            advice = advise_package(metafile, share.name)
            yield Finding(
                name="package-over-limit",
                level="error",
                function=metafile.function,
                message=f"{text}{advice.text}",
                path=advice.path,
                line=advice.line,
            )


def find_growth(changes: Sequence[Change], limits: Mapping[str, Limit], override: Growth | None) -> tuple[Finding, ...]:
    """Return what grew more than it may, function by function and in total; `override` stands for every limit.

    A new function is no growth of its own, it counts in the total alone; so does one that is gone.
    """
    findings = []
    for change in changes:
        growth = override or limits.get(change.function, Limit()).growth
        if change.before is None or change.after is None:
            continue
        added = _added_bytes(change)
        if added > growth.allowed_bytes(change.before):
            own = tuple(reason for reason in change.reasons if not reason.is_by_lbundle)
            first = next((reason for reason in own if reason.path), None)
            findings.append(
                Finding(
                    name="zip-grew",
                    level="error",
                    function=change.function,
                    message=_describe_growth("the zip", change.after, added, growth.allowed_bytes(change.before), own),
                    path=first.path if first else "",
                    line=first.line if first else 0,
                )
            )
    return tuple(findings)


def find_total_growth(changes: tuple[Change, ...], growth: Growth) -> tuple[Finding, ...]:
    """Return a finding when all zips together grew more than they may."""
    before, after = total_change(changes)
    added = sum(map(_added_bytes, changes))
    if not before or added <= growth.allowed_bytes(before):
        return ()
    reasons = tuple(
        Reason(text=change.function, zipped_bytes=_added_bytes(change))
        for change in sorted(changes, key=_added_bytes, reverse=True)
        if _added_bytes(change) > 0
    )
    message = _describe_growth("all zips together", after, added, growth.allowed_bytes(before), reasons)
    return (Finding(name="total-grew", level="error", function="(all)", message=message),)


def find_upgrade(changes: Sequence[Change], before: Sizes, after: Sizes) -> tuple[Finding, ...]:
    """Return a note on what zips grew by another version of lbundle alone, which no limit of growth counts."""
    grown = sorted((change for change in changes if change.lbundle_bytes), key=lambda change: -change.lbundle_bytes)
    if not grown:
        return ()
    old, new = (sizes[grown[0].function].sources.lbundle for sizes in (before, after))
    listed = ", ".join(
        f"{change.function} {format_difference(change.lbundle_bytes)}" for change in grown[:_NAMED_FUNCTIONS]
    )
    more = f" and {len(grown) - _NAMED_FUNCTIONS} more" if len(grown) > _NAMED_FUNCTIONS else ""
    text = f"lbundle {new} makes larger zips of the same sources than {old or 'an older one'}, which wrote the baseline"
    message = f"{text}: {listed}{more}; no limit of growth counts that, and `lbundle baseline` accepts it"
    return (Finding(name="lbundle-grew", level="note", function="(all)", message=message),)


def _added_bytes(change: Change) -> int:
    return (change.after or 0) - (change.before or 0) - change.lbundle_bytes


def _describe_growth(what: str, after: int, added: int, allowed: int, reasons: Sequence[Reason]) -> str:
    text = f"{what} grew by {format_bytes(added)} to {format_bytes(after)}, {format_bytes(allowed)} is allowed"
    causes = "; ".join(
        f"{reason.text}: {format_difference(reason.zipped_bytes)}" for reason in reasons[:_NAMED_PACKAGES]
    )
    return f"{text}: {causes}" if causes else text


def _check_lambda(metafile: Metafile) -> Iterator[Finding]:
    """Lambda's limits are the first sizes that it refuses."""
    zip_bytes, layer_bytes = metafile.zip.bytes, measure_layers(metafile)
    unzipped_bytes = metafile.zip.unzipped_bytes
    if unzipped_bytes + layer_bytes >= unzipped_limit_bytes():
        text = f"the zip unpacks to {unzipped_bytes:,} bytes"
        text += f", with its layers {unzipped_bytes + layer_bytes:,}" if layer_bytes else ""
        layers = "".join(f", layer {layer.name} {format_bytes(layer.unzipped_bytes)}" for layer in metafile.layers)
        yield Finding(
            name="lambda-unzipped-limit",
            level="error",
            function=metafile.function,
            message=f"{text}, Lambda takes less than {unzipped_limit_bytes():,}; "
            f"biggest: {_name_biggest(metafile, _unzipped)}{layers}",
        )
    if zip_bytes >= direct_upload_limit_bytes():
        text = f"the zip has {zip_bytes:,} bytes, from {direct_upload_limit_bytes():,} on it has to go through S3"
        yield Finding(
            name="lambda-direct-upload",
            level="warning",
            function=metafile.function,
            message=f"{text}; biggest: {_name_biggest(metafile, _zipped)}",
        )


def _zipped(share: Share) -> int:
    return share.zipped_bytes


def _unzipped(share: Share) -> int:
    return share.size_bytes


def _name_biggest(metafile: Metafile, weigh: Callable[[Share], int]) -> str:
    heaviest = sorted(measure_packages(metafile), key=weigh, reverse=True)[:_NAMED_PACKAGES]
    return ", ".join(f"{label_package(share.name)} {format_bytes(weigh(share))}" for share in heaviest)

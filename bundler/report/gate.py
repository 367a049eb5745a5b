"""Hold bundles against the user's limits and Lambda's own; what is wrong becomes a finding."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bundler.model.project import Limit
from bundler.model.report import Finding, Metafile, Share
from bundler.report.measure import label_package, measure_packages
from bundler.report.sizes import format_bytes
from bundler.runtimes import direct_upload_limit_bytes, unzipped_limit_bytes

_NAMED_PACKAGES = 3


def find_findings(metafiles: Iterable[Metafile], limits: Mapping[str, Limit]) -> tuple[Finding, ...]:
    """Return what is wrong with the size of each bundle; `limits` are the user's, by the function's name."""
    return tuple(
        finding
        for metafile in metafiles
        for finding in (
            *_check_limit(metafile, limits.get(metafile["function"], Limit())),
            *_check_lambda(metafile),
        )
    )


def _check_limit(metafile: Metafile, limit: Limit) -> Iterator[Finding]:
    zip_bytes, unzipped_bytes = metafile["zip"]["bytes"], metafile["zip"]["unzipped_bytes"]
    if limit.zip_bytes is not None and zip_bytes > limit.zip_bytes:
        text = f"the zip has {zip_bytes:,} bytes, its limit is {limit.zip_bytes:,}"
        yield Finding(
            name="zip-over-limit",
            level="error",
            function=metafile["function"],
            message=f"{text}; biggest: {_name_biggest(metafile, _zipped)}",
        )
    if limit.unzipped_bytes is not None and unzipped_bytes > limit.unzipped_bytes:
        text = f"the zip unpacks to {unzipped_bytes:,} bytes, its limit is {limit.unzipped_bytes:,}"
        yield Finding(
            name="unzipped-over-limit",
            level="error",
            function=metafile["function"],
            message=f"{text}; biggest: {_name_biggest(metafile, _unzipped)}",
        )


def _check_lambda(metafile: Metafile) -> Iterator[Finding]:
    """Lambda's limits are the first sizes that it refuses."""
    zip_bytes, unzipped_bytes = metafile["zip"]["bytes"], metafile["zip"]["unzipped_bytes"]
    if unzipped_bytes >= unzipped_limit_bytes():
        text = f"the zip unpacks to {unzipped_bytes:,} bytes, Lambda takes less than {unzipped_limit_bytes():,}"
        yield Finding(
            name="lambda-unzipped-limit",
            level="error",
            function=metafile["function"],
            message=f"{text}; biggest: {_name_biggest(metafile, _unzipped)}",
        )
    if zip_bytes >= direct_upload_limit_bytes():
        text = f"the zip has {zip_bytes:,} bytes, from {direct_upload_limit_bytes():,} on it has to go through S3"
        yield Finding(
            name="lambda-direct-upload",
            level="warning",
            function=metafile["function"],
            message=f"{text}; biggest: {_name_biggest(metafile, _zipped)}",
        )


def _zipped(share: Share) -> int:
    return share.zipped_bytes


def _unzipped(share: Share) -> int:
    return share.size_bytes


def _name_biggest(metafile: Metafile, weigh: Callable[[Share], int]) -> str:
    heaviest = sorted(measure_packages(metafile), key=weigh, reverse=True)[:_NAMED_PACKAGES]
    return ", ".join(f"{label_package(share.name)} {format_bytes(weigh(share))}" for share in heaviest)

"""Weigh a bundle from its metafile: by package, by kind, by file, and what each rule saved."""

from collections.abc import Iterable

from bundler.model.metafile import BundleMetafile, Metafile
from bundler.model.report import Share
from bundler.model.wheels import OWN_CODE

_OWN_CODE_LABEL = "(own code)"
_UNREACHED_RULES = frozenset({"unreached", "optional"})


def measure_packages(metafile: BundleMetafile) -> tuple[Share, ...]:
    """Return what every package weighs, the heaviest in the zip first; own code is one of them, by an empty name."""
    return tuple(
        Share(
            name=package.name,
            files=package.files,
            size_bytes=package.size,
            zipped_bytes=package.zipped,
        )
        for package in metafile.packages
    )


def measure_kinds(metafile: Metafile) -> tuple[Share, ...]:
    """Return what source, bytecode, native code, data and metadata weigh, the heaviest in the zip first."""
    return _sum_shares((file.kind, 1, file.size, file.zipped) for file in metafile.files)


def measure_omissions(metafile: BundleMetafile) -> tuple[Share, ...]:
    """Return what each rule left out, the heaviest first."""
    return _sum_shares((omission.rule, omission.files, omission.bytes, 0) for omission in metafile.omissions)


def measure_layers(metafile: Metafile) -> int:
    """Return what the layers of a function unpack to, which Lambda counts with it."""
    return sum(layer.unzipped_bytes for layer in metafile.layers)


def biggest_files(metafile: Metafile, count: int) -> tuple[Share, ...]:
    """Return the heaviest files in the zip, the heaviest first."""
    shares = _sum_shares((file.path, 1, file.size, file.zipped) for file in metafile.files)
    return shares[:count]


def find_unreached(metafiles: Iterable[Metafile]) -> tuple[str, ...]:
    """Return the packages that the lock installs and none of a service's functions reaches, in order of name."""
    unreached: set[str] | None = None
    for metafile in metafiles:
        shipped = {package.name for package in metafile.packages}
        left_out = {omitted.owner for omitted in metafile.omissions if omitted.rule in _UNREACHED_RULES}
        unreached = left_out - shipped if unreached is None else unreached & (left_out - shipped)
    return tuple(sorted(name for name in unreached or () if name != OWN_CODE))


def label_package(name: str) -> str:
    """Return a package's name as people read it: own code has none of its own."""
    return name or _OWN_CODE_LABEL


def _sum_shares(parts: Iterable[tuple[str, int, int, int]]) -> tuple[Share, ...]:
    sums: dict[str, tuple[int, int, int]] = {}
    for name, files, size_bytes, zipped_bytes in parts:
        before = sums.get(name, (0, 0, 0))
        sums[name] = (before[0] + files, before[1] + size_bytes, before[2] + zipped_bytes)
    shares = (
        Share(name=name, files=files, size_bytes=size_bytes, zipped_bytes=zipped_bytes)
        for name, (files, size_bytes, zipped_bytes) in sums.items()
    )
    return tuple(sorted(shares, key=lambda share: (-share.zipped_bytes, -share.size_bytes, share.name)))

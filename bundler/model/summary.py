"""What a build says of itself when it is over: enough for its table, and little enough to be kept.

Named tuples, as an unchanged build loads nothing that takes longer to be defined.
"""

from typing import NamedTuple


class PackageSummary(NamedTuple):
    """What one distribution brings to a zip; own code has an empty name."""

    name: str
    version: str
    zipped_bytes: int
    size_bytes: int


class BundleSummary(NamedTuple):
    """A finished zip of a function or of a layer."""

    name: str
    zip_path: str
    """Absolute."""
    handler: str
    """Empty for a layer."""
    runtime: str
    architecture: str
    zip_bytes: int
    unzipped_bytes: int
    files: int
    sha256: str
    code_sha256: str
    packages: tuple[PackageSummary, ...]
    """The heaviest in the zip first."""
    details: tuple[str, ...]
    """What stands below its line in the table."""
    warnings: tuple[str, ...]
    unverified: int
    """How many pins have no hash that what was fetched could be held against."""
    locks: tuple[str, ...]

    @property
    def metafile_path(self) -> str:
        """Absolute."""
        return f"{self.zip_path.removesuffix('.zip')}.json"


class FindingSummary(NamedTuple):
    """What a build is judged for."""

    name: str
    level: str
    function: str
    message: str
    path: str
    """The project's file that is to blame; empty where there is none."""
    line: int


class BuildSummary(NamedTuple):
    """All that a build made, in the order of the settings."""

    functions: tuple[BundleSummary, ...]
    layers: tuple[BundleSummary, ...]
    optional: tuple[str, ...]
    """Which packages ship for an optional import alone, the biggest first."""
    unreached: tuple[str, ...]
    """Packages that the lock installs and no function reaches."""
    findings: tuple[FindingSummary, ...]
    notes: tuple[str, ...]
    """What was left alone, such as functions in other languages."""

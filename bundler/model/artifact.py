"""What packing gives: staged bytes, and the zip made of them."""

from dataclasses import dataclass
from pathlib import Path

from bundler.model.imports import Edge

METADATA_ONLY = "metadata-only"
"""The kind of a `METADATA` that ships alone: nothing else of its distribution is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """Bytes ready to be packed."""

    arcname: str
    """Inside the zip, with forward slashes."""
    content: bytes
    is_executable: bool
    owner: str
    kind: str
    """One of `source`, `bytecode`, `native`, `data`, `metadata`."""
    cause: Edge
    origin: str
    """The path in the site it was made from."""
    stripped_bytes: int = 0
    """What it lost on the way: debugging symbols."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """One member of a finished zip."""

    arcname: str
    size_bytes: int
    zipped_bytes: int
    """Its compressed data, headers not counted."""
    owner: str
    kind: str
    cause: Edge
    origin: str
    stripped_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A finished zip on disk."""

    path: Path
    zip_bytes: int
    unzipped_bytes: int
    sha256: str
    """In hex; Lambda's CodeSha256 is the same digest in base64."""
    files: tuple[PackedFile, ...]
    overhead_bytes: int
    """Headers and the table of contents: what the zip weighs beyond its members' data."""

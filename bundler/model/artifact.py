"""What packing gives: staged bytes, and the zip made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bundler.model.imports import Edge

METADATA_ONLY = "metadata-only"
"""The kind of a `METADATA` that ships alone: nothing else of its distribution is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file ready to be packed; its bytes are made when they are asked for, as all of a zip's are too many to hold."""

    arcname: str
    """Inside the zip, with forward slashes."""
    read: Callable[[], bytes] = field(compare=False)
    """Makes its content."""
    is_executable: bool
    owner: str
    kind: str
    """One of `source`, `bytecode`, `native`, `data`, `metadata`."""
    cause: Edge
    origin: str
    """The path in the site it was made from."""
    origin_bytes: int = 0
    """How large the file is that it was made from."""
    is_stripped: bool = False
    """It was made from one with symbols for debuggers."""
    shared: str = ""
    """Stands for the content in all zips of functions that share a site; empty where it is that of one zip alone."""

    @property
    def content(self) -> bytes:
        return self.read()


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
    """What it lost on the way: debugging symbols."""


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

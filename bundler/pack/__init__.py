"""StagedFile… → Artifact: bytes that are ready come in, a reproducible zip on disk goes out."""

from bundler.pack.archive import write_zip
from bundler.pack.compress import compression_name

__all__ = ["compression_name", "write_zip"]

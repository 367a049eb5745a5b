"""Pack staged files into one reproducible zip: files come in, an artifact on disk goes out, its metafile beside it."""

from bundler.pack.archive import write_zip
from bundler.pack.compress import Compressor
from bundler.pack.own_contents import OwnContents
from bundler.pack.sources import describe_own_files, describe_sources
from bundler.pack.unchanged import (
    describe_context,
    digest_layer,
    digest_plan,
    digest_shapes,
    find_kept,
    find_packed,
    find_unchanged,
    join_inputs,
)

__all__ = [
    "Compressor",
    "OwnContents",
    "describe_context",
    "describe_own_files",
    "describe_sources",
    "digest_layer",
    "digest_plan",
    "digest_shapes",
    "find_kept",
    "find_packed",
    "find_unchanged",
    "join_inputs",
    "write_zip",
]

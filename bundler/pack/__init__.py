"""Pack staged files into one reproducible zip: files come in, an artifact on disk goes out, its metafile beside it."""

from bundler.pack.archive import write_zip
from bundler.pack.compress import Compressor
from bundler.pack.sources import describe_sources
from bundler.pack.unchanged import digest_inputs, digest_layer, find_unchanged

__all__ = ["Compressor", "describe_sources", "digest_inputs", "digest_layer", "find_unchanged", "write_zip"]

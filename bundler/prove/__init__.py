"""Prove a finished zip: does it hold what it promises, without running it."""

from bundler.prove.check import check_bundle
from bundler.prove.metafile import verify_bundle
from bundler.prove.unpack import UnpackedBundle, unpack_bundle

__all__ = ["UnpackedBundle", "check_bundle", "unpack_bundle", "verify_bundle"]

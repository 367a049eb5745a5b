"""Prove a finished zip: does it hold what it promises, and how fast does its handler start."""

from bundler.prove.check import check_bundle
from bundler.prove.imports import measure_imports
from bundler.prove.metafile import verify_bundle
from bundler.prove.unpack import UnpackedBundle, unpack_bundle

__all__ = ["UnpackedBundle", "check_bundle", "measure_imports", "unpack_bundle", "verify_bundle"]

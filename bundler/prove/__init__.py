"""Prove a finished zip: does it hold what it promises, how fast does its handler start, what does it answer."""

from bundler.prove.cases import find_cases
from bundler.prove.check import check_bundle
from bundler.prove.code import LAYERS_PLACE, Code, Seen
from bundler.prove.events import make_event, refuse_request
from bundler.prove.full_install import lay_out
from bundler.prove.imports import measure_imports
from bundler.prove.invoke import (
    Circumstances,
    Runtime,
    find_runtime,
    invoke_bundle,
    invoke_code,
    unpacked_code,
)
from bundler.prove.machine import make_writable
from bundler.prove.metafile import verify_bundle
from bundler.prove.prove import FullRuns, prove_case, run_in_full
from bundler.prove.unpack import UnpackedBundle, extract_files, unpack_bundle

__all__ = [
    "LAYERS_PLACE",
    "Circumstances",
    "Code",
    "FullRuns",
    "Runtime",
    "Seen",
    "UnpackedBundle",
    "check_bundle",
    "extract_files",
    "find_cases",
    "find_runtime",
    "invoke_bundle",
    "invoke_code",
    "lay_out",
    "make_event",
    "make_writable",
    "measure_imports",
    "prove_case",
    "refuse_request",
    "run_in_full",
    "unpack_bundle",
    "unpacked_code",
    "verify_bundle",
]

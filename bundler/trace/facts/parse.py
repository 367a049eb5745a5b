"""Make text of bytes, and a tree of text, as Python does."""

import ast
import codecs
import gc
import io
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def counting_alone() -> Iterator[None]:
    """Leave what is made inside to its counts of references: nodes are in no circle, so none is looked for."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def parse(text: str) -> ast.Module:
    """Return the tree of a text, without a word on what Python finds odd in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def decode(content: bytes) -> str:
    """Decode source as PEP 263 says, with the line ends that Python counts."""
    return _decoded(content).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    first_lines = content[: content.find(b"\n", content.find(b"\n") + 1)]
    if b"coding" not in first_lines and not content.startswith(codecs.BOM_UTF8):
        with suppress(UnicodeDecodeError):
            return content.decode()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)

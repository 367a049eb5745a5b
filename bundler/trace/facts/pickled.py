"""Read the names of modules in stored objects: pickles, also compressed, and what archives of models hold.

Whoever loads such a file imports what it names: a model trained elsewhere names the classes it is made of.
"""

import bz2
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator

_PICKLE_START = re.compile(rb"\x80[\x02-\x05]")
# Protocols 0 and 1 have no mark of their own.
PICKLE_ENDINGS = (".pkl", ".pickle", ".joblib", ".dill", ".sav", ".p")
_ZIP_START = b"PK\x03\x04"
_TEXT_ENDINGS = (".json", ".yaml", ".yml")
_GLOBAL = re.compile(rb"c([A-Za-z_][\w.]*)\n[A-Za-z_][\w.]*\n")
_SHORT_STRING = re.compile(rb"\x8c(.)([A-Za-z_][\w.]*)", re.DOTALL)
_LONG_STRING = re.compile(rb"X(.)\0\0\0([A-Za-z_][\w.]*)", re.DOTALL)
_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:\.\w+)+")
_MOST_BYTES = 400_000_000
_MOST_MEMBERS = 1000


def may_store_names(name: str, start: bytes) -> bool:
    """Tell by a file's name and first bytes whether it may store objects."""
    starts = (_ZIP_START, *_DECOMPRESSORS)
    return name.endswith(PICKLE_ENDINGS) or start.startswith(starts) or _PICKLE_START.match(start) is not None


def is_pickle(name: str, start: bytes) -> bool:
    """Tell by a file's name and first bytes whether it is a plain pickle, as packages keep their data in."""
    return name.endswith(PICKLE_ENDINGS) or _PICKLE_START.match(start) is not None


def stored_names(name: str, content: bytes) -> frozenset[str]:
    """Return every name in a file of stored objects that may be a module's; nothing for any other file."""
    if content.startswith(_ZIP_START):
        return frozenset().union(*(_names(member, data) for member, data in _members(content)))
    return _names(name, _decompressed(content))


def _names(name: str, content: bytes) -> frozenset[str]:
    if name.endswith(_TEXT_ENDINGS):
        found = _DOTTED.findall(content)
    elif _PICKLE_START.match(content) or name.removesuffix(".gz").endswith(PICKLE_ENDINGS):
        found = _GLOBAL.findall(content)
        for strings in (_SHORT_STRING, _LONG_STRING):
            # The text goes on with what comes next where that looks like a name too: the length tells.
            found.extend(text[: length[0]] for length, text in strings.findall(content) if len(text) >= length[0])
    else:
        found = []
    return frozenset(word.decode("ascii", "ignore") for word in found)


def _decompressed(content: bytes) -> bytes:
    for start, decompress in _DECOMPRESSORS.items():
        if content.startswith(start):
            try:
                return decompress(content)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                return content
    return content


def _members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for member in opened.infolist()[:_MOST_MEMBERS]:
                if member.filename.endswith((*_TEXT_ENDINGS, *PICKLE_ENDINGS)) and member.file_size <= _MOST_BYTES:
                    yield member.filename, opened.read(member)
    except (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return


def _inflate(content: bytes, bits: int) -> bytes:
    return zlib.decompressobj(bits).decompress(content, _MOST_BYTES)


_DECOMPRESSORS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": lambda content: _inflate(content, 31),
    b"\x78\x01": lambda content: _inflate(content, 15),
    b"\x78\x5e": lambda content: _inflate(content, 15),
    b"\x78\x9c": lambda content: _inflate(content, 15),
    b"\x78\xda": lambda content: _inflate(content, 15),
    b"BZh": lambda content: bz2.BZ2Decompressor().decompress(content, _MOST_BYTES),
    b"\xfd7zXZ": lambda content: lzma.LZMADecompressor().decompress(content, _MOST_BYTES),
    b"\x5d\0\0": lambda content: lzma.LZMADecompressor().decompress(content, _MOST_BYTES),
}

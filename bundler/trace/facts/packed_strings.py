"""Unpack the strings that Cython stores compressed in extension modules: with zlib from 3.1 on, with LZSS from 3.3 on.

Where a packed text starts is not marked: each place that may be one is tried, and kept when identifiers come out. The
text has no ends between its strings; their lengths stand in a table elsewhere in the module.
"""

import itertools
import re
import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Compilers start each long array at such a place.
_ALIGNMENT_BYTES = 32
_ZLIB_START = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
# The first byte says which of the next eight items are plain bytes: at the start of a text all of them.
_LZSS_START = re.compile(rb"(?<=\0)\xff[\t\n\x20-\x7e]{8}")
# A text may repeat itself within the first eight items too, but something has to come before it is repeated.
_LZSS_MAYBE = re.compile(rb"(?<=\0)(?=[^\0]).", re.DOTALL)
ALWAYS_NAMED = "__main__"
"""Every Cython module compares its name to it: no module is meant."""
SHORTEST_WORD = 4
"""Shorter words stand in any longer text by chance."""
_ALWAYS_NAMED = ALWAYS_NAMED.encode()
_IDENTIFIERS = re.compile(rb"[A-Za-z_][\w.]{2,}")
_WORD = re.compile(rb"\w[\w.]{2,79}")
_LENGTH_BYTES = 4
_FEWEST_LENGTHS = 16
_ZEROS = re.compile(rb"\0{%d,}" % _FEWEST_LENGTHS)
_NAMED_TOO = b"__name__"
_LEAST_BYTES = 64
_MOST_BYTES = 4_000_000
_END = bytes(8)


class PackedStrings(NamedTuple):
    """What an extension module's packed texts hold."""

    words: tuple[bytes, ...]
    """Whole strings that could be names, of texts whose table of lengths was found."""
    runs: str
    """The identifiers, and runs of them, in texts without one: a line each."""


def unpack_strings(sections: Iterable[bytes]) -> PackedStrings:
    """Return what all packed texts in a module's sections hold; the sections are as they are aligned in the file."""
    sections = tuple(sections)
    text = b"\0".join(sections)
    words: list[bytes] = []
    runs: list[bytes] = []
    for blob in (*_unpack_zlib(text), *_unpack_lzss(text, sections)):
        strings = next(_split(blob, sections), None)
        if strings is None:
            runs += _IDENTIFIERS.findall(blob)
        else:
            words += filter(_WORD.fullmatch, strings)
    return PackedStrings(tuple(words), b"\n".join(runs).decode("ascii", "ignore"))


def _split(blob: bytes, sections: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the strings of a text by each row of lengths that cuts out what is always named.

    Where the text ends is not known: behind the last string may stand something else.
    """
    places = frozenset(match.start() for match in re.finditer(_ALWAYS_NAMED, blob))
    for section in sections if places else ():
        for lengths in _rows_of_lengths(section):
            for first in _starts(lengths, places):
                ends = itertools.accumulate(lengths[first:])
                cuts = [0, *itertools.takewhile(lambda end: end <= len(blob), ends)]
                strings = [blob[start:end] for start, end in itertools.pairwise(cuts)]
                if strings.count(_ALWAYS_NAMED) == strings.count(_NAMED_TOO) == 1:
                    yield strings


def _starts(lengths: Sequence[int], places: frozenset[int]) -> Iterator[int]:
    """Yield where a text may start whose string at one of the places has the length of what is always named."""
    ends = [0, *itertools.accumulate(lengths)]
    indexes = {end: index for index, end in enumerate(ends)}
    for index, length in enumerate(lengths):
        if length == len(_ALWAYS_NAMED):
            yield from (indexes[start] for place in places if (start := ends[index] - place) in indexes)


def _rows_of_lengths(section: bytes) -> Iterator[Sequence[int]]:
    """Yield neighbours that could be lengths: four bytes each, the upper two zero as no text is longer."""
    upper, highest = section[2::_LENGTH_BYTES], section[3::_LENGTH_BYTES]
    for outer in _ZEROS.finditer(highest):
        for inner in _ZEROS.finditer(upper, outer.start(), outer.end()):
            lengths = array("I", section[inner.start() * _LENGTH_BYTES : inner.end() * _LENGTH_BYTES])
            if sys.byteorder == "big":
                lengths.byteswap()
            yield lengths


def _unpack_zlib(text: bytes) -> list[bytes]:
    view = memoryview(text)
    blobs = []
    for match in _ZLIB_START.finditer(text):
        try:
            start = zlib.decompressobj().decompress(view[match.start() : match.start() + 4096], _LEAST_BYTES)
            if len(start) == _LEAST_BYTES:
                blobs.append(zlib.decompressobj().decompress(view[match.start() :], _MOST_BYTES))
        except zlib.error:
            continue
    return blobs


def _unpack_lzss(text: bytes, sections: Iterable[bytes]) -> list[bytes]:
    """Unpack each text; one inside a text already unpacked is none."""
    if b"LZSS" not in text:
        return []
    blobs = []
    end = 0
    for match in _LZSS_START.finditer(text):
        if match.start() >= end:
            blob, stopped = _lzss(text, match.start())
            if len(blob) >= _LEAST_BYTES:
                blobs.append(blob)
                end = stopped
    if not any(_ALWAYS_NAMED in blob for blob in blobs):
        behind_zeros = ((text, match.start()) for match in _LZSS_MAYBE.finditer(text))
        aligned = ((part, start) for part in sections for start in range(0, len(part), _ALIGNMENT_BYTES))
        tries = (place for place in itertools.chain(behind_zeros, aligned) if place[0][place[1]] & 1)
        named = (blob for part, start in tries if _ALWAYS_NAMED in (blob := _lzss(part, start)[0]))
        blobs.extend(itertools.islice(named, 1))
    return blobs


def _lzss(packed: bytes, position: int) -> tuple[bytes, int]:
    """Unpack from a position until something cannot be: a reference before the start, or a run of zeros.

    Each group starts with a byte of flags, lowest first: 1 is a plain byte, 0 a reference of two or three bytes to text
    that came before, given by the distance to its end and its length less three (Cython's `StringTools.c`).
    """
    out = bytearray()
    last = len(packed) - 3
    while position < last and len(out) < _MOST_BYTES and not out.endswith(_END):
        flags = packed[position] | 0xFF00
        position += 1
        while flags & 0x100 and position < last:
            if flags & 1:
                out.append(packed[position])
                position += 1
            else:
                distance, length, position = _reference(packed, position)
                start = len(out) - distance - length
                if start < 0:
                    return bytes(out), position
                out += out[start : start + length]
            flags >>= 1
    return bytes(out), position


def _reference(packed: bytes, position: int) -> tuple[int, int, int]:
    """Return distance, length and the position behind a reference: 7 + 8, 9 + 5 or 14 + 8 bits."""
    low, high = packed[position], packed[position + 1]
    if not low & 0x80:
        return low, high + 3, position + 2
    if not high & 0x80:
        return 0x80 + (((high << 2) & 0x180) | (low & 0x7F)), (high & 0x1F) + 3, position + 2
    return 0x80 + ((high & 0x7F) << 7 | (low & 0x7F)), packed[position + 2] + 3, position + 3

"""Read what one shared object says: the libraries it loads, the C library it needs, the modules it may import."""

import re
from typing import NamedTuple

from bundler.system.elf import read_elf
from bundler.trace.facts.packed_strings import ALWAYS_NAMED, PackedStrings, unpack_strings

_TEXT_SECTIONS = frozenset({".rodata", ".data", ".data.rel.ro", ".rodata.str1.1", ".rodata.str1.8"})
_LAST_WORD = re.compile(rb"(?<![\w.])(\w{3,80}(?:\.\w+)*)(?=\0)")
_WHOLE_WORD = re.compile(rb"(?<![\w. \n])(\w{3,80}(?:\.\w+)*)(?=\0)")
# Not what documentation marks as a name: :mod:`package.module`.
_DOTTED_RUN = re.compile(rb"(?<![\w.`])[A-Za-z_]\w*(?:\.\w+)+|(?<=`)[A-Za-z_]\w*(?:\.\w+)+(?![\w.`])")
# Only modules name others; the mark is the function that the import system calls.
_MODULE_MARK = b"PyInit_"
# Where that cannot be read which every Cython module names, nothing of its strings can.
_CYTHON_MARK = b"cython_function_or_method"
_LONGEST_RUN = 4000
# Rust and mypyc store strings by their lengths, C and C++ end each with a zero: there, only code that is executed has
# names of modules inside longer text, all else is documentation.
_COUNTED_STRINGS = (b".rs", b"rustc", b"rust_", b"mypyc")
_IMPORT_STATEMENT = re.compile(rb"(?:\A|[\0\n;])[ \t]*(?:import|from)[ \t]+([A-Za-z_][\w.]*)")


class BinaryFacts(NamedTuple):
    """What one shared object says."""

    machine: str = ""
    """As wheel tags spell it; empty when the file is no ELF file of a known machine."""
    soname: str = ""
    needed: tuple[str, ...] = ()
    run_paths: tuple[str, ...] = ()
    """As written, `$ORIGIN` unresolved."""
    glibc: tuple[int, ...] = ()
    """The newest GLIBC symbol version it needs."""
    glibcxx: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    """C strings that could be the name of a module, and runs of dotted text that could hold some."""
    packed: str = ""
    """Text that the compiler stored without ends between its strings, as runs of identifiers."""
    runs_together: bool = False
    """A word may stand inside a longer one: its strings have no ends that can be read."""
    is_opaque: bool = False
    """Its strings are stored in a way that nobody here can read."""
    error: str = ""


def read_binary(content: bytes) -> BinaryFacts:
    """Return what a shared object says; anything unreadable gives empty facts with an `error`."""
    has_modules = _MODULE_MARK in content
    elf = read_elf(content, sections=_TEXT_SECTIONS if has_modules else frozenset())
    if elf.error:
        return BinaryFacts(error=elf.error)
    # All of the file when its sections were stripped.
    text = (b"\0".join(elf.sections) if elf.sections else content) if has_modules else b""
    strings = unpack_strings(elf.sections or (content,)) if has_modules else PackedStrings((), "")
    words, runs_together = _words(text, strings)
    return BinaryFacts(
        machine=elf.machine,
        soname=elf.soname,
        needed=elf.needed,
        run_paths=elf.run_paths,
        glibc=elf.glibc,
        glibcxx=elf.glibcxx,
        words=words,
        packed=strings.runs,
        runs_together=runs_together,
        is_opaque=_CYTHON_MARK in text and not _is_readable(text, strings),
    )


def _words(text: bytes, strings: PackedStrings) -> tuple[tuple[str, ...], bool]:
    """Return words that could be names, and whether any may be a part of a longer one."""
    words = {*_WHOLE_WORD.findall(text), *strings.words}
    has_ends = bool(strings.words) or _ends_its_strings(text, words)
    if not strings.words:
        patterns = (_IMPORT_STATEMENT,) if has_ends else (_LAST_WORD, _DOTTED_RUN)
        words.update(run for pattern in patterns for run in pattern.findall(text) if len(run) < _LONGEST_RUN)
    found = tuple(sorted(word.decode("ascii", "ignore") for word in words))
    return found, bool(strings.runs) or not has_ends


def _ends_its_strings(text: bytes, words: set[bytes]) -> bool:
    """Tell whether each string is stored for itself, so that the name of a module that is imported is one of them."""
    if any(mark in text for mark in _COUNTED_STRINGS):
        return False
    return _CYTHON_MARK not in text or ALWAYS_NAMED.encode() in words


def _is_readable(text: bytes, strings: PackedStrings) -> bool:
    return bool(strings.words) or ALWAYS_NAMED.encode() in text or ALWAYS_NAMED in strings.runs

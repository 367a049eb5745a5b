"""Shared libraries lose what only debuggers read, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.transform.strip import checks_itself, strip_symbols
from tests.support.libraries import (
    CODE,
    COMMENT,
    DYNAMIC,
    FIELD_OF_TABLE,
    INTERPRETER,
    PATCHED,
    SYMBOLS,
    make_library,
    read_sections,
)


def test_symbols_at_the_end_go():
    """Symbol table, its strings and debugging sections go; what is mapped and every other section stays."""
    content = make_library({**SYMBOLS, ".comment": COMMENT})

    stripped = strip_symbols(content)

    mapped = content.index(CODE) + len(CODE)
    assert len(content) - len(stripped) >= sum(map(len, SYMBOLS.values())) - 8
    before, after = bytearray(content[:mapped]), bytearray(stripped[:mapped])
    before[FIELD_OF_TABLE] = after[FIELD_OF_TABLE]
    assert after == before
    sections = read_sections(stripped)
    assert (sections[".text"], sections[".comment"], set(sections)) == (
        CODE,
        COMMENT,
        {".text", ".comment", ".shstrtab"},
    )


def test_symbols_in_the_middle_become_zeros():
    """Where something mapped stands behind the symbols, nothing moves."""
    content = make_library(SYMBOLS, patched=PATCHED)

    expected = content
    for symbols in SYMBOLS.values():
        expected = expected.replace(symbols, bytes(len(symbols)))
    assert strip_symbols(content) == expected != content


def test_payload_at_the_end_stays():
    """Bytes that no section accounts for are somebody's payload: nothing moves."""
    content = make_library(SYMBOLS, payload=b"payload")

    stripped = strip_symbols(content)

    assert (len(stripped), stripped[-7:]) == (len(content), b"payload")
    assert SYMBOLS[".debug_info"] not in stripped


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no library at all", id="no ELF file"),
        pytest.param(make_library({".comment": COMMENT}), id="nothing to strip"),
        pytest.param(make_library(SYMBOLS, kind=2), id="a program at a fixed address"),
        pytest.param(make_library(SYMBOLS, segments=(DYNAMIC, INTERPRETER)), id="a program"),
        pytest.param(make_library(SYMBOLS, segments=()), id="not for the dynamic linker"),
        pytest.param(make_library(SYMBOLS, identity=b"\x7fELF\x01\x01\x01"), id="32 bits"),
        pytest.param(make_library({".debug_info": b"D"}, allocated=".debug_info"), id="mapped at run time"),
        pytest.param(make_library(SYMBOLS)[:-30], id="cut off"),
        pytest.param(make_library(SYMBOLS)[:39] + b"\x80" + make_library(SYMBOLS)[40:], id="a table beyond all files"),
    ],
)
def test_left_as_it_is(content):
    """What is no plain shared library, or has nothing to strip, is the same object afterwards."""
    assert strip_symbols(content) is content


def test_strings_that_something_else_needs():
    """A section that still refers to the symbols keeps them all."""
    content = make_library({**SYMBOLS, ".rela.text": b"R"}, links={".rela.text": ".symtab"})

    assert strip_symbols(content) is content


def test_alignment_that_cannot_be_meant():
    """A damaged table may want sections farther apart than any memory has room for: symbols become zeros then."""
    content = make_library({**SYMBOLS, ".comment": COMMENT}, alignment=1 << 62)

    stripped = strip_symbols(content)

    assert len(stripped) == len(content)
    assert read_sections(stripped)[".debug_info"] == bytes(len(SYMBOLS[".debug_info"]))


@given(st.data())
def test_damaged_libraries(data):
    """Whatever the bytes, nothing is raised and nothing grows by more than a table's padding."""
    content = bytearray(make_library({**SYMBOLS, ".comment": COMMENT}))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    assert len(strip_symbols(bytes(content))) <= len(content) + 64


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("lib/libown.so.1.hmac", True),
        ("lib/.libown.so.1.hmac", True),
        ("lib/libown.chk", True),
        ("lib/libother.chk", False),
        ("libown.chk", False),
    ],
)
def test_digest_beside_a_library(other, expected):
    """A digest beside a library says that it checks itself."""
    assert checks_itself("lib/libown.so.1", {"lib/libown.so.1", other}) is expected

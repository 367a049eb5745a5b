"""The words of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.trace.facts.parse import decode
from bundler.trace.facts.text import SourceText

PARTS = st.lists(
    st.sampled_from(["exec(", "import_", "module", "_", ".", "\n", " ", '"', "é", "x1", "-m"]), max_size=12
)


@given(PARTS.map("".join), PARTS.map("".join))
def test_a_text_has_what_stands_in_it(text, searched):
    """Whatever is searched for is found where a plain search finds it, in the middle of a word too."""
    assert SourceText(text).has(searched) is (searched in text)


@given(PARTS.map("".join), st.sampled_from(["exec(", "module", "-m", "_", "é"]))
def test_lines_are_those_that_hold_a_text(text, searched):
    """The lines of a text are numbered from one, each once."""
    found = [number for number, line in enumerate(text.split("\n"), 1) if searched in line]

    assert SourceText(text).lines_of(searched, searched) == found


@pytest.mark.parametrize("source", ["import a\n", "\ufeffimport a\n", "# coding: latin-1\nimport a  # \xe9\n"])
def test_encodings_are_read_as_python_reads_them(source):
    """UTF-8 needs no word, a mark or a word of another encoding counts."""
    encoding = "latin-1" if "latin" in source else "utf-8"

    assert decode(source.encode(encoding)) == source.lstrip("\ufeff")

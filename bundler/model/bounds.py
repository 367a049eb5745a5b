"""Bounds of what is read: nothing that is in use comes near them (docs/bounds.md)."""

MOST_SOURCE_BYTES = 10_000_000
"""Of a Python file that is traced and compiled, and of a text that is looked through: a syntax tree is a hundred times
as large as its source."""
MOST_SETTINGS_BYTES = 64_000_000
"""Of a settings file, a requirements file or a lock."""
MOST_PACKED_BYTES = 524_288_000
"""Of the files of a bundle: twice what Lambda takes, so that the report of one that is over its limit can say what of
it is too much."""

"""Keep of a distribution's metadata what programs read at run time."""

import re

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def thin_metadata(content: bytes) -> bytes:
    """Return the headers of a METADATA file, without the long description that follows them."""
    end = _BLANK_LINE.search(content)
    return content if end is None else content[: end.start()] + b"\n"


def metadata_alone(content: bytes) -> bytes:
    """Return the headers of a METADATA file of whose distribution nothing else ships, with one that says so."""
    return thin_metadata(content).rstrip() + b"\nX-Lbundle: metadata-only\n"

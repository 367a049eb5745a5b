"""What reporting gives: shares of a bundle, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Metafile = Mapping[str, Any]
"""What `<function>.json` holds, schema `lbundle-metafile/1`: plain JSON, written by one build and read by many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What files that have something in common weigh together."""

    name: str
    """What they share: a distribution, a kind, a rule, or the path of a single file."""
    files: int
    size_bytes: int
    zipped_bytes: int
    """Their compressed data; 0 for files that do not ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a finished bundle is judged for; an error fails the build, a warning does not."""

    name: str
    """In kebab case, the same in every release: `zip-over-limit`."""
    level: Literal["error", "warning"]
    function: str
    message: str

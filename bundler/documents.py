"""JSON and TOML that others wrote: what cannot be read is a `ValueError`, whatever is wrong with it."""

import json
from typing import Any

_TOO_DEEP = "it is nested too deep"


def parse_json(content: bytes | str) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return what JSON says."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error


def parse_toml(text: str) -> dict[str, Any]:
    """Return what TOML says."""
    import tomllib  # noqa: PLC0415 - most projects come without

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error

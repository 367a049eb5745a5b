"""The part of JSON path that names places to leave alone: names, numbers, `*` and `..name`."""

import re
from collections.abc import Iterable

Path = tuple[tuple[bool, str], ...]
"""Steps: whether each may be at any depth, and its name, its number or `*`."""

_STEP = re.compile(
    r"""\.\.(?P<deep>[\w$-]+|\*)|\.(?P<name>[\w$-]+|\*)|\[(?P<index>\d+|\*)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]"""
)
_NAME = re.compile(r"[\w$-]+")
_ANY = "*"


def parse_path(text: str) -> Path | None:
    """Return what a text such as `$.items[*].id` names, `None` where it is no such path."""
    steps = []
    position = 1
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            return None
        steps.append((step["deep"] is not None, step["deep"] or step["name"] or step["index"] or step["key"]))
        position = step.end()
    return tuple(steps) if text.startswith("$") and steps else None


def spell_key(key: str) -> str:
    """Return the step that leads to a key."""
    return f".{key}" if _NAME.fullmatch(key) else f"['{key}']"


def replace_places(value: object, paths: Iterable[Path], replacement: object) -> object:
    """Return a plain value in which something else stands at each place that a path leads to."""
    for path in paths:
        value = _replace(value, path, replacement)
    return value


def _replace(value: object, path: Path, replacement: object) -> object:
    if not path:
        return replacement
    if not isinstance(value, dict | list):
        return value
    is_deep, name = path[0]
    changed = {}
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        below = _replace(child, path, replacement) if is_deep else child
        changed[key] = _replace(below, path[1:], replacement) if name in (_ANY, str(key)) else below
    return changed if isinstance(value, dict) else list(changed.values())

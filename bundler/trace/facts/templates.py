"""What an expression may be, as far as it is written down: a set of templates, and what is done to them.

A template is text in which `*` stands for what is unknown and a base mark for a place that is only known
once the file's module name is:

- `OWN_NAME` and `OWN_PACKAGE` are `__name__` and `__package__`;
- `OWN_FOLDER` is the folder of the file, so `__file__` is `OWN_FOLDER/NAME_OF_FILE`;
- `TASK_ROOT` is the root of the zip, `/var/task` and what `LAMBDA_TASK_ROOT` says;
- `OWN_STUB` is the stub beside the file, for the one library that reads it at run time;
- `FOLDER_OF` + module + `FOLDER_END` is the folder of another module or package;
- `GIVEN` + position + `:` + name + `FOLDER_END` is what a function is given for a parameter, where that is asked for;
- `PATH_NAMED` + dotted name + `FOLDER_END` is the path that another module gives that name, where that is asked for.
"""

import posixpath
from collections.abc import Callable
from itertools import product

OWN_FOLDER = "\x01"
FOLDER_OF = "\x02"
OWN_NAME = "\x03"
OWN_PACKAGE = "\x04"
FOLDER_END = "\x05"
OWN_FILE = "\x06"
FILE_OF_MODULE = f"{FOLDER_END}/*.py"
"""In place of `FOLDER_END`: the file of that module."""
OWN_STUB = "\x07"
PATH_NAMED = "\x08"
GIVEN = "\x0e"
TASK_ROOT = "\x0f"
UNKNOWN = "*"
TOP_LEVEL = "."
"""In place of a package whose modules are listed: all that can be imported."""

Value = frozenset[str]
ANYTHING: Value = frozenset({UNKNOWN})
MOST_ALTERNATIVES = 16
# No path is longer on Linux; `a = a.join([a, a])`, forty times, would be a terabyte.
_LONGEST = 4096


def has_base(template: str) -> bool:
    """Tell whether a template names a place in the site."""
    return any(mark in template for mark in (OWN_FOLDER, OWN_FILE, OWN_STUB, FOLDER_OF, TASK_ROOT))


def changed(change: Callable[[str], str], value: Value) -> Value:
    """Return what a change makes of each alternative."""
    return frozenset(change(template) for template in value)


def combined(join: Callable[[str, str], str], left: Value, right: Value) -> Value:
    """Return all pairs of two values, joined; anything where these are too many or too long."""
    if len(left) * len(right) > MOST_ALTERNATIVES:
        return ANYTHING
    if max(map(len, left), default=0) + max(map(len, right), default=0) > _LONGEST:
        return ANYTHING
    return frozenset(join(one, other) for one, other in product(left, right))


def joined(left: str, right: str) -> str:
    """Return a path below another one."""
    return posixpath.join(left, right) if right else left


def parent_of(template: str) -> str:
    """Return the folder that a path lies in."""
    if template == OWN_FILE:
        return OWN_FOLDER
    if template == UNKNOWN:
        return UNKNOWN
    head, _, last = template.rpartition("/")
    return head if head and last != ".." else f"{template}/.."


def cut_off(template: str) -> str:
    """Return what is left of a template after its end was cut off or replaced."""
    return posixpath.join(parent_of(template), UNKNOWN) if has_base(template) else UNKNOWN


def base_name(template: str) -> str:
    """Return the last part of a path."""
    return UNKNOWN if template == OWN_FILE else template.rpartition("/")[2]


def without_suffix(template: str) -> str:
    """Return a path without its ending."""
    return f"{OWN_FOLDER}/{UNKNOWN}" if template == OWN_FILE else posixpath.splitext(template)[0]


def folder_of_package(template: str) -> str:
    """Return the folder of a package that a string names."""
    if template in {OWN_NAME, OWN_PACKAGE}:
        return OWN_FOLDER
    return template if template == UNKNOWN else f"{FOLDER_OF}{template}{FOLDER_END}"

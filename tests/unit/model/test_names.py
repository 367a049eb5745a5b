"""Names of functions and layers are names of files, on every system."""

import pytest

from bundler.model.names import fold_name, name_problem


@pytest.mark.parametrize("name", ["hello", "create-user_1", "a b", "ünïcode", "-f", ".hidden", "a.b", "x" * 200])
def test_plain_names(name):
    """What every system takes as one part of a path is a name."""
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "names no file"),
        (".", "names no file"),
        ("..", "names no file"),
        ("../package", "has `/`"),
        ("/tmp/absolute", "has `/`"),
        ("a/b", "has `/`"),
        ("a\\b", "has `\\`"),
        ("C:x", "has `:`"),
        ("a*", "has `*`"),
        ('a"b', 'has `"`'),
        ("a|b", "has `|`"),
        ("a\0b", "cannot be seen"),
        ("a\nb", "cannot be seen"),
        ("\u202etxt", "cannot be seen"),
        ("\ud800", "cannot be seen"),
        ("a.", "a dot"),
        ("a ", "a space"),
        (" a", "a space"),
        ("con", "device"),
        ("NUL.backup", "device"),
        ("Com1", "device"),
        ("lpt²", "device"),
        ("x" * 201, "longer than 200 bytes"),
        ("ü" * 101, "longer than 200 bytes"),
    ],
)
def test_names_that_some_system_refuses(name, problem):
    """What Linux, macOS or Windows takes for another place, or not at all, is none; the reason says why."""
    assert problem in (name_problem(name) or "")


def test_names_of_one_file():
    """macOS and Windows tell names apart neither by case nor by how an accent is written."""
    assert fold_name("Größe") == fold_name("GRO\u0308SSE")
    assert fold_name("hello") != fold_name("hello2")

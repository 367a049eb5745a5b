"""What every error's text is kept from."""

from bundler.errors import BundleError


def test_characters_that_cannot_be_seen():
    """Control sequences of what others wrote do not reach the terminal."""
    error = BundleError("it said `\x1b[31mred\x07`", hints=("a\0b \u202e \ud800",))

    assert (error.message, error.hints) == ("it said `\\x1b[31mred\\x07`", ("a\\x00b \\u202e \\ud800",))


def test_an_endless_line():
    """A line of megabytes is cut, and how much there is of it is said."""
    error = BundleError("x" * 5000, hints=("short\n" + "y" * 4001,))

    assert (error.message, error.hints[0]) == (
        "x" * 4000 + "… (1,000 characters more)",
        "short\n" + "y" * 4000 + "… (1 characters more)",
    )

"""What every error has, and the two that belong to no stage."""

from collections.abc import Iterable

from bundler.addresses import hide_secrets

_LONGEST_LINE = 4000


class BundleError(Exception):
    """What went wrong in one sentence, and hints on how to mend it."""

    exit_code = 1

    def __init__(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        self.message = show(message)
        self.hints = tuple(map(show, hints))
        super().__init__(self.message)

    def add_hints(self, hints: Iterable[str]) -> None:
        """Add what those know who see more of the work than the place where it went wrong."""
        self.hints += tuple(map(show, hints))


def show(text: str) -> str:
    """Return a text that may be shown: errors end up in logs and on terminals, and say what others wrote.

    Addresses hold logins, characters that cannot be seen move the cursor or hide what follows, a line may be endless.
    """
    return "\n".join("".join(map(_visible, _shorten(line))) for line in hide_secrets(text).split("\n"))


def _shorten(line: str) -> str:
    """Keep what others wrote in one line, without its end, from filling screens and logs."""
    left = len(line) - _LONGEST_LINE
    return line if left <= 0 else f"{line[:_LONGEST_LINE]}… ({left:,} characters more)"


def _visible(character: str) -> str:
    is_plain = character.isprintable() or character in "\n\t"
    return character if is_plain else character.encode("unicode_escape").decode()


class BuildInterruptedError(BundleError):
    """The user pressed Ctrl-C."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted")


class NothingMatchesError(BundleError):
    """What the user asks about is neither in the zip nor in the full install."""

    exit_code = 2

    def __init__(self, function: str, what: str) -> None:
        super().__init__(
            f"nothing called `{what}` is in `{function}` or in what it could install",
            hints=("name a module (`pkg.mod`), a file (`pkg/data.json`), a package or a glob (`pkg/**`)",),
        )

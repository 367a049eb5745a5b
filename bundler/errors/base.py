"""What every error has, and the two that belong to no stage."""

import re

_LOGIN = re.compile(r"://[^/\s@]+@")


class BundleError(Exception):
    """What went wrong in one sentence, and hints on how to mend it."""

    exit_code = 1

    def __init__(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        self.message = _hide_logins(message)
        self.hints = tuple(map(_hide_logins, hints))
        super().__init__(self.message)


def _hide_logins(text: str) -> str:
    """Hide `user:password@` in every URL: addresses of indexes hold secrets, and errors end up in logs."""
    return _LOGIN.sub("://***@", text)


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

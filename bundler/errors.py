"""Every error a user can meet, each family with its exit code.

BundleError
├── SettingsError    2   the project's settings are wrong
├── ResolveError     3   requirements, locks, wheels and downloads
├── TraceError       4   the import graph cannot be made
├── TransformError   5   a file cannot be compiled or rewritten
├── PackError        6   the zip cannot be written
├── BudgetError      7   a bundle is larger than its limit
└── ProofError       8   a finished bundle does not hold what it promises

A class of its own exists where a caller or a test tells it apart; it takes values and writes the text. Exit code 1 is
left to Python: an unexpected exception is a bug of ours and shows its traceback.
"""


class BundleError(Exception):
    """What went wrong in one sentence, and hints on how to mend it."""

    exit_code = 1

    def __init__(self, message: str, *, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hints = hints


class SettingsError(BundleError):
    """The project's settings are wrong or not there."""

    exit_code = 2


class ResolveError(BundleError):
    """Requirements, locks, wheels or downloads do not give a complete site."""

    exit_code = 3


class TraceError(BundleError):
    """The import graph of a function cannot be made."""

    exit_code = 4


class TransformError(BundleError):
    """A file cannot be compiled or rewritten."""

    exit_code = 5


class PackError(BundleError):
    """The zip cannot be written."""

    exit_code = 6


class BudgetError(BundleError):
    """A bundle is larger than its limit."""

    exit_code = 7


class ProofError(BundleError):
    """A finished bundle does not hold what it promises."""

    exit_code = 8

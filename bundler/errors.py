"""Every error a user can meet, each family with its exit code.

BundleError
├── SettingsError    2   the project's settings are wrong
│   └── InterpreterSettingError
│   └── SettingsMissingError, SettingsUnreadableError, SettingsMistakesError,
│       UnknownFunctionError, UnknownArchitectureError
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


class SettingsMissingError(SettingsError):
    """The folder holds no settings."""

    def __init__(self, folder: str, looked_for: tuple[str, ...], hints: tuple[str, ...] = ()) -> None:
        names = ", ".join(f"`{name}`" for name in looked_for)
        super().__init__(f"`{folder}` has no settings: looked for {names}", hints=hints)


class SettingsUnreadableError(SettingsError):
    """A settings file cannot be read at all: its syntax, its encoding, its permissions."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        place = f"{file}:{line}" if line else file
        super().__init__(f"`{place}` cannot be read: {problem}")


class SettingsMistakesError(SettingsError):
    """Every mistake found in the settings, each as `file:line  key: what is wrong`."""

    def __init__(self, file: str, mistakes: tuple[str, ...]) -> None:
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n".join((f"`{file}` has {count}:", *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes


class UnknownFunctionError(SettingsError):
    """Functions are asked for that the settings do not have."""

    def __init__(self, names: tuple[str, ...], known: tuple[str, ...]) -> None:
        asked = ", ".join(f"`{name}`" for name in names)
        there = ", ".join(f"`{name}`" for name in known) or "none"
        super().__init__(f"there is no function {asked}", hints=(f"the functions are: {there}",))


class UnknownArchitectureError(SettingsError):
    """An architecture is asked for that Lambda does not have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        there = ", ".join(f"`{one}`" for one in known)
        super().__init__(f"`{name}` is not an architecture of Lambda", hints=(f"the architectures are: {there}",))


class InterpreterSettingError(SettingsError):
    """A setting names an interpreter that is not the one it should be."""

    def __init__(self, setting: str, path: str, version: str) -> None:
        super().__init__(
            f"`{setting}` names `{path}`, which is not a released CPython {version}",
            hints=(f"set it to the path of a `python{version}`, or unset it to look on this machine",),
        )


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

"""Every error a user can meet, each family with its exit code.

BundleError
├── SettingsError    2   the project's settings are wrong
│   └── SettingsMissingError, SettingsUnreadableError, SettingsMistakesError, UnknownFunctionError,
│       UnknownArchitectureError, InterpreterSettingError, BundleNotDescribedError, HandlerFormError
├── ResolveError     3   requirements, locks, wheels and downloads
│   └── RequirementsFileError, RequirementError, UnpinnedRequirementError, PinConflictError, PipSettingsError,
│       IndexUnreachableError, IndexAccessError, IndexNotTrustedError, PackageMissingError, WheelMissingError,
│       LockHashError, HashMismatchError, SourceBuildError, FetchError, WheelBrokenError, FileClashError,
│       CompileError, ResolverMissingError, LockOverwriteError, NothingToLockError, SeveralLocksError
├── TraceError       4   the import graph cannot be made
├── TransformError   5   a file cannot be compiled or rewritten
│   └── SourceNotCompilableError
├── PackError        6   the zip cannot be written
│   └── ArchiveTooLargeError, OutputError
├── BudgetError      7   a bundle is larger than its limit
├── ProofError       8   a finished bundle does not hold what it promises
├── NothingMatchesError    2
└── BuildInterruptedError  130

A class of its own exists where a caller or a test tells it apart; it takes values and writes the text. Exit code 1 is
left to Python: an unexpected exception is a bug of ours and shows its traceback.
"""

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


class BundleNotDescribedError(SettingsError):
    """A zip is to be verified and nothing says what it was built for."""

    def __init__(self, zip_path: str, metafile: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"nothing says what `{zip_path}` is built for: {', '.join(missing)}",
            hints=(
                f"`{metafile}` beside it would, as `lbundle build` writes it",
                f"or say it: {', '.join(f'`--{name}`' for name in missing)}",
            ),
        )


class HandlerFormError(SettingsError):
    """A handler is given that names no function of a module."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`{text}` is not of the form `folder/module.function`")


class ResolveError(BundleError):
    """Requirements, locks, wheels or downloads do not give a complete site."""

    exit_code = 3


class RequirementsFileError(ResolveError):
    """A requirements file is not there or cannot be read as text."""

    def __init__(self, path: str, reason: str, named_by: str) -> None:
        super().__init__(
            f"the requirements file `{path}` cannot be read: {reason}",
            hints=(f"it is named by {named_by}",) if named_by else (),
        )


class RequirementError(ResolveError):
    """Lines of a requirements file say something that lbundle cannot follow."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(
            "the requirements have lines that cannot be followed",
            hints=(
                *problems,
                "a line may be `name==version`, `name @ URL` of a wheel or an sdist, or the path of a wheel",
            ),
        )


class UnpinnedRequirementError(ResolveError):
    """Requirements do not fix their versions."""

    def __init__(self, lines: tuple[str, ...], path: str) -> None:
        super().__init__(
            f"`{path}` does not pin every requirement to one version",
            hints=(
                *lines,
                (
                    f"keep what you ask for in `requirements.in` and make the pins from it: "
                    f"`pip-compile --generate-hashes -o {path} requirements.in`, or "
                    f"`uv pip compile --generate-hashes --universal -o {path} requirements.in`"
                ),
            ),
        )


class CompileError(ResolveError):
    """No versions can be found for what the requirements ask for."""

    def __init__(self, path: str, target: str, resolver: str, lines: tuple[str, ...]) -> None:
        super().__init__(
            f"{resolver} finds no versions for `{path}` on {target}",
            hints=tuple(f"it said: {line}" for line in lines),
        )


class ResolverMissingError(ResolveError):
    """The resolver that is asked for is not on this machine."""

    def __init__(self, resolver: str, reason: str) -> None:
        super().__init__(
            f"`{resolver}` cannot be used: {reason}",
            hints=("`--resolver auto` takes what there is: uv where it is installed, else pip-tools",),
        )


class LockOverwriteError(ResolveError):
    """A lock is to be written over requirements that somebody keeps by hand."""

    def __init__(self, path: str, source: str) -> None:
        super().__init__(
            f"`{path}` is kept by hand and is not written over",
            hints=(f"move what it asks for to `{source}`, or name another file with `--output`",),
        )


class NothingToLockError(ResolveError):
    """There are no requirements that a lock could be made from."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        is_pinned = f"{', '.join(f'`{name}`' for name in requirements)} pins every requirement already"
        super().__init__(
            f"there is nothing to lock: {is_pinned if requirements else 'the functions have no requirements'}",
            hints=("write what the functions need into `requirements.in`, one name a line",),
        )


class SeveralLocksError(ResolveError):
    """Functions with different requirements would get the same lock."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        super().__init__(
            f"one lock cannot hold the functions' different requirements: {', '.join(f'`{name}`' for name in sources)}",
            hints=("a `NAME.in` gets a lock of its own, `NAME.txt`, where no `--output` is named",),
        )


class PinConflictError(ResolveError):
    """The requirements pin one distribution to two versions."""

    def __init__(self, name: str, pins: tuple[tuple[str, str], ...]) -> None:
        super().__init__(
            f"`{name}` is pinned to more than one version: {', '.join(version for version, _ in pins)}",
            hints=tuple(f"`{name}=={version}` at {origin}" for version, origin in pins),
        )


class PipSettingsError(ResolveError):
    """One of pip's own settings cannot be read."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"pip's setting in `{source}` cannot be read: {reason}")


class IndexUnreachableError(ResolveError):
    """An index or a file on it does not answer, or not as it should."""

    def __init__(self, url: str, reason: str, *, tries: int) -> None:
        times = "once" if tries == 1 else f"{tries} times"
        super().__init__(
            f"`{url}` cannot be fetched: {reason}",
            hints=(
                f"asked {times}; pip's own settings count here too: `index-url`, `proxy`, `cert`, `timeout`, `retries`",
            ),
        )


class IndexAccessError(ResolveError):
    """An index asks for a login that is not known."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"`{url}` asks for a login",
            hints=("give it in `~/.netrc`, in keyring, or as `https://user:password@host/` in pip's `index-url`",),
        )


class IndexNotTrustedError(ResolveError):
    """An index is reached without encryption and nothing says that this is wanted."""

    def __init__(self, url: str, host: str) -> None:
        super().__init__(
            f"`{url}` is not encrypted and its host is not trusted",
            hints=(f"use https, or set pip's `trusted-host` to `{host}`",),
        )


class PackageMissingError(ResolveError):
    """No index has a distribution, or not in the version wanted."""

    def __init__(self, pin: str, *, versions: tuple[str, ...], places: tuple[str, ...]) -> None:
        looked = f"looked in: {', '.join(places)}" if places else "there is no index to look in (`no-index`)"
        there = (f"there are: {', '.join(versions)}",) if versions else ()
        super().__init__(f"`{pin}` is on no index", hints=(*there, looked))


class WheelMissingError(ResolveError):
    """A pin has no wheel that fits the target, and no source to build one from."""

    def __init__(self, pin: str, target: str, *, files: tuple[str, ...], tags: str) -> None:
        super().__init__(
            f"`{pin}` has no wheel for {target}",
            hints=(
                *(f"there is: {file}" for file in files),
                f"asked for: {tags}",
                "pin a version that has one, or build one and name its folder in pip's `find-links`",
            ),
        )


class LockHashError(ResolveError):
    """The lock's hashes allow none of the files that would fit."""

    def __init__(self, pin: str, origin: str, files: tuple[str, ...]) -> None:
        super().__init__(
            f"the hashes of `{pin}` at {origin} allow no file that fits",
            hints=(
                *(f"not among them: {file}" for file in files),
                (
                    "make the lock again with the hashes of every file: "
                    "`pip-compile --generate-hashes` or `uv pip compile --generate-hashes`"
                ),
            ),
        )


class HashMismatchError(ResolveError):
    """A downloaded file is not the one that was promised; it is thrown away."""

    def __init__(self, filename: str, url: str, *, expected: tuple[str, ...], actual: str) -> None:
        super().__init__(
            f"`{filename}` is not the file that was promised",
            hints=(
                f"it came from `{url}`",
                f"expected {' or '.join(expected)}",
                f"got {actual}",
                "if the file was replaced on purpose, make the lock again; if not, do not trust its source",
            ),
        )


class SourceBuildError(ResolveError):
    """A pin has no wheel that fits the target, and its source does not become one."""

    def __init__(self, pin: str, target: str, reason: str, *, output: str, files: tuple[str, ...], tags: str) -> None:
        super().__init__(
            f"`{pin}` has no wheel for {target} and cannot be built from source: {reason}",
            hints=(
                *((f"its build said: {output}",) if output else ()),
                *(f"there is: {file}" for file in files),
                f"asked for: {tags}",
                "pin a version that has a wheel, or build one and name its folder in pip's `find-links`",
            ),
        )


class FetchError(ResolveError):
    """Several pins cannot be had."""

    def __init__(self, errors: tuple[ResolveError, ...]) -> None:
        super().__init__(
            f"{len(errors)} pins of the lock cannot be had",
            hints=tuple(hint for error in errors for hint in (error.message, *(f"  {line}" for line in error.hints))),
        )


class WheelBrokenError(ResolveError):
    """A wheel is not what a wheel should be."""

    def __init__(self, filename: str, reason: str) -> None:
        super().__init__(f"`{filename}` is not a usable wheel: {reason}")


class FileClashError(ResolveError):
    """Two distributions bring different code under the same path."""

    def __init__(self, path: str, one: str, other: str) -> None:
        super().__init__(
            f"`{one}` and `{other}` both bring `{path}`, with different content",
            hints=("only one of them can be installed: take the other out of the requirements",),
        )


class TraceError(BundleError):
    """The import graph of a function cannot be made."""

    exit_code = 4


class HandlerNotFoundError(TraceError):
    """A function's handler module is not among the files of the bundle."""

    def __init__(self, function: str, module: str) -> None:
        super().__init__(
            f"the handler `{module}` of `{function}` is not a module of the project",
            hints=("files that git or lbundle ignores do not count: check `exclude` and the folder's name",),
        )


class TransformError(BundleError):
    """A file cannot be compiled or rewritten."""

    exit_code = 5


class SourceNotCompilableError(TransformError):
    """Files of the project are no Python of the target's version; each as path, line and problem."""

    def __init__(self, problems: tuple[tuple[str, int, str], ...], version: str) -> None:
        places = [(f"`{path}:{line}`" if line else f"`{path}`", problem) for path, line, problem in problems]
        if len(places) == 1:
            message = f"{places[0][0]} does not compile for Python {version}: {places[0][1]}"
        else:
            lines = (f"  {place}: {problem}" for place, problem in places)
            message = "\n".join((f"{len(places)} files do not compile for Python {version}:", *lines))
        super().__init__(
            message, hints=("mend it, build for a newer runtime, or leave it out with `exclude` if nothing imports it",)
        )


class PackError(BundleError):
    """The zip cannot be written."""

    exit_code = 6


class ArchiveTooLargeError(PackError):
    """A zip would need the zip64 format, which Lambda does not take reliably."""

    def __init__(self, name: str, found: str, limit: str) -> None:
        super().__init__(
            f"`{name}` cannot hold {found}: {limit} is the most",
            hints=("`lbundle why` says what a file is there for; `exclude` and `external` leave things out",),
        )


class OutputError(PackError):
    """A result cannot be written to its folder."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"`{path}` cannot be written: {problem}", hints=("`--output` names another folder",))


class BudgetError(BundleError):
    """A bundle is larger than its limit."""

    exit_code = 7


class ProofError(BundleError):
    """A finished bundle does not hold what it promises."""

    exit_code = 8

"""Requirements, locks, wheels and downloads."""

from bundler.addresses import hide_secrets
from bundler.failure import BundleError

_PAIR = 2


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


class LockNameError(ResolveError):
    """A lock is to be written under a name that says it has another format."""

    def __init__(self, name: str, lock_format: str) -> None:
        wanted = "`pylock.toml` or `pylock.NAME.toml`" if lock_format == "pylock" else "one that ends in `.txt`"
        super().__init__(
            f"`{name}` is no name for a lock in the format {lock_format}", hints=(f"its name is {wanted}",)
        )


class NothingToLockError(ResolveError):
    """There are no requirements that a lock could be made from."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        is_pinned = f"{', '.join(f'`{name}`' for name in requirements)} pins every requirement with hashes already"
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


class LockFormatError(ResolveError):
    """A lock of a project manager is not what its format says."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"`{name}` cannot be read: {problem}", hints=("lock anew with the tool that wrote it",))


class LockTargetError(ResolveError):
    """A lock was not made for the target's Python or system: what it leaves out may be needed there."""

    def __init__(self, name: str, target: str, made_for: str) -> None:
        super().__init__(
            f"`{name}` does not hold for {target}: it was made for `{made_for}`",
            hints=("widen `requires-python` and lock anew, or build for a runtime that it holds for",),
        )


class GitError(ResolveError):
    """A source in a git repository cannot be had; none of what it is told may hold a login."""

    def __init__(self, name: str, url: str, reason: str, hint: str) -> None:
        super().__init__(f"`{name}` cannot be had from `{url}`: {reason}", hints=(hint,) if hint else ())


class LockSourceError(ResolveError):
    """A lock takes a distribution from a repository that is none of git's."""

    def __init__(self, name: str, source: str, lock: str) -> None:
        super().__init__(
            f"`{name}` in `{lock}` comes from version control that is not git: `{source}`",
            hints=("build a wheel of it with `pip wheel`, and depend on that file or on an index that has it",),
        )


class UnknownGroupError(ResolveError):
    """A group or extra that is asked for is not in the lock."""

    def __init__(self, kind: str, unknown: tuple[str, ...], lock: str, known: tuple[str, ...]) -> None:
        names = ", ".join(f"`{name}`" for name in unknown)
        there = ", ".join(f"`{name}`" for name in known) or "none"
        super().__init__(f"`{lock}` has no {kind} {names}", hints=(f"there is: {there}",))


class PinConflictError(ResolveError):
    """The requirements pin one distribution to two versions."""

    def __init__(self, name: str, pins: tuple[tuple[str, str], ...]) -> None:
        super().__init__(
            f"`{name}` is pinned to more than one version: {', '.join(version for version, _ in pins)}",
            hints=tuple(f"`{name}=={version}` at {origin}" for version, origin in pins),
        )


class PipSettingsError(ResolveError):
    """One of pip's own settings, or of uv's, cannot be read."""

    def __init__(self, source: str, reason: str, *, tool: str = "pip") -> None:
        super().__init__(f"{tool}'s setting in `{source}` cannot be read: {reason}")


class AddressError(ResolveError):
    """An index or a file is named by what is no address."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"`{url}` cannot be fetched: {problem}")


class IndexUnreachableError(ResolveError):
    """An index or a file on it does not answer, or not as it should."""

    def __init__(self, url: str, reason: str, *, tries: int) -> None:
        times = "once" if tries == 1 else f"{tries} times"
        super().__init__(
            f"`{url}` cannot be fetched: {hide_secrets(reason, url)}",
            hints=(
                f"asked {times}; pip's own settings count here too: `index-url`, `proxy`, `cert`, `timeout`, `retries`",
            ),
        )


class OfflineError(ResolveError):
    """Nobody may be asked, and the cache lacks something."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        things = "something" if len(missing) == 1 else f"{len(missing)} things"
        super().__init__(
            f"the cache lacks {things}, and `--offline` asks nobody",
            hints=(*(f"missing: {one}" for one in missing), "run it once without `--offline`"),
        )
        self.missing = missing


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
                *files,
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

    def __init__(  # noqa: PLR0913 - all that was tried, each by name
        self, pin: str, target: str, reason: str, *, output: str, also: str, files: tuple[str, ...], tags: str
    ) -> None:
        super().__init__(
            f"`{pin}` has no wheel for {target} and cannot be built from source: {reason}",
            hints=(
                *((f"its build said: {output}",) if output else ()),
                *((also,) if also else ()),
                *files,
                f"asked for: {tags}",
                (
                    "pin a version that has a wheel, build one and name its folder in pip's `find-links`, "
                    "or choose another runtime"
                ),
            ),
        )


class SourceForbiddenError(ResolveError):
    """A pin has no wheel that fits the target, and its source must not be built."""

    def __init__(self, pin: str, target: str, *, files: tuple[str, ...]) -> None:
        super().__init__(
            f"`{pin}` has no wheel for {target}, and `only-binary` forbids to build its source",
            hints=(
                *files,
                "pin a version that has a wheel, or build one elsewhere and name its folder in pip's `find-links`",
                "or take it out of `only-binary`, in lbundle's settings, the requirements or pip's own settings",
            ),
        )


class LocalProjectError(ResolveError):
    """A local project of the lock does not become a package."""

    def __init__(self, name: str, folder: str, reason: str, *, output: str = "", also: str = "") -> None:
        super().__init__(
            f"the local project `{name}` cannot be built: {reason}",
            hints=(
                *((f"its build said: {output}",) if output else ()),
                *((also,) if also else ()),
                f"see it whole with `pip wheel --no-deps {folder}`; a build gets a copy of this folder alone",
            ),
        )


class FetchError(ResolveError):
    """Several pins cannot be had."""

    def __init__(self, errors: tuple[ResolveError, ...]) -> None:
        super().__init__(
            f"{len(errors)} pins of the lock cannot be had",
            hints=tuple(hint for error in errors for hint in (error.message, *(f"  {line}" for line in error.hints))),
        )


class CacheUnwritableError(ResolveError):
    """What is fetched has no place to lie in."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"the cache `{folder}` cannot be written: {reason}",
            hints=("`LBUNDLE_CACHE_DIR` names another place",),
        )


class WheelBrokenError(ResolveError):
    """A wheel is not what a wheel should be."""

    def __init__(self, filename: str, reason: str) -> None:
        super().__init__(f"`{filename}` is not a usable wheel: {reason}")


class WheelDamagedError(ResolveError):
    """A wheel of the cache is no longer what was put there."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"`{path}` is damaged: {reason}", hints=("delete it, and the next build fetches it again",))


class WheelTagError(ResolveError):
    """A wheel's native code is not what its tags promise, and the target cannot load it."""

    def __init__(self, filename: str, promise: str, path: str, truth: str, *, target: str) -> None:
        super().__init__(
            f"`{filename}` promises {promise} by its tags, but `{path}` {truth}",
            hints=(
                f"it cannot be loaded on {target}",
                (
                    "pin a version whose wheel is right, name one of your own in pip's `find-links`, "
                    "or choose another runtime"
                ),
            ),
        )


class FileClashError(ResolveError):
    """Several distributions bring different code under the same path, and it ships."""

    def __init__(self, path: str, owners: tuple[str, ...], source: str) -> None:
        names = " and ".join(f"`{owner}`" for owner in owners)
        super().__init__(
            f"{names} {'both' if len(owners) == _PAIR else 'all'} bring `{path}`, with different content",
            hints=(
                *((f"`{source}` leads to it",) if source else ()),
                "only one of them can be installed: take the other out of the requirements",
            ),
        )

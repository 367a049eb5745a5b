"""Tracing, compiling, packing, and what the finished bundle is held to."""

from bundler.failure import BundleError


class TraceError(BundleError):
    """The import graph of a function cannot be made."""

    exit_code = 4


class OwnFileGoneError(TraceError):
    """A file of the project was there when the build began, and cannot be read now."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"`{path}` was there when the build began, and cannot be read now: {problem}",
            hints=("build again once nothing changes the project",),
        )


class HandlerNotFoundError(TraceError):
    """A function's handler module is not among the files of the bundle."""

    def __init__(self, function: str, module: str) -> None:
        super().__init__(
            f"the handler `{module}` of `{function}` is not a module of the project",
            hints=("files that git or lbundle ignores do not count: check `exclude` and the folder's name",),
        )


class UnimportableError(TraceError):
    """Handlers surely cannot be imported: each function with what it lacks, and what else is known of its packages."""

    def __init__(self, problems: tuple[tuple[str, str], ...], notes: tuple[str, ...]) -> None:
        lines = [f"function `{function}` cannot be imported: {problem}" for function, problem in problems]
        if len(lines) == 1:
            message = lines[0]
        else:
            message = "\n".join(("functions cannot be imported:", *(f"  `{name}`: {text}" for name, text in problems)))
        super().__init__(
            message,
            hints=(
                *notes,
                "`--allow-missing` builds all the same, for a module that something else brings when the function runs",
            ),
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


class CompressionError(PackError):
    """What was compressed does not inflate to what it was."""

    def __init__(self) -> None:
        super().__init__(
            "what was compressed does not inflate to what it was",
            hints=("build once more; if it stays, this machine's memory or libdeflate is broken",),
        )


class ZipDamagedError(PackError):
    """A zip that was just written is not what was written."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"`{path}` was written and reads otherwise: {problem}",
            hints=("the zip of an earlier build stays; look at the disk, or name another with `--output`",),
        )


class OutputError(PackError):
    """A result cannot be written to its folder."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"`{path}` cannot be written: {problem}", hints=("`--output` names another place",))


class ScratchError(PackError):
    """There is no place for temporary files."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"there is no place for temporary files: {problem}", hints=("`TMPDIR` names another one",))


class BudgetError(BundleError):
    """A bundle is larger than its limit."""

    exit_code = 7


class OverLimitError(BudgetError):
    """Bundles are over their limits; each as `function: what is over which limit`."""

    def __init__(self, excesses: tuple[str, ...]) -> None:
        lines = (f"  {excess}" for excess in excesses)
        super().__init__("\n".join(("bundles are over their limits:", *lines)) if excesses[1:] else excesses[0])
        self.excesses = excesses


class ProofError(BundleError):
    """A finished bundle does not hold what it promises."""

    exit_code = 8


class BundleDamagedError(ProofError):
    """A finished zip cannot be unpacked."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"`{path}` cannot be unpacked: {problem}",
            hints=("`lbundle verify` says what is wrong with it, `lbundle build` makes it anew",),
        )

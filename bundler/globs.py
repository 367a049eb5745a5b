"""Match bundle paths against ordered globs, `!` negating, as Serverless reads `package.patterns`."""

from functools import cache

from wcmatch import glob

_FLAGS = glob.GLOBSTAR | glob.BRACE | glob.DOTGLOB | glob.FORCEUNIX | glob.EXTGLOB
_WILD = frozenset("*?[{(")


@cache
def _matches(path: str, pattern: str) -> bool:
    plain = pattern.removeprefix("./").rstrip("/")
    if glob.globmatch(path, plain, flags=_FLAGS):
        return True
    # A pattern without wildcards that names a folder means all in it.
    return not (_WILD & set(plain)) and path.startswith(f"{plain}/")


def last_match(path: str, patterns: tuple[str, ...]) -> str | None:
    """Return the last glob that fits, with the `!` of a negated one."""
    return next((pattern for pattern in reversed(patterns) if _matches(path, pattern.removeprefix("!"))), None)


def last_verdict(path: str, patterns: tuple[str, ...]) -> bool | None:
    """Return what the last matching glob says, `False` for a negated one, or `None` when none matches."""
    pattern = last_match(path, patterns)
    return None if pattern is None else not pattern.startswith("!")

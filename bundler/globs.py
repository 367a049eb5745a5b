"""Match bundle paths against ordered globs, `!` negating, as Serverless reads `package.patterns`."""

import re
from functools import cache

from wcmatch import glob
from wcmatch._wcparse import PatternLimitException

from bundler.expressions import matches_whole

_FLAGS = glob.GLOBSTAR | glob.BRACE | glob.DOTGLOB | glob.FORCEUNIX | glob.EXTGLOB
_WILD = frozenset("*?[{(")
_MOST_CHARACTERS = 10_000
# What Python's matcher may take for ever with: groups that repeat, and many wildcards in groups or for folders.
_REPEATED = re.compile(r"[*+]\(")
_GROUP = re.compile(r"[?@!]\(")
_MOST_WILD = 3


@cache
def _matches(path: str, pattern: str) -> bool:
    plain = pattern.removeprefix("./").rstrip("/")
    if _fits(path, plain):
        return True
    # A pattern without wildcards that names a folder means all in it.
    return not (_WILD & set(plain)) and path.startswith(f"{plain}/")


def _fits(path: str, pattern: str) -> bool:
    is_repeated = _REPEATED.search(pattern) or pattern.count("**") > _MOST_WILD
    if is_repeated or (_GROUP.search(pattern) and pattern.count("*") > _MOST_WILD):
        return any(matches_whole(expression, path) for expression in _expressions(pattern))
    return glob.globmatch(path, pattern, flags=_FLAGS)


@cache
def _expressions(pattern: str) -> tuple[str, ...]:
    return tuple(glob.translate(pattern, flags=_FLAGS)[0])


def glob_problem(pattern: str) -> str | None:
    """Say why a glob cannot be used; `None` where it can."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"it has {len(pattern):,} characters, at most {_MOST_CHARACTERS:,} are read"
    try:
        _expressions(pattern.removeprefix("!"))
    except PatternLimitException as error:
        return f"its braces make too many globs of it: {str(error)[:1].lower()}{str(error)[1:]}"
    except (re.error, RecursionError, ValueError):
        return "it is nested too deeply, or no glob"
    return None


def last_match(path: str, patterns: tuple[str, ...]) -> str | None:
    """Return the last glob that fits, with the `!` of a negated one."""
    return next((pattern for pattern in reversed(patterns) if _matches(path, pattern.removeprefix("!"))), None)


def last_verdict(path: str, patterns: tuple[str, ...]) -> bool | None:
    """Return what the last matching glob says, `False` for a negated one, or `None` when none matches."""
    pattern = last_match(path, patterns)
    return None if pattern is None else not pattern.startswith("!")

"""Which of the project's own files ship by themselves: the table of those that do not, and what brings one back."""

import re

from bundler.globs import last_verdict
from bundler.model.project import Function

_JUNK_NAMES = re.compile(
    r"(?:^|/)(?:\.git[^/]*|\.DS_Store|\.env(?:\.[^/]*)?|\.python-version|\.pre-commit-config\.yaml|\.editorconfig|\.dockerignore|\.npmrc"
    r"|Thumbs\.db|uv\.lock|poetry\.lock|pdm\.lock|Pipfile|Pipfile\.lock|pylock[^/]*\.toml|(?:[^/]*-)?requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt"
    r"|uv\.toml|poetry\.toml|pdm\.toml|pip\.(?:conf|ini)|[._]netrc|\.pypirc"
    r"|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|lbundle-sizes\.json|\.coverage|[^/]*\.py[co]|[^/]*\.swp|[^/]*~)\Z"
)
# Deeper down these may be templates of projects, which own code opens in ways that nobody can see.
_PROJECT_NAMES = re.compile(
    r"(?:package\.json|serverless\.(?:yml|yaml|json|ts|js)|samconfig\.toml|template\.ya?ml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|noxfile\.py|pytest\.ini|mypy\.ini|ruff\.toml|Makefile|Dockerfile[^/]*"
    r"|README[^/]*|CHANGELOG[^/]*|CONTRIBUTING[^/]*)\Z"
)
_OWN_TESTS = re.compile(r"(?:^|/)(?:tests?|__tests__)/|(?:^|/)conftest\.py\Z|(?:^|/)test_[^/]*\.py\Z")


def rule_by_name(path: str) -> str | None:
    """Return the rule by which an own data file does not ship by itself, as its name says, or `None`."""
    if _JUNK_NAMES.search(path) or _PROJECT_NAMES.match(path):
        return "junk"
    return "tests" if _OWN_TESTS.search(path) else None


def may_ship(path: str, function: Function) -> bool:
    """Tell whether the user's settings let an own data file ship where something asks for it."""
    if last_verdict(path, function.options.exclude):
        return False
    return bool(last_verdict(path, function.options.include)) or last_verdict(path, function.patterns) is not False


def ships_by_itself(path: str, rule: str | None, function: Function) -> bool:
    """Tell whether an own data file ships though nothing asks for it; `rule` is the one that holds it back."""
    return may_ship(path, function) and (rule is None or is_brought_back(path, function))


def is_brought_back(path: str, function: Function) -> bool:
    """Tell whether the user's own words name a file that does not ship by itself."""
    return bool(last_verdict(path, function.options.include))

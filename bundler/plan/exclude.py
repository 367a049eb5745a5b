"""Name the rule by which a file that nothing leads to stays out, and the own files that are junk."""

import re
from collections.abc import Callable

from bundler.model.wheels import Site, SiteFile
from bundler.own_files import rule_by_name
from bundler.test_paths import is_test_path

_THIN_METADATA = re.compile(
    r"^[^/]+\.dist-info/(?:METADATA|entry_points\.txt|top_level\.txt|licenses?/.*|LICEN[SC]E[^/]*|COPYING[^/]*|NOTICE[^/]*|AUTHORS[^/]*)\Z",
    re.IGNORECASE,
)


def is_thin_metadata(path: str) -> bool:
    """Tell whether a file of a `.dist-info` is read at run time, or is a licence that has to go along."""
    return _THIN_METADATA.match(path) is not None


def own_file_rule(path: str, site: Site) -> str | None:
    """Return the rule that keeps an own file out although no pattern does, or `None` when it ships."""
    if path.endswith(".py"):
        return site.held_back.get(path, "unreached")
    return site.held_back.get(path) or rule_by_name(path)


_DOCUMENTATION = re.compile(r"\.(?:rst|md|ipynb)\Z|(?:^|/)(?:docs?|examples)/", re.IGNORECASE)
# Headers of C++ may have no ending.
_BUILD = re.compile(
    r"\.(?:pyx|pxd|pxi|h|hh|hpp|hxx|inl|ipp|tcc|tpp|c|cc|cpp|cu|cuh|f|f90|a|lib|cmake|pc|la)\Z"
    r"|(?:^|/)include/(?:.*/)?[^./]+\Z",
    re.IGNORECASE,
)
_METADATA = re.compile(r"^[^/]+\.(?:dist-info|egg-info)/|\.pth\Z")

_RULES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("metadata", _METADATA.search),
    ("bytecode", re.compile(r"\.py[co]\Z").search),
    ("tests", is_test_path),
    ("stub", re.compile(r"\.pyi\Z|(?:^|/)py\.typed\Z").search),
    ("documentation", _DOCUMENTATION.search),
    ("build", _BUILD.search),
    ("unreached", re.compile(r"\.py\Z|\.(?:cpython-\d+[^/]*|abi3)\.so\Z").search),
    ("unlinked", re.compile(r"\.so(?:\.|\Z)").search),
)


def omission_rule(file: SiteFile, external: frozenset[str]) -> str:
    """Return the rule under which a file that nothing leads to stays out."""
    if file.owner in external:
        return "external"
    return rule_by_path(file.path)


def rule_by_path(path: str) -> str:
    """Return the rule under which a file stays out that nothing leads to and nothing else brings."""
    return next((rule for rule, fits in _RULES if fits(path)), "unused-data")

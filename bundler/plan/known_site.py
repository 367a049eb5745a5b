"""Know what planning asks of a site alone: it is worked out once, however many functions share the site."""

from functools import cached_property

from bundler.model.wheels import Site
from bundler.plan.exclude import is_thin_metadata, rule_by_path


class KnownSite:
    """Answers that hang on a site, and on no function."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rules: dict[str, str] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every path of the site, in order."""
        return tuple(sorted(self._site.files))

    @cached_property
    def thin_metadata(self) -> dict[str, str]:
        """The owner of each file of a dist-info that ships with any other file of its distribution."""
        files = self._site.files
        folders = {distribution.dist_info: distribution.name for distribution in self._site.distributions}
        owners = {path: folders.get(path.partition("/")[0]) for path in files if is_thin_metadata(path)}
        return {path: owner for path, owner in owners.items() if owner is not None and not files[path].layer}

    @cached_property
    def top_level(self) -> dict[str, str]:
        """The top-level names of the site, each with a distribution that has it."""
        return {path.removesuffix(".py").partition("/")[0]: file.owner for path, file in self._site.files.items()}

    def rule_of(self, path: str) -> str:
        """Return the rule under which a file of a package stays out that nothing leads to or brings."""
        rule = self._rules.get(path)
        if rule is None:
            rule = self._rules[path] = rule_by_path(path)
        return rule

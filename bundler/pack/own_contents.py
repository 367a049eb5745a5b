"""Contents of a site's own files: each digested once for all functions, and which of them had a say in a plan."""

import json
from collections.abc import Iterable, Mapping

from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.system import cache
from bundler.system.files import digest_site_file

_PLANS = "plans"


class OwnContents:
    """Digests of the files of one site, each made when it is asked for."""

    def __init__(self, files: Mapping[str, SiteFile]) -> None:
        self._files = files
        self._known: dict[str, str] = {}
        self.own = tuple(file for file in files.values() if file.owner == OWN_CODE)
        self.sizes = {file.path: file.size_bytes for file in self.own}

    def digest(self, file: SiteFile) -> str:
        """Return the digest of a file's content."""
        if file.path not in self._known:
            self._known[file.path] = digest_site_file(file).hex()
        return self._known[file.path]

    def recall(self, shape: str) -> str | None:
        """Return the digest of the plan that a function of a shape had when what had a say in it was as it is now."""
        told = cache.load_as(_PLANS, shape, lambda content: dict(json.loads(content)))
        if told is None or not all(self._is(path, digest) for path, digest in told["made_of"].items()):
            return None
        return str(told["plan"])

    def remember(self, shape: str, paths: Iterable[str], plan: str) -> None:
        """Keep which own files had a say in the plan of a function."""
        made_of = {path: self.digest(self._files[path]) for path in sorted(paths)}
        cache.store(_PLANS, shape, json.dumps({"made_of": made_of, "plan": plan}).encode())

    def _is(self, path: str, digest: str) -> bool:
        return path in self._files and self.digest(self._files[path]) == digest


def is_read_in_place(file: SiteFile) -> bool:
    """Tell whether a file is one of the project's own, which changes without a digest of something around it."""
    return not (file.container_sha256 or file.layer)

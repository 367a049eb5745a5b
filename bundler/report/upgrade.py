"""Tell what another lbundle made of the same sources from what the user changed: an upgrade is no regression."""

from collections.abc import Iterator

from bundler.model.report import FunctionSize, Way
from bundler.model.wheels import GUARD_OWNER

_FEWEST_BYTES = 200
"""Less is not worth a word, as with reasons."""


class Upgrade:
    """Two states of a function, perhaps made by different versions of lbundle; else it is to blame for nothing."""

    def __init__(self, before: FunctionSize, after: FunctionSize) -> None:
        self._before, self._after = before, after
        is_other = bool(after.sources.lbundle) and before.sources.lbundle != after.sources.lbundle
        # Other settings make other zips of the same sources, and a bare zip tells none.
        self._is_one = is_other and bool(before.settings) and before.settings == after.settings

    def is_to_blame_for_package(self, name: str) -> bool:
        """Tell whether what changed of a package's weight is lbundle's doing."""
        old, new = self._before.packages.get(name), self._after.packages.get(name)
        if not self._is_one or name == GUARD_OWNER:
            return self._is_one
        if new is None:
            return old is not None and self._has_package(name) and self._has_file(old.path)
        is_led_to = old.version == new.version if old is not None else self._has_way(new.way)
        return is_led_to and self._has_package(name)

    def is_to_blame_for_file(self, path: str) -> bool:
        """Tell whether what changed of an own file's weight is lbundle's doing."""
        is_shipped_alike = path in self._before.own_files or self._has_way(self._after.ways.get(path, Way()))
        return self._is_one and path in self._after.own_files and self._has_file(path) and is_shipped_alike

    def growth_bytes(self) -> int:
        """Return how much of the growth is lbundle's doing, with its share of what the zip weighs beyond its files."""
        growth = self._after.zip_bytes - self._before.zip_bytes
        if not self._is_one or growth <= 0:
            return 0
        differences = tuple(self._differences())
        own = sum(size_bytes for size_bytes, is_own in differences if is_own)
        others = sum(size_bytes for size_bytes, is_own in differences if not is_own)
        excused = growth * max(0, own) // (max(0, own) + others) if others > 0 else growth
        return excused if excused >= _FEWEST_BYTES else 0

    def _differences(self) -> Iterator[tuple[int, bool]]:
        for name in {*self._before.packages, *self._after.packages}:
            old, new = self._before.packages.get(name), self._after.packages.get(name)
            difference = (new.zipped_bytes if new else 0) - (old.zipped_bytes if old else 0)
            yield difference, self.is_to_blame_for_package(name)
        for path in {*self._before.own_files, *self._after.own_files}:
            difference = self._after.own_files.get(path, 0) - self._before.own_files.get(path, 0)
            yield difference, self.is_to_blame_for_file(path)

    def _has_way(self, way: Way) -> bool:
        return all(map(self._has_package, way.packages)) and all(map(self._has_file, way.own_files))

    def _has_package(self, name: str) -> bool:
        """Tell whether a package was locked as it is now."""
        now = self._after.sources.packages.get(name, frozenset())
        return bool(now) and now <= self._before.sources.packages.get(name, frozenset())

    def _has_file(self, path: str) -> bool:
        """Tell whether an own file was there as it is now."""
        now = self._after.sources.own_files.get(path, frozenset())
        return bool(now) and now <= self._before.sources.own_files.get(path, frozenset())

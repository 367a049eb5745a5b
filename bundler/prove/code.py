"""A function's code as Lambda lays it out, and what of it a run asks for."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bundler.model.project import Handler, Target

LAYERS_PLACE = "/opt/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A function's files as Lambda lays them out, and what of them is called."""

    name: str
    handler: Handler
    target: Target
    task: Path
    layers: Path
    search_folders: tuple[str, ...] = ()
    """Folders of the code that its variables put on Python's path."""

    def place_of(self, name: str) -> Path:
        """Return where a file is, by its path below the function's folder or by its place in a layer, `/opt/…`."""
        if name.startswith(LAYERS_PLACE):
            return self.layers / name.removeprefix(LAYERS_PLACE)
        return self.task / name

    def name_of(self, place: Path) -> str:
        """Return what `place_of` takes, for a place in either folder."""
        for prefix, folder in (("", self.task), (LAYERS_PLACE, self.layers)):
            for root in (folder, folder.resolve()):
                if place.is_relative_to(root):
                    return prefix + "/".join(place.relative_to(root).parts)
        raise ValueError(place)


@dataclass(frozen=True, slots=True)
class Seen:
    """What of its own folder and its layers a function asked for, as paths below the one and `/opt/…`."""

    touched: set[str] = field(default_factory=set)
    """Files that were opened, loaded or started."""
    listed: set[str] = field(default_factory=set)
    """Folders that were listed, but for looking for modules; empty for the function's own."""
    missed: set[str] = field(default_factory=set)
    """Places that were opened and where nothing is."""

    def add(self, code: Code, places: Iterable[Path]) -> None:
        """Tell apart what is there from what is not."""
        for place in places:
            if place.is_file():
                self.touched.add(code.name_of(place.resolve()))
            elif place.is_dir():
                self.listed.add(code.name_of(place))
            elif not os.path.lexists(place):
                self.missed.add(code.name_of(place))

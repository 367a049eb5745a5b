"""Keep the programs of wheels that code may run: `X.data/scripts`, which an install puts into `bin`.

Those of its own wheel and of what that requires ship where a distribution runs a program that nobody can tell, and any
that a string names in code which runs programs. Evidence: ruff 0.7 looks for its binary in several folders by a path.
"""

import re
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.trace.follow import Follower
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule


class ProgramDoubt:
    """What the files that were reached for sure run."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._programs = [file for file in walk.site.files.values() if file.is_program and not file.layer]
        self._users: list[ReadModule] = []

    def note(self, user: ReadModule) -> None:
        """Remember a file that runs programs."""
        if self._programs and user[2].runs_programs:
            self._users.append(user)

    def follow(self) -> None:
        """Let the programs ship that may be run."""
        for _, file, facts in self._users:
            if facts.runs_unknown and self._is_heard(file):
                reason = Reason(EdgeKind.DOUBT, facts.runs_unknown, "a program nobody can tell", "doubt.program")
                self._walk.add_files(file, self._near(file.owner), reason)
            for program, line in self._named_in(file):
                reason = Reason(EdgeKind.DATA, line, program.path, "programs.named")
                self._walk.add_files(file, [program], reason)

    def _near(self, owner: str) -> list[SiteFile]:
        """Return the programs of a distribution and of what it requires."""
        distribution = self._walk.distributions.get(owner)
        owners = {owner, *(distribution.requires if distribution is not None else ())}
        return [program for program in self._programs if program.owner in owners]

    def _named_in(self, file: SiteFile) -> Iterator[tuple[SiteFile, int]]:
        """Yield the programs that strings of a file name, alone or at the end of a path."""
        if file.path.endswith(".py"):
            text = read_site_file(file).decode(errors="replace")
            for program in self._programs:
                name = re.escape(program.path.rpartition("/")[2])
                if match := re.search(rf"""["'/]{name}["'\s]""", text):
                    yield program, text.count("\n", 0, match.start()) + 1

    def _is_heard(self, file: SiteFile) -> bool:
        return self._walk.shake_of(file) is not ShakeMode.TRACED

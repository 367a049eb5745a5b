"""The programs of its own wheel and of those it requires, where a distribution runs one that nobody can tell.

They are what an install puts into `bin`, from `X.data/scripts`.

Evidence: ruff 0.7 looks for its binary in several folders by a path (_find_ruff.py).
Not caught: programs whose names are written down, which a rule of its own finds.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if view.ships_in_doubt(read.file):
        owners = {read.file.owner, *view.requires(read.file.owner)}
        programs = [program for program in view.programs if program.owner in owners]
        yield FilesDemand(programs, read.facts.runs_unknown, "a program nobody can tell", EdgeKind.DOUBT)


RULE = Rule("doubt.program", lambda read: read.facts.runs_programs and read.facts.runs_unknown, _visit)

"""The programs of wheels, `X.data/scripts`, that a string names in code which runs programs.

Evidence: ruff 0.7 comes as such a program, which its users run by its name: `["ruff", "check"]`.
Not caught: names of programs in code that runs none.
"""

import re
from collections.abc import Iterator

from bundler.system.files import read_site_file
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if not view.programs or not read.file.path.endswith(".py"):
        return
    text = read_site_file(read.file).decode(errors="replace")
    for program in view.programs:
        name = re.escape(program.path.rpartition("/")[2])
        if match := re.search(rf"""["'/]{name}["'\s]""", text):
            yield FilesDemand((program,), text.count("\n", 0, match.start()) + 1, program.path)


RULE = Rule("programs.named", lambda read: read.facts.runs_programs, _visit)

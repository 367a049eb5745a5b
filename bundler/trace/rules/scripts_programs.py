"""A module that another Python is told to run or to import: `[sys.executable, "-m", "jobs.nightly"]`.

Evidence: Scrapy 2.19 commands/bench.py:39, Celery 5.7 bin/worker.py:370.
Not caught: a module of neither the package itself nor of what it requires.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.programs import program_modules
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    owners = {read.file.owner, *view.requires(read.file.owner)}
    for fact in read.facts.programs:
        if read.file.is_own or view.owner_of(fact.pattern) in owners:
            for name in program_modules(fact.pattern):
                yield ModuleDemand(name, fact.line, f"-m {fact.pattern}")


RULE = Rule("scripts.program", lambda read: read.facts.programs, _visit)

"""Python files in folders that a distribution names which executes files by their path, or imports what it finds.

They ship as source, since code looks for names that end with `.py`. A glob for such files says so by itself.

Evidence: Django 6.1 db/utils.py:124 lists `backends/`, Alembic 1.20 config.py:293 runs `templates/…/env.py`.
Not caught: folders on `sys.path`, whose modules come when they are imported, and a folder that the file itself lies in.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.facts.templates import FILE_OF_MODULE
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _runs_scripts(view: View, read: ReadModule) -> bool:
    return read.file.owner in view.knowledge.habits.run_scripts


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    roots = {fact.pattern for fact in read.facts.path_roots}
    runs_any = _runs_scripts(view, read)
    for fact in read.facts.data:
        is_meant = fact.pattern.endswith(".py") or (runs_any and fact.pattern not in roots)
        if is_meant and not fact.pattern.endswith(FILE_OF_MODULE):
            files = view.assets.scripts_named_by(fact.pattern, read.file, view.index)
            name = files[0].path.rpartition("/")[0] if files else ""
            yield FilesDemand(files, fact.line, f"{name}/*.py")


RULE = Rule("scripts.folder", lambda read: read.facts.data, _visit, _runs_scripts)

"""First-party folders of scripts that a package's parameters have as defaults: `directory="migrations"`.

Evidence: Flask-Migrate 4.1 __init__.py (`directory="migrations"`).
Not caught: folders that are packages, or hold a handler.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for folder in read.facts.folders:
        if scripts := view.scripts_in_folder(folder):
            yield FilesDemand(scripts, 0, folder)


RULE = Rule("scripts.folder-parameter", lambda read: not read.file.is_own and read.facts.folders, _visit)

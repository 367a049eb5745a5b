"""Folders beside a file that parameters are given or have as defaults: `def __init__(self, directory="templates")`.

Evidence: Werkzeug 3.1 debug/__init__.py (`shared_data={"shared": …}`), PasteDeploy 3.1 paster_templates.py.
Not caught: a word of that kind with no folder of its name beside the file.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.facts.templates import OWN_FOLDER
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for folder in read.facts.folders:
        yield FilesDemand(view.assets.named_by(f"{OWN_FOLDER}/{folder}", read.file, view.index), 0, folder)


RULE = Rule("data.folder-parameter", lambda read: read.facts.folders, _visit)

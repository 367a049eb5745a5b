"""What first-party code names from the root of the zip ships, though it looks like junk: `open(".env")`.

Evidence: python-dotenv 1.0 (main.py, find_dotenv) opens what the project has at its root.
Not caught: Python files, and files of packages.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _names_files(read: ReadModule) -> bool:
    return read.file.is_own and bool(read.facts.file_names)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.file_names:
        file = view.site.files.get(fact.pattern)
        if file is not None and file.is_own and not file.path.endswith(".py"):
            yield FilesDemand((file,), fact.line, file.path)


RULE = Rule("data.from-root", _names_files, _visit)

"""What a variable of the function names: its real handler, settings, plugins or a folder of scripts.

Evidence: Django 5.1 reads `DJANGO_SETTINGS_MODULE` (conf/__init__.py); layers wrap the handler that a variable names.
Not caught: what a variable of another function names.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    function = view.function
    start = view.find_start(function) if function is not None else None
    if function is None or start is not read.module:
        return
    for named in function.named:
        name = view.index.longest_module(named.name)
        if name is not None and name != read.module.name:
            yield ModuleDemand(name, 0, f"{named.variable}: {named.name}")
        module = view.index.find(named.name)
        if module is not None and module.is_package and (module.file is None or module.file.is_own):
            # What of a package is wanted, the event may say.
            for below in view.index.below(named.name):
                yield ModuleDemand(below, 0, f"{named.variable}: every module of it")
        path = named.name.replace(".", "/")
        if scripts := view.scripts_in_folder(path):
            yield FilesDemand(scripts, 0, path)


RULE = Rule("settings.variable", lambda _: True, _visit)

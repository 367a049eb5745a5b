"""A module that opens the stub beside it loads what that says: `lazy_loader.attach_stub(__name__, __file__)`.

Evidence: scikit-image 0.26, skimage/color/__init__.py:5.
Not caught: stubs that nothing opens, which type checkers read.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ImportDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    stub = view.site.files.get(f"{read.file.path}i")
    opened = (view.assets.named_by(fact.pattern, read.file, view.index) for fact in read.facts.data)
    if stub is not None and any(stub in files for files in opened):
        yield from map(ImportDemand, view.store.source(stub).imports)


RULE = Rule("lazy.stub", lambda read: read.facts.data, _visit)

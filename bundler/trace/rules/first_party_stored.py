"""Modules that stored objects of first-party code name, once they are known to ship: models, as a rule.

Evidence: joblib 1.6 stores scikit-learn's models as pickles that name their classes' modules.
Not caught: files that do not begin like stored objects.
"""

from collections.abc import Iterator

from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, FileRule, ModuleDemand
from bundler.trace.view import View


def _visit(view: View, file: SiteFile) -> Iterator[Demand]:
    for name in sorted(view.store.stored_names(file)):
        yield ModuleDemand(name, 0, name)


RULE = FileRule("first-party.stored", lambda file: file.is_own, _visit)

"""Data beside an extension whose file or folder its text names: it is opened from there.

Evidence: grpcio 1.85 cygrpc (`_credentials/roots.pem`), SciPy 1.18 stats/_sobol (`_sobol_direction_numbers.npz`).
Not caught: folders that hold modules or libraries too.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.facts.packed_strings import SHORTEST_WORD
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    facts = view.store.binary(read.file)
    words = frozenset(facts.words)
    for name, files in view.assets.beside(read.file):
        if name in words or (len(name) >= SHORTEST_WORD and name in facts.packed):
            yield FilesDemand(files, 0, name)


RULE = Rule("native.data", lambda read: read.module.is_extension, _visit)

"""One mechanism a file, each with its evidence and what it must not catch. The order of `RULES` is all the same."""

from bundler.trace.demand import Rule
from bundler.trace.rules import imported_paths, known

RULES: tuple[Rule, ...] = (imported_paths.RULE, known.RULE)

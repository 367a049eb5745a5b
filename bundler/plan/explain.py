"""Say why something ships: the chain from the handler to it; or by which rule it stays out."""

import re
from dataclasses import dataclass

from bundler.globs import last_verdict
from bundler.model.imports import Edge
from bundler.model.plan import Omission, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to `lbundle why`: for each match either a chain of edges, the handler's first, or an omission."""

    chains: tuple[tuple[Edge, ...], ...]
    omissions: tuple[Omission, ...]


def explain(plan: Plan, what: str) -> Explanation:
    """Explain a module, a file, a package or a glob; the shortest chain first, nothing where nothing matches."""
    causes = {planned.file.path: planned.cause for planned in plan.files}
    shipped = [planned.file.path for planned in plan.files if _is_meant(planned.file.path, planned.file.owner, what)]
    # Code first: metadata ships because of it.
    chains = sorted(
        (_chain(path, causes) for path in shipped), key=lambda chain: (".dist-info/" in chain[-1].target, len(chain))
    )
    omitted = tuple(omission for omission in plan.omissions if _is_meant(omission.path, omission.owner, what))
    return Explanation(chains=tuple(chains), omissions=omitted)


def _is_meant(path: str, owner: str, what: str) -> bool:
    if path == what or last_verdict(path, (what,)):
        return True
    if owner and owner == re.sub(r"[-_.]+", "-", what).lower():
        return True
    module = what.replace(".", "/")
    return path in {f"{module}.py", f"{module}/__init__.py"} or (path.startswith(f"{module}.") and path.endswith(".so"))


def _chain(path: str, causes: dict[str, Edge]) -> tuple[Edge, ...]:
    chain = []
    seen = set()
    while path in causes and path not in seen:
        seen.add(path)
        chain.append(causes[path])
        path = causes[path].source
    return tuple(reversed(chain))

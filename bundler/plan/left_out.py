"""Say in few bytes what a bundle lacks of the full install, for the guard that explains a miss at run time."""

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from bundler.model.plan import OMISSION_RULES, LeftOut, Omission, Plan
from bundler.model.remedies import MODULE_REMEDY, module_name, remedy

_CODE_ENDINGS = (".py", ".pyc", ".so")
# What Lambda, a layer or our own bytecode brings is not missing, and nobody misses what no program reads. A zip depends
# on its function alone: neither another function nor a file of Terraform's that comes or goes changes it.
_NOT_MISSED = frozenset({"layer", "bytecode", "metadata", "junk", "settings", "secret", "handler"})
_SMALLEST_LIMIT_BYTES = 2_000
# What ships is compressed to a quarter at best, and the list may take a hundredth of that.
_BYTES_FOR_ONE = 400

_Entry = tuple[str, Omission]
"""What stands in the list, and an omission that it stands for."""


def describe_left_out(plan: Plan) -> LeftOut:
    """Return what of a full install a plan lacks that anyone may miss; nothing where it lacks nothing.

    A name stands for all below it, so that a distribution of which nothing ships is one name. Where the list would,
    compressed, be above 2 kB and some percent of what ships, it says less: folders in place of files, then packages in
    place of modules, marked by `.*`.
    """
    if not any(_is_missed(omission) for omission in plan.omissions):
        return {}
    limit = _SMALLEST_LIMIT_BYTES + sum(planned.file.size_bytes for planned in plan.files) // _BYTES_FOR_ONE
    fitting = (found for found in _ever_shorter(plan) if len(zlib.compress(repr(found).encode(), 9)) <= limit)
    return next(fitting, {})


def _ever_shorter(plan: Plan) -> Iterator[LeftOut]:
    omissions = [omission for omission in plan.omissions if _is_missed(omission)]
    shipped = {planned.file.path for planned in plan.files}
    owners = {planned.file.owner for planned in plan.files}
    modules = list(_modules(omissions, shipped))
    data = [omission for omission in omissions if omission.owner in owners and not _is_code(omission)]
    libraries = [(omission.path, omission) for omission in data if ".so" in omission.path]
    files = list(_files(data, shipped))
    folders = _merged(
        (path if path.endswith("/") else path.rpartition("/")[0] + "/", omission) for path, omission in files
    )
    packages = _merged((name if "." not in name else f"{name.partition('.')[0]}.*", known) for name, known in modules)
    whole = [(name, omission) for name, omission in packages if not name.endswith(".*")]
    for some_modules, some_files in (
        (modules, files),
        (modules, folders),
        (packages, folders),
        (packages, ()),
        (whole, ()),
    ):
        yield {"modules": _grouped(some_modules), "libraries": _grouped(libraries), "files": _grouped(some_files)}
    while whole:
        whole = whole[: len(whole) // 2]
        yield {"modules": _grouped(whole), "libraries": (), "files": ()}


def _modules(omissions: Iterable[Omission], shipped: Collection[str]) -> Iterator[_Entry]:
    """Yield the name of each module that lacks; one name for a package of which nothing ships."""
    names = {module_name(path) for path in shipped if path.endswith(_CODE_ENDINGS)}
    return _topmost(((module_name(known.path), known) for known in omissions if _is_code(known)), names, ".", str)


def _files(omissions: Iterable[Omission], shipped: Collection[str]) -> Iterator[_Entry]:
    """Yield the path of each data file that lacks; a folder's, with a slash, where nothing in it ships."""
    return _topmost(((known.path, known) for known in omissions), shipped, "/", lambda folder: f"{folder}/")


def _topmost(
    entries: Iterable[_Entry], shipped: Collection[str], separator: str, mark: Callable[[str], str]
) -> Iterator[_Entry]:
    """Yield entries by the shortest head of their names that is no head of what ships, each head once."""
    heads = {head for name in shipped for head in _heads(name, separator)}
    found: dict[str, Counter[str]] = {}
    known: dict[tuple[str, str], Omission] = {}
    for name, omission in entries:
        head = next((head for head in _heads(name, separator) if head not in heads), None)
        if head is not None:
            place = head if head == name else mark(head)
            found.setdefault(place, Counter())[omission.rule] += 1
            known.setdefault((place, omission.rule), omission)
    for place, rules in found.items():
        yield place, known[place, rules.most_common(1)[0][0]]


def _heads(name: str, separator: str) -> Iterator[str]:
    """Yield the heads of a name, the shortest first, and the name."""
    parts = name.split(separator)
    return (separator.join(parts[:end]) for end in range(1, len(parts) + 1))


def _is_missed(omission: Omission) -> bool:
    return omission.rule not in _NOT_MISSED and not omission.path.endswith("py.typed")


def _is_code(omission: Omission) -> bool:
    name = omission.path.rpartition("/")[2]
    return name.endswith((".py", ".pyc")) or (name.endswith(".so") and not name.startswith("lib"))


def _merged(entries: Iterable[_Entry]) -> list[_Entry]:
    return list(dict(entries).items())


def _grouped(entries: Iterable[_Entry]) -> tuple[tuple[str, str, str, str], ...]:
    """Return the names of each rule and remedy together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, omission in entries:
        text = _remedy(omission).format(path="{path}", module="{name}", owner=omission.owner)
        groups.setdefault((omission.rule, text), []).append(name)
    return tuple(
        (rule, OMISSION_RULES[rule], text, "\n".join(["", *sorted(names), ""]))
        for (rule, text), names in sorted(groups.items())
    )


def _remedy(omission: Omission) -> str:
    """Return the remedy by a module's name where one serves: for a first-party package its path is not known."""
    is_unreached = not omission.owner and omission.rule == "unreached"
    return MODULE_REMEDY if is_unreached and _is_code(omission) else remedy(omission)

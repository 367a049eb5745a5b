"""Compare what functions weighed before with what they weigh now, and say what made the difference."""

from collections.abc import Iterator

from bundler.model.report import Change, FunctionSize, PackageSize, Reason, Sizes
from bundler.report.upgrade import Upgrade

_FEWEST_BYTES = 200
"""Compression moves by a few bytes for no reason anybody would look for."""
_NAMED_PACKAGES = 4


def compare_sizes(before: Sizes, after: Sizes) -> tuple[Change, ...]:
    """Return how every function of either side changed, in order of name; unchanged ones have no reasons."""
    return tuple(_compare(name, before.get(name), after.get(name)) for name in sorted({*before, *after}))


def total_change(changes: tuple[Change, ...]) -> tuple[int, int]:
    """Return the bytes of all zips before and after."""
    return sum(change.before or 0 for change in changes), sum(change.after or 0 for change in changes)


def _compare(name: str, before: FunctionSize | None, after: FunctionSize | None) -> Change:
    if before is None or after is None:
        text = "the function is new" if before is None else "the function is gone"
        size_bytes = (after.zip_bytes if after else 0) - (before.zip_bytes if before else 0)
        return Change(
            function=name,
            before=before.zip_bytes if before else None,
            after=after.zip_bytes if after else None,
            reasons=(Reason(text=text, zipped_bytes=size_bytes),),
        )
    upgrade = Upgrade(before, after)
    found = (*_settings(before, after), *_packages(before, after, upgrade), *_own_files(before, after, upgrade))
    return Change(
        function=name,
        before=before.zip_bytes,
        after=after.zip_bytes,
        reasons=tuple(sorted(found, key=lambda reason: (-abs(reason.zipped_bytes), reason.text))),
        lbundle_bytes=upgrade.growth_bytes(),
    )


def _settings(before: FunctionSize, after: FunctionSize) -> Iterator[Reason]:
    if not (before.settings and after.settings):
        return  # a bare zip tells none
    for key in sorted({*before.settings, *after.settings}):
        old, new = before.settings.get(key, "default"), after.settings.get(key, "default")
        if old != new:
            yield Reason(text=f"`{key}` changed from {old} to {new}", zipped_bytes=0)


def _packages(before: FunctionSize, after: FunctionSize, upgrade: Upgrade) -> Iterator[Reason]:
    new_packages = {name: after.packages[name] for name in after.packages if name not in before.packages}
    for is_by_lbundle in (False, True):
        some = {name for name in new_packages if upgrade.is_to_blame_for_package(name) is is_by_lbundle}
        yield from _new_packages({name: new_packages[name] for name in sorted(some)}, is_by_lbundle=is_by_lbundle)
    for name, old in before.packages.items():
        new = after.packages.get(name)
        is_by_lbundle = upgrade.is_to_blame_for_package(name)
        if new is None:
            yield _reason(f"{_label(name, old)} no longer ships", -old.zipped_bytes, is_by_lbundle=is_by_lbundle)
            continue
        difference = new.zipped_bytes - old.zipped_bytes
        if old.version != new.version and old.version and new.version:
            yield _reason(f"{name} went from {old.version} to {new.version}", difference, new.path, new.line)
        elif abs(difference) >= _FEWEST_BYTES:
            text = f"{'more' if difference > 0 else 'less'} of {_label(name, new)} is reached"
            yield _reason(text, difference, new.path, new.line, is_by_lbundle=is_by_lbundle)


def _reason(text: str, zipped_bytes: int, path: str = "", line: int = 0, *, is_by_lbundle: bool = False) -> Reason:
    words = f"{text}, by lbundle itself" if is_by_lbundle else text
    return Reason(text=words, zipped_bytes=zipped_bytes, path=path, line=line, is_by_lbundle=is_by_lbundle)


def _label(name: str, package: PackageSize) -> str:
    """Return a package with its version, which nothing tells of a bare zip's folders."""
    return f"{name} {package.version}".rstrip()


def _new_packages(packages: dict[str, PackageSize], *, is_by_lbundle: bool) -> Iterator[Reason]:
    """Yield one reason for each import that brings packages, whatever they bring in turn."""
    by_import: dict[tuple[str, int, str], list[str]] = {}
    for name, package in packages.items():
        by_import.setdefault((package.path, package.line, package.module), []).append(name)
    for (path, line, module), names in by_import.items():
        heaviest = sorted(names, key=lambda name: (-packages[name].zipped_bytes, name))
        listed = ", ".join(_label(name, packages[name]) for name in heaviest[:_NAMED_PACKAGES])
        more = f" and {len(names) - _NAMED_PACKAGES} more" if len(names) > _NAMED_PACKAGES else ""
        place = f"{path}:{line} now imports {module}" if line else f"{path} now leads to {module}"
        text = f"{place} ({listed}{more})" if path and not is_by_lbundle else f"now ships {listed}{more}"
        size_bytes = sum(packages[name].zipped_bytes for name in names)
        yield _reason(text, size_bytes, path, line, is_by_lbundle=is_by_lbundle)


def _own_files(before: FunctionSize, after: FunctionSize, upgrade: Upgrade) -> Iterator[Reason]:
    for path in sorted({*before.own_files, *after.own_files}):
        old, new = before.own_files.get(path), after.own_files.get(path)
        difference = (new or 0) - (old or 0)
        is_by_lbundle = upgrade.is_to_blame_for_file(path)
        if new is None:
            yield Reason(text=f"{path} no longer ships", zipped_bytes=difference)
        elif old is None:
            text = f"{path} ships" if is_by_lbundle else f"{path} is new"
            yield _reason(text, difference, path, is_by_lbundle=is_by_lbundle)
        elif abs(difference) >= _FEWEST_BYTES:
            text = f"{path} ships otherwise" if is_by_lbundle else f"{path} changed"
            yield _reason(text, difference, path, is_by_lbundle=is_by_lbundle)

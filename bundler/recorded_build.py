"""A build that is over at once where nothing has changed: the one door that commands and the interface build through.

What takes long to load, which is all that reads, traces and packs, is loaded where there is something to do.
"""

from typing import TYPE_CHECKING, NamedTuple

from bundler.build_record import Request, find_unchanged_build, keep_record
from bundler.model.summary import BuildSummary, BundleSummary

if TYPE_CHECKING:  # an unchanged build defines none of these records
    from collections.abc import Callable

    from bundler.model.build import Built
    from bundler.model.project import Project


class Done(NamedTuple):
    """What a build says of itself, and what of it was there before."""

    summary: BuildSummary
    unchanged: frozenset[str]
    """Functions whose zips of an earlier build were still right."""
    unchanged_layers: frozenset[str]


def build_or_keep(
    request: Request, read: "Callable[[], Project]", build: "Callable[[Project], Built]", *, verifies: bool = False
) -> Done:
    """Return what a build gives; where everything is as the record of the last one says, nothing is done for it.

    `read` reads the settings and `build` builds what they say. With `verifies` no record is believed.
    """
    if not verifies and (kept := _find(request)):
        return kept
    from bundler.system.locks import held, in_use  # noqa: PLC0415 - as the docstring says

    with held(f"builds into `{request.output}`"), in_use():
        # Who was waited for may have built the same.
        if not verifies:
            return _find(request) or _build(request, read, build)
        from bundler.system.cache import reading_again  # noqa: PLC0415 - as the docstring says

        with reading_again():
            return _build(request, read, build)


def _find(request: Request) -> Done | None:
    summary = find_unchanged_build(request)
    return Done(summary, _names(summary.functions), _names(summary.layers)) if summary is not None else None


def _names(bundles: tuple[BundleSummary, ...]) -> frozenset[str]:
    return frozenset(bundle.name for bundle in bundles)


def _build(request: Request, read: "Callable[[], Project]", build: "Callable[[Project], Built]") -> Done:
    from bundler.system.garbage import collecting_seldom  # noqa: PLC0415 - as the docstring says
    from bundler.system.home import cache_folder  # noqa: PLC0415
    from bundler.system.witness import Witness, watching  # noqa: PLC0415

    witness = Witness(request.output, (cache_folder(),))
    with collecting_seldom(), witness.present():
        with watching():
            project = read()
        built = build(project)
        summary = built.summary
        for bundle in (*summary.functions, *summary.layers):
            witness.know(bundle.zip_path, bundle.sha256)
            witness.know(bundle.metafile_path, "")
    # What was timed is timed anew by each build.
    if not any(function.options.limit.imports_seconds for function in project.functions):
        keep_record(request, witness.seen(), summary)
    return Done(summary, built.unchanged, built.unchanged_layers)

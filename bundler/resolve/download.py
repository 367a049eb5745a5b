"""Pins nobody knows yet → wheels in the cache: several at a time, each chosen, fetched and, if need be, built."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from bundler import standards
from bundler.addresses import file_path, public_address
from bundler.errors import (
    CacheUnwritableError,
    FetchError,
    GitError,
    IndexAccessError,
    IndexNotTrustedError,
    IndexUnreachableError,
    LocalProjectError,
    OfflineError,
    ResolveError,
    SourceBuildError,
    SourceForbiddenError,
    WheelMissingError,
)
from bundler.model.project import Target
from bundler.model.wheels import GitSource, Pin, Wheel
from bundler.resolve.build import BuildFailure, BuiltWheel, build_wheel
from bundler.resolve.choose import ChosenFile, OfferedFile, choose_file, describe_tags, may_not_build
from bundler.resolve.git import check_out
from bundler.resolve.index import PackageIndex
from bundler.resolve.local_project import copy_project, project_problem, read_project_files
from bundler.resolve.memory import WHEELS, KeptBuild, Memory
from bundler.resolve.pip_settings import PipSettings, check_addresses
from bundler.resolve.transfer import CachedFile, ProgressTally, download_file, keep_file, list_kept
from bundler.system.apart import end_all
from bundler.system.files import scratch_folder
from bundler.system.locks import held
from bundler.system.witness import passing_variables

_SDISTS = "sdists"
_MOST_THREADS = 16
_Result = TypeVar("_Result")
# After one of these the other pins would only wait for the same answer.
_HOPELESS = (CacheUnwritableError, IndexUnreachableError, IndexAccessError, IndexNotTrustedError)


def download_wheels(
    pins: tuple[Pin, ...],
    target: Target,
    settings: PipSettings,
    memory: Memory,
    tally: ProgressTally,
) -> tuple[Wheel, ...]:
    """Return a wheel for every pin; raise one error for all pins that have none."""
    with passing_variables(), PackageIndex(settings) as index:
        index.read_find_links()
        downloader = _Downloader(target, settings, memory, index, tally)
        pool = ThreadPoolExecutor(max_workers=min(_MOST_THREADS, len(pins)))
        try:
            # Builds take minutes: whether all others can be had is known before the first begins.
            prepared = _collect([pool.submit(downloader.prepare, pin) for pin in pins])
            built = iter(_collect([pool.submit(one) for one in prepared if not isinstance(one, Wheel)]))
            return tuple(one if isinstance(one, Wheel) else next(built) for one in prepared)
        except BaseException as error:
            tally.stop()
            if not isinstance(error, ResolveError):
                end_all()  # nobody wants what is being built any more
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _collect(futures: list[Future[_Result]]) -> tuple[_Result, ...]:
    """Return what all futures give; raise one error for all that fail."""
    results, errors = [], []
    for future in futures:
        try:
            results.append(future.result())
        except _HOPELESS:
            raise
        except ResolveError as error:
            errors.append(error)
    offline = [error for error in errors if isinstance(error, OfflineError)]
    if errors and len(offline) == len(errors):
        raise OfflineError(tuple(dict.fromkeys(one for error in offline for one in error.missing)))
    if len(errors) > 1:
        raise FetchError(tuple(errors))
    if errors:
        raise errors[0]
    return tuple(results)


class _Downloader:
    """What the work on every pin shares."""

    def __init__(
        self, target: Target, settings: PipSettings, memory: Memory, index: PackageIndex, tally: ProgressTally
    ) -> None:
        self._target = target
        self._settings = settings
        self._memory = memory
        self._index = index
        self._tally = tally

    def prepare(self, pin: Pin) -> Wheel | Callable[[], Wheel]:
        """Return the wheel of one pin, in the cache and remembered, or how to build it from what is here now."""
        check_addresses(pin.url, pin.index)
        if pin.path is not None:
            if problem := project_problem(pin.path):
                raise LocalProjectError(pin.name, str(pin.path), problem)
            return partial(self._build_local, pin, pin.path)
        if pin.git is not None:
            self._check_repository(pin, pin.git)
            return partial(self._build_checkout, pin, pin.git)
        chosen = self._choose_from_url(pin, pin.url) if pin.url else self._choose_from_index(pin)
        if chosen.is_wheel:
            return self._finish(pin, chosen, self._fetch(pin, chosen))
        sdist = download_file(self._index, pin, chosen, _SDISTS, self._tally)
        if built := self._memory.recall_build(sdist.sha256):
            return self._finish(pin, chosen, _wheel(pin, built, is_built=True))
        return partial(self._build, pin, chosen, sdist)

    def _finish(self, pin: Pin, chosen: ChosenFile, wheel: Wheel) -> Wheel:
        wheel = replace(wheel, yanked=chosen.yanked)
        source = file_path(chosen.url) if chosen.url.startswith("file:") else None
        self._memory.remember(pin, wheel, Path(source) if source else None)
        self._tally.add(pin.name, pins=1)
        return wheel

    def _choose_from_index(self, pin: Pin) -> ChosenFile:
        files: tuple[OfferedFile, ...] = ()
        if self._settings.is_offline:
            files = (*list_kept(WHEELS, pin), *list_kept(_SDISTS, pin))
        return choose_file(
            pin,
            files or self._index.list_files(pin.name, pin.index),
            self._target,
            only_binary=self._settings.only_binary,
            places=self._index.places_for(pin.index),
        )

    def _choose_from_url(self, pin: Pin, url: str) -> ChosenFile:
        filename = unquote(urlsplit(url).path).rpartition("/")[2]
        chosen = ChosenFile(filename=filename, url=url, hashes=pin.hashes)
        if chosen.is_wheel and standards.wheel_rank(filename, self._target) is None:
            raise WheelMissingError(
                str(pin), str(self._target), files=(f"there is: {filename}",), tags=describe_tags(self._target)
            )
        if not chosen.is_wheel and may_not_build(pin, self._settings.only_binary):
            raise SourceForbiddenError(str(pin), str(self._target), files=(f"there is: {filename}",))
        return chosen

    def _fetch(self, pin: Pin, chosen: ChosenFile) -> Wheel:
        cached = download_file(self._index, pin, chosen, WHEELS, self._tally)
        return Wheel(pin=pin, path=cached.path, sha256=cached.sha256)

    def _build(self, pin: Pin, chosen: ChosenFile, sdist: CachedFile) -> Wheel:
        with held(f"builds `{pin}` for {self._target}"), scratch_folder("build") as folder:
            # Who was waited for may have built it.
            built = self._memory.recall_build(sdist.sha256) or self._build_or_raise(
                pin, sdist.path, folder, others=chosen.others
            )
            self._memory.remember_build(sdist.sha256, built)
        return self._finish(pin, chosen, _wheel(pin, built, is_built=True))

    def _build_local(self, pin: Pin, path: Path) -> Wheel:
        """Build a local project from a copy, and keep the wheel under the digest of what was copied."""
        with scratch_folder("build") as folder:
            copy = folder / "source" / path.name
            copy_project(path, copy)
            files = read_project_files(copy)
            # A lock may hold the version of an earlier state of the project.
            wheel = build_wheel(replace(pin, version=""), copy, self._target, self._settings, folder)
            if isinstance(wheel, BuildFailure):
                raise LocalProjectError(pin.name, str(path), wheel.reason, output=wheel.output, also=wheel.also)
            built = _keep(wheel)
        self._memory.remember_local(path, files, built)
        self._tally.add(pin.name, pins=1)
        return _wheel(pin, built, is_built=False)

    def _check_repository(self, pin: Pin, source: GitSource) -> None:
        if may_not_build(pin, self._settings.only_binary):
            raise SourceForbiddenError(str(pin), str(self._target), files=())
        if self._settings.is_offline:
            raise OfflineError((f"commit {source.revision} of `{pin.name}`",))

    def _build_checkout(self, pin: Pin, source: GitSource) -> Wheel:
        """Build the project in a commit of a repository."""
        with scratch_folder("build") as folder:
            project = check_out(pin, source, folder / "source" / pin.name)
            if problem := project_problem(project):
                place = f"in `{source.subdirectory or '.'}`, {problem.partition(' ')[2]}"
                raise GitError(pin.name, public_address(source.url), f"it holds no project {place}", "")
            built = self._build_or_raise(pin, project, folder, others=())
        wheel = _wheel(pin, built, is_built=True)
        self._memory.remember(pin, wheel, None)
        self._tally.add(pin.name, pins=1)
        return wheel

    def _build_or_raise(self, pin: Pin, source: Path, folder: Path, *, others: tuple[str, ...]) -> KeptBuild:
        """Build a wheel of foreign source in a folder of its own, and keep it."""
        # Which version a commit has, only its project says.
        expected = replace(pin, version="") if pin.git is not None else pin
        wheel = build_wheel(expected, source, self._target, self._settings, folder)
        if isinstance(wheel, BuildFailure):
            raise SourceBuildError(
                str(pin),
                str(self._target),
                wheel.reason,
                output=wheel.output,
                also=wheel.also,
                files=others,
                tags=describe_tags(self._target),
            )
        return _keep(wheel)


def _keep(built: BuiltWheel) -> KeptBuild:
    kept = keep_file(built.path, WHEELS)
    return KeptBuild(kept.path, kept.sha256, built.doubt)


def _wheel(pin: Pin, built: KeptBuild, *, is_built: bool) -> Wheel:
    """Return a wheel with the version that its build gave it."""
    _, version = standards.wheel_name_and_version(built.path.name) or ("", pin.version)
    pin = replace(pin, version=version)
    return Wheel(pin=pin, path=built.path, sha256=built.sha256, is_built=is_built, doubt=built.doubt)

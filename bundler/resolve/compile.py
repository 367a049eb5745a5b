"""Requirements that do not fix their versions → `Lock`, found by a resolver for the target and kept in the cache."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bundler.addresses import file_path, public_address
from bundler.errors import CompileError, IndexAccessError, OfflineError, ResolveError
from bundler.model.project import Options, Target
from bundler.model.wheels import Lock, Pin, Resolver
from bundler.resolve.choose import older_version_with_wheel
from bundler.resolve.local_project import digest_project
from bundler.resolve.locks import Wanted, read_pins, read_wanted
from bundler.resolve.pip_settings import PipSettings, read_pip_settings
from bundler.resolve.resolvers import AnswerLine, Question, ask_resolver, choose_resolver
from bundler.system import cache

_NAMESPACE = "compiled"
# Raise when what is kept, or how it comes about, changes.
_FORM = 2
_MOST_ROUNDS = 5
_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What a resolver found for one target."""

    lines: tuple[AnswerLine, ...]
    pins: tuple[Pin, ...]
    """In the order of names; only what the requirements gave hashes for has any."""
    notes: tuple[str, ...]
    """Versions that are not the newest, and why."""


def compile_lock(
    options: Options,
    target: Target,
    *,
    resolver: Resolver,
    is_offline: bool,
    reason: str = "is not pinned",
) -> Lock:
    """Find a version for all that requirements files ask for and need on a target; the lock's notes say so.

    The answer is kept, so that the same requirements, target, indexes and resolver give the same lock and nobody is
    asked again while the cache lasts. `reason` ends the note's words on why the requirements are no lock.
    """
    wanted = read_wanted(options.requirements, target, folder=options.working_folder, only_binary=options.only_binary)
    settings = read_pip_settings(wanted.index)
    tool = choose_resolver(resolver)
    key = _key(wanted, target, settings, tool)
    compiled = _recall(key, wanted, target)
    if compiled is None and is_offline:
        raise OfflineError((f"versions for `{wanted.source}` on {target}",))
    if compiled is None:
        compiled = compile_wanted(wanted, target, tool, preferred=(), is_offline=False)
        _remember(key, compiled)
    note = f"`{wanted.source}` {reason}: compiled for {target} by {tool}; `lbundle lock` writes it down"
    return Lock(
        pins=compiled.pins, paths=wanted.paths, index=wanted.index, notes=(*wanted.notes, note, *compiled.notes)
    )


def compile_wanted(
    wanted: Wanted, target: Target, resolver: Resolver, *, preferred: tuple[str, ...], is_offline: bool
) -> Compiled:
    """Ask a resolver, and ask again with an upper bound where a version has wheels, but none for the target.

    Resolvers are content with a source distribution. One that others publish wheels of is there to be compiled, for
    which the target's compiler and libraries would be needed, while an older version is ready.
    """
    question = Question(
        source=wanted.source,
        requirements=wanted.requirements,
        constraints=wanted.constraints,
        preferred=preferred,
        is_prerelease_allowed=wanted.is_prerelease_allowed,
        target=target,
        settings=read_pip_settings(wanted.index, is_offline=is_offline),
    )
    if not question.requirements:
        return Compiled(lines=(), pins=(), notes=())
    try:
        lines = ask_resolver(resolver, question)
    except CompileError as error:
        if refusal := _find_refusal(wanted, question.settings):
            raise refusal from error
        raise
    first = {pin.name: pin for pin in _pins(lines, wanted, target)}
    lines, bound_names = _prefer_wheels(lines, wanted, question, resolver)
    pins = _pins(lines, wanted, target)
    notes = (
        f"`{first[pin.name]}` has no wheel for {target}, so {pin.version} is taken"
        for pin in pins
        if pin.name in bound_names and pin.name in first and first[pin.name].version != pin.version
    )
    return Compiled(lines=lines, pins=pins, notes=tuple(notes))


def _find_refusal(wanted: Wanted, settings: PipSettings) -> IndexAccessError | None:
    """Return the error of an index that asks for a login: resolvers only say that it has not what they look for."""
    from bundler.resolve.index import PackageIndex  # noqa: PLC0415 - as below

    def ask(name: str) -> IndexAccessError | None:
        try:
            index.list_files(name)
        except IndexAccessError as refusal:
            return refusal
        except ResolveError:
            pass  # what else is wrong with it the resolver has met too
        return None

    with PackageIndex(replace(settings, retries=0)) as index, ThreadPoolExecutor(max_workers=_THREADS) as pool:
        return next(filter(None, pool.map(ask, sorted(wanted.names))), None)


def _prefer_wheels(
    lines: tuple[AnswerLine, ...], wanted: Wanted, question: Question, resolver: Resolver
) -> tuple[tuple[AnswerLine, ...], frozenset[str]]:
    """Return the answer with as many wheels as can be had, and the names that were bound for that."""
    # unearth and its HTTP client take longer to load than an unchanged build takes in all.
    from bundler.resolve.index import PackageIndex  # noqa: PLC0415

    bounds: dict[str, str] = {}
    with PackageIndex(question.settings) as index, ThreadPoolExecutor(max_workers=_THREADS) as pool:
        index.read_find_links()

        def find_bound(pin: Pin) -> str | None:
            return older_version_with_wheel(pin, index.list_files(pin.name), question.target)

        for _ in range(_MOST_ROUNDS):
            pins = [pin for pin in _pins(lines, wanted, question.target) if pin.is_from_index]
            found = {pin.name: bound for pin, bound in zip(pins, pool.map(find_bound, pins), strict=True) if bound}
            if not found:
                break
            more = (*question.constraints, *(f"{name}<={version}" for name, version in (bounds | found).items()))
            try:
                lines = ask_resolver(resolver, replace(question, constraints=more))
            except CompileError:
                break  # something insists on the newer version: it is left to be built
            bounds |= found
    return lines, frozenset(bounds)


def _pins(lines: tuple[AnswerLine, ...], wanted: Wanted, target: Target) -> tuple[Pin, ...]:
    """Return the answer's pins; those that the requirements fix themselves keep the hashes they have there."""
    hashes = {(pin.name, pin.version): pin.hashes for pin in wanted.pins}
    given = {pin.name: pin for pin in wanted.pins}
    origin = f"the lock compiled from `{wanted.source}`"
    return tuple(
        replace(
            _with_address(pin, given.get(pin.name)),
            hashes=hashes.get((pin.name, pin.version), ()),
            asked=None if pin.name in given else wanted.specifiers.get(pin.name, ""),
        )
        for pin in read_pins((line.requirement for line in lines), target, origin)
    )


def _with_address(pin: Pin, given: Pin | None) -> Pin:
    """Return a pin with its address as the requirements write it: the answer's may have lost its login."""
    if given is None:
        return pin
    if pin.git and given.git:
        return replace(pin, git=replace(pin.git, url=given.git.url))
    return replace(pin, url=given.url) if pin.url and given.url else pin


def _key(wanted: Wanted, target: Target, settings: PipSettings, resolver: Resolver) -> str:
    asked = [
        _FORM,
        resolver,
        f"{target} glibc{target.glibc}",
        wanted.requirements,
        wanted.constraints,
        wanted.is_prerelease_allowed,
        [_digest_file(pin.url) for pin in wanted.pins if pin.url],
        [digest_project(pin.path) for pin in wanted.pins if pin.path],
        settings.sources,
        sorted(settings.only_binary),
    ]
    return json.dumps(asked)


def _digest_file(url: str) -> str:
    """Return a digest of a file on this machine, which may need other things than it did; others never change."""
    if not url.startswith("file:"):
        return ""
    try:
        return hashlib.sha256(Path(file_path(url)).read_bytes()).hexdigest()
    except OSError:
        return ""  # whoever is asked for it says so


def _recall(key: str, wanted: Wanted, target: Target) -> Compiled | None:
    def read(content: bytes) -> Compiled:
        answer = json.loads(content)
        lines = tuple(AnswerLine(requirement=line, wanted_by=()) for line in answer["requirements"])
        return Compiled(lines=lines, pins=_pins(lines, wanted, target), notes=tuple(answer["notes"]))

    return cache.load_as(_NAMESPACE, key, read)


def _remember(key: str, compiled: Compiled) -> None:
    lines = [public_address(line.requirement) for line in compiled.lines]
    answer = {"requirements": lines, "notes": compiled.notes}
    cache.store(_NAMESPACE, key, json.dumps(answer).encode())

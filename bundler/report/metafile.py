"""Write down everything about one bundle: the only source of reports, budgets and comparisons."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from bundler.model.artifact import METADATA_ONLY, Artifact, PackedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.metafile import (
    CauseEntry,
    EdgeEntry,
    FileEntry,
    LayerEntry,
    Metafile,
    OmissionEntry,
    OmittedEntry,
    PackageEntry,
    SourcesEntry,
    WeakEntry,
    ZipEntry,
)
from bundler.model.paths import show_path
from bundler.model.plan import OMISSION_RULES, Omission, Plan, WeakEdge
from bundler.model.project import BytecodeMode, Function, Options, Shake
from bundler.model.wheels import GUARD_OWNER, OWN_CODE, Distribution, LayerContents
from bundler.report.doubts import describe_doubts
from bundler.report.kept_sources import describe_kept_sources
from bundler.version import __version__


def make_metafile(  # noqa: PLR0913 - everything that is known of a build, each by name
    *,
    project_name: str,
    stage: str,
    function: Function,
    plan: Plan,
    artifact: Artifact,
    distributions: tuple[Distribution, ...],
    layers: tuple[LayerContents, ...],
    lock_paths: Iterable[PurePath],
    inputs: str,
    sources: Mapping[str, Mapping[str, str]],
    unguarded: str,
    warnings: tuple[str, ...],
) -> Metafile:
    """Return the metafile of one function's zip.

    Args:
        project_name: the service.
        stage: what it was built for.
        function: whose zip it is.
        plan: what was to ship, and what was not.
        artifact: the zip.
        distributions: those of the site, for their versions.
        layers: the service's layers that it runs with.
        lock_paths: the files that pinned them.
        inputs: the digest of all that went into the build, by which an unchanged function is known.
        sources: what is locked, and digests of the project's own files.
        unguarded: why the bundle does not explain at run time what it lacks; empty where it does.
        warnings: everything there is to say, the plan's own warnings among them.
    """
    return Metafile(
        lbundle=__version__,
        function=function.name,
        service=project_name,
        stage=stage,
        runtime=function.target.runtime,
        architecture=function.target.architecture.value,
        handler=str(function.handler),
        search_folders=function.search_folders,
        settings=describe_settings(function.options),
        inputs=inputs,
        locks=tuple(show_path(path, function.options.working_folder) for path in lock_paths),
        unverified=count_unverified(distributions),
        unguarded=unguarded,
        sources=SourcesEntry(**{kind: dict(sorted(table.items())) for kind, table in sources.items()}),
        zip=describe_zip(artifact),
        layers=tuple(map(_describe_layer, layers)),
        packages=describe_packages(artifact.files, distributions),
        files=_describe_files(artifact.files, plan),
        kept_sources=describe_kept_sources(plan.files, artifact.files),
        doubts=describe_doubts(plan.sinks, artifact.files),
        omissions=sum_omissions((*plan.omissions, *stripped(artifact.files))),
        omitted=describe_omitted(plan.omissions),
        weak_edges=_price_weak_edges(plan.weak_edges, artifact.files),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def packed_before(metafile: Metafile, plan: Plan, path: Path) -> Artifact:
    """Return what became of the files of a zip that stays, each with the cause that it has in a plan now."""
    causes = {planned.file.path: planned.cause for planned in plan.files}
    return Artifact(
        path=path,
        zip_bytes=metafile.zip.bytes,
        unzipped_bytes=metafile.zip.unzipped_bytes,
        sha256=metafile.zip.sha256,
        files=tuple(
            PackedFile(
                arcname=file.path,
                size_bytes=file.size,
                zipped_bytes=file.zipped,
                owner=file.owner,
                kind=file.kind,
                cause=_read_cause(file) if file.owner == GUARD_OWNER else causes[file.origin],
                origin=file.origin,
            )
            for file in metafile.files
        ),
        overhead_bytes=metafile.zip.overhead_bytes,
    )


def _read_cause(file: FileEntry) -> Edge:
    cause = file.cause
    kind = EdgeKind(cause.kind)
    return Edge(source=cause.source, target=file.origin, kind=kind, line=cause.line, name=cause.name)


def keep_symbols(metafile: Metafile, before: Metafile) -> Metafile:
    """Return a metafile that also tells what the shared libraries lost when their zip was packed."""
    symbols = [entry for entry in before.omissions if entry.rule == "symbols"]
    entries = sorted((*metafile.omissions, *symbols), key=lambda entry: (-entry.bytes, (entry.rule, entry.owner)))
    return replace(metafile, omissions=tuple(entries))


def tell_own_files(metafile: Metafile, sizes: Mapping[str, int], digests: Mapping[str, str]) -> Metafile:
    """Return a metafile with what own files that have no say in its zip are now: their sizes and digests."""
    grown = {one.path: sizes[one.path] - one.size for one in metafile.omitted if one.path in sizes}
    omitted = tuple(one._replace(size=sizes.get(one.path, one.size)) for one in metafile.omitted)
    by_rule: dict[str, int] = {}
    for one in metafile.omitted:
        by_rule[one.rule] = by_rule.get(one.rule, 0) + grown.get(one.path, 0)
    omissions = [
        replace(entry, bytes=entry.bytes + by_rule.get(entry.rule, 0)) if entry.owner == OWN_CODE else entry
        for entry in metafile.omissions
    ]
    omissions.sort(key=lambda entry: (-entry.bytes, (entry.rule, entry.owner)))
    packages = metafile.sources.packages if metafile.sources is not None else {}
    sources = SourcesEntry(packages=packages, files=dict(sorted(digests.items())))
    return replace(metafile, omitted=omitted, omissions=tuple(omissions), sources=sources)


def describe_settings(options: Options) -> dict[str, str]:
    """Return what of a function's options decides about size, where it is not the default."""
    lists = {
        "include": options.include,
        "exclude": options.exclude,
        "include-modules": options.include_modules,
        "exclude-modules": options.exclude_modules,
    }
    told = {name: ", ".join(values) for name, values in lists.items() if values}
    if options.external is not None:
        told["external"] = ", ".join(options.external) or "none"
    if options.bytecode is not BytecodeMode.AUTO:
        told["bytecode"] = options.bytecode.value
    if options.shake != Shake():
        told["shake"] = str(options.shake)
    if not options.strip:
        told["strip"] = "false"
    return told


def describe_zip(artifact: Artifact) -> ZipEntry:
    """Return what a zip weighs, and its digests."""
    return ZipEntry(
        bytes=artifact.zip_bytes,
        unzipped_bytes=artifact.unzipped_bytes,
        overhead_bytes=artifact.overhead_bytes,
        sha256=artifact.sha256,
        code_sha256=base64.b64encode(bytes.fromhex(artifact.sha256)).decode(),
    )


def _describe_layer(layer: LayerContents) -> LayerEntry:
    return LayerEntry(name=layer.name, bytes=layer.zip_bytes, unzipped_bytes=layer.unzipped_bytes, sha256=layer.sha256)


def _describe_files(files: Iterable[PackedFile], plan: Plan) -> tuple[FileEntry, ...]:
    through = {planned.file.path: planned.through for planned in plan.files}
    in_order = sorted(files, key=lambda file: file.arcname)
    return tuple(describe_file(file, through=through.get(file.origin, "")) for file in in_order)


def describe_file(file: PackedFile, *, through: str | None = None) -> FileEntry:
    """Return what one member weighs and why it is there."""
    cause = file.cause
    return FileEntry(
        path=file.arcname,
        size=file.size_bytes,
        zipped=file.zipped_bytes,
        owner=file.owner,
        kind=file.kind,
        origin=file.origin,
        cause=CauseEntry(
            kind=cause.kind.value, source=cause.source, line=cause.line, name=cause.name, rule=cause.rule or None
        ),
        through=through,
    )


def describe_omitted(omissions: Iterable[Omission]) -> tuple[OmittedEntry, ...]:
    """Return every file that does not ship, with its rule."""
    return tuple(sorted(OmittedEntry(one.path, one.size_bytes, one.rule) for one in omissions))


def _price_weak_edges(edges: Iterable[WeakEdge], files: Iterable[PackedFile]) -> tuple[WeakEntry, ...]:
    """Return each with the unzipped bytes of the zip that would go, the most first.

    What a wheel holds says little: most of a shared object may be symbols, which do not ship.
    """
    sizes: dict[str, int] = {}
    for file in files:
        sizes[file.origin] = sizes.get(file.origin, 0) + file.size_bytes
    priced = [(sum(sizes.get(path, 0) for path in weak.paths), weak) for weak in edges]
    return tuple(
        WeakEntry(distribution=weak.distribution, bytes=size_bytes, edge=_describe_edge(weak.edge))
        for size_bytes, weak in sorted(priced, key=lambda pair: (-pair[0], pair[1].distribution))
    )


def _describe_edge(edge: Edge) -> EdgeEntry:
    return EdgeEntry(
        source=edge.source,
        target=edge.target,
        kind=edge.kind.value,
        line=edge.line,
        name=edge.name,
        rule=edge.rule or None,
    )


def count_unverified(distributions: Iterable[Distribution]) -> int | None:
    """Return how many pins are of files that were fetched and that no hash was held against, if any.

    Nothing is said of what a resolver answered, as that is no lock: another word says so.
    """
    pins = [distribution.wheel.pin for distribution in distributions]
    if any(pin.asked is not None for pin in pins):
        return None
    fetched = (pin for pin in pins if not (pin.path or pin.git or (pin.url or "").startswith("file:")))
    return sum(not pin.hashes for pin in fetched) or None


def describe_packages(files: Iterable[PackedFile], distributions: Iterable[Distribution]) -> tuple[PackageEntry, ...]:
    """Return every owner of a file that ships, the heaviest in the zip first; own code goes by an empty name.

    Metadata alone makes no package.
    """
    versions = {distribution.name: distribution.version for distribution in distributions}
    by_owner: dict[str, list[PackedFile]] = {}
    for file in (file for file in files if file.kind != METADATA_ONLY):
        by_owner.setdefault(file.owner, []).append(file)
    weights = {owner: sum(file.zipped_bytes for file in owned) for owner, owned in by_owner.items()}
    return tuple(
        PackageEntry(
            name=owner,
            version="" if owner == OWN_CODE else versions.get(owner, ""),
            size=sum(file.size_bytes for file in by_owner[owner]),
            zipped=weights[owner],
            files=len(by_owner[owner]),
        )
        for owner in sorted(by_owner, key=lambda owner: (-weights[owner], owner))
    )


def stripped(files: Iterable[PackedFile]) -> Iterable[Omission]:
    """Give what shared libraries lost, as files of their own would be told."""
    for file in files:
        if file.stripped_bytes:
            yield Omission(path=file.origin, owner=file.owner, size_bytes=file.stripped_bytes, rule="symbols")


def sum_omissions(omissions: Iterable[Omission]) -> tuple[OmissionEntry, ...]:
    """Return what each rule keeps out of each owner, the heaviest first."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for omission in omissions:
        files, size_bytes = sums.get((omission.rule, omission.owner), (0, 0))
        sums[omission.rule, omission.owner] = (files + 1, size_bytes + omission.size_bytes)
    heaviest_first = sorted(sums.items(), key=lambda item: (-item[1][1], item[0]))
    return tuple(
        OmissionEntry(rule=rule, owner=owner, files=files, bytes=size_bytes, why=OMISSION_RULES[rule])
        for (rule, owner), (files, size_bytes) in heaviest_first
    )

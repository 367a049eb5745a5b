"""What a build's table says, taken from metafiles; `bundler.build_table` lays it out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bundler import build_table
from bundler.build_table import glue, render_build, render_built_layers
from bundler.failure import show
from bundler.model.metafile import BundleMetafile, LayerMetafile, Metafile, WeakEntry
from bundler.model.project import Limit
from bundler.model.report import Finding
from bundler.model.summary import BuildSummary, BundleSummary, FindingSummary, PackageSummary
from bundler.report.doubts import summarise_doubts
from bundler.report.gate import find_findings
from bundler.report.measure import find_unreached, label_package, measure_omissions, measure_packages
from bundler.sizes import format_bytes, format_count

_NAMED_PACKAGES = 3
_NAMED_RULES = 4

_WEAK_WORDS = {
    "try": "only inside try/except ImportError",
    "function": "only inside functions",
    "conditional": "only under a condition",
}


class ToldFunction(NamedTuple):
    """What a build keeps of a function's metafile."""

    summary: BundleSummary
    findings: tuple[Finding, ...]
    weak_edges: tuple[WeakEntry, ...]
    unreached: frozenset[str]


def tell_function(zip_path: str, metafile: Metafile, limit: Limit) -> ToldFunction:
    """Return what is said of a function's zip, and what of it counts for all of them."""
    findings = find_findings([metafile], {metafile.function: limit})
    return ToldFunction(
        summarise_bundle(zip_path, metafile), findings, metafile.weak_edges, frozenset(find_unreached([metafile]))
    )


def summarise_build(
    functions: Sequence[ToldFunction],
    layers: Iterable[BundleSummary],
    findings: Iterable[Finding],
    notes: tuple[str, ...] = (),
) -> BuildSummary:
    """Return what a build says of itself; `findings` are those beside what is wrong with each zip."""
    unreached = frozenset[str].intersection(*(told.unreached for told in functions)) if functions else frozenset()
    found = (*(finding for told in functions for finding in told.findings), *findings)
    return BuildSummary(
        functions=tuple(told.summary for told in functions),
        layers=tuple(layers),
        optional=tuple(_weak_edge_texts(weak for told in functions for weak in told.weak_edges)),
        unreached=tuple(sorted(unreached)),
        findings=tuple(map(summarise_finding, found)),
        notes=notes,
    )


def summarise_bundle(zip_path: str, metafile: BundleMetafile) -> BundleSummary:
    """Return what is said of one zip."""
    handler, unguarded = (metafile.handler, metafile.unguarded) if isinstance(metafile, Metafile) else ("", "")
    told = summarise_doubts(metafile) if isinstance(metafile, Metafile) else ""
    doubts = (told,) if told else ()
    no_guard = (f"no guard: {unguarded}",) if unguarded else ()
    return BundleSummary(
        name=metafile.name,
        zip_path=zip_path,
        handler=handler,
        runtime=metafile.runtime,
        architecture=metafile.architecture,
        zip_bytes=metafile.zip.bytes,
        unzipped_bytes=metafile.zip.unzipped_bytes,
        files=len(metafile.files),
        sha256=metafile.zip.sha256,
        code_sha256=metafile.zip.code_sha256,
        packages=tuple(
            PackageSummary(package.name, package.version, package.zipped, package.size) for package in metafile.packages
        ),
        details=(_packages_text(metafile), _omissions_text(metafile), *doubts, *no_guard),
        warnings=tuple(map(show, metafile.warnings)),
        unverified=metafile.unverified or 0,
        locks=metafile.locks,
    )


def summarise_finding(finding: Finding) -> FindingSummary:
    """Return what is said of a finding."""
    return FindingSummary(finding.name, finding.level, finding.function, finding.message, finding.path, finding.line)


def render_table(
    metafiles: Sequence[Metafile],
    findings: Sequence[Finding],
    *,
    unchanged: frozenset[str],
    is_whole: bool,
    seconds: float,
    width: int,
) -> str:
    """Return the table of a build that made these metafiles."""
    told = [tell_function("", metafile, Limit())._replace(findings=()) for metafile in metafiles]
    summary = summarise_build(told, (), findings)
    return render_build(summary, unchanged=unchanged, is_whole=is_whole, seconds=seconds, width=width)


def render_layers(metafiles: Sequence[LayerMetafile], *, unchanged: frozenset[str], width: int) -> str:
    """Return the table of layers, and their warnings."""
    layers = [summarise_bundle("", metafile) for metafile in metafiles]
    return render_built_layers(layers, unchanged=unchanged, width=width)


def render_finding(finding: Finding) -> str:
    """Return a finding as one sentence that says how bad it is and for whom."""
    return build_table.render_finding(summarise_finding(finding))


def _packages_text(metafile: BundleMetafile) -> str:
    """Name the biggest packages, each with its weight in the zip."""
    shares = measure_packages(metafile)[:_NAMED_PACKAGES]
    return ", ".join(glue(f"{label_package(share.name)} {format_bytes(share.zipped_bytes)}") for share in shares)


def _omissions_text(metafile: BundleMetafile) -> str:
    """Say what was left out of the full install, and by which rules most of it."""
    shares = measure_omissions(metafile)
    if not shares:
        return "nothing left out"
    size_bytes = sum(share.size_bytes for share in shares)
    files = sum(share.files for share in shares)
    rules = ", ".join(glue(f"{share.name} {format_bytes(share.size_bytes)}") for share in shares[:_NAMED_RULES])
    more = ", …" if len(shares) > _NAMED_RULES else ""
    return f"left out {glue(format_bytes(size_bytes))} in {glue(format_count(files, 'file'))}: {rules}{more}"


def _weak_edge_texts(weak_edges: Iterable[WeakEntry]) -> Iterable[str]:
    """Tell which packages ship for an optional import alone, each once for all functions, the biggest first."""
    weights: dict[tuple[str, str, int, str], int] = {}
    for weak in weak_edges:
        edge = weak.edge
        key = (weak.distribution, edge.source, edge.line, edge.kind)
        weights[key] = max(weak.bytes, weights.get(key, 0))
    for key, size_bytes in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        distribution, source, line, kind = key
        words = _WEAK_WORDS.get(kind, kind)
        yield f"{source}:{line} → {glue(f'{distribution},')} {glue(f'{format_bytes(size_bytes)} unzipped')}, {words}"

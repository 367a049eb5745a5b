"""The whole proof in order: build, lay out the full install, run each event with both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bundler.layer_pipeline import build_layers
from bundler.model.build import BuildSettings, BuiltLayer
from bundler.model.plan import OMISSION_RULES, Omission, Plan
from bundler.model.project import Project
from bundler.model.proof import Proof, Verdict
from bundler.model.remedies import how_to_keep
from bundler.model.wheels import Site, SiteFile
from bundler.pipeline import build_functions, plan_group, resolve_functions, share_sites
from bundler.prove import (
    LAYERS_PLACE,
    Circumstances,
    Code,
    lay_out,
    make_writable,
    prove_case,
    run_in_full,
    unpacked_code,
)
from bundler.system.files import scratch_folder

_NAMED_FILES = 20
_TAKEN_OUT = "the build put it into the zip, and it is not there"
# What no upload without a bundler would hold either.
_NEVER_UPLOADED = frozenset({"patterns", "junk", "settings", "local", "layer"})


def prove_project(
    project: Project,
    proofs: Mapping[str, Proof],
    settings: BuildSettings,
    circumstances: Circumstances,
    *,
    must_build: bool,
) -> Iterator[Verdict]:
    """Build what changed, unless the zips are to be taken as they are, and yield what came of each event."""
    layers = build_layers(project, settings)
    for functions in share_sites(project.functions):
        group = resolve_functions(project, functions, layers, settings)
        if must_build:
            tuple(build_functions(project, group, settings))
        for plan in plan_group(group, group.functions, project.deployment, settings):
            name = plan.function.name
            zip_path = settings.output / f"{name}.zip"
            own = [layer for layer in layers if layer.layer.name in plan.function.layers]
            with unpacked_code(zip_path) as bundle, full_install(plan, group.site, own, bundle) as full:
                for case in proofs[name].cases:
                    settings.progress.start("prove", f"{name} with {case.name}")
                    runs = run_in_full(full, case, proofs[name], circumstances)
                    yield explain(prove_case(runs, bundle, case, proofs[name], circumstances), plan, own)


@contextmanager
def full_install(plan: Plan, site: Site, layers: Sequence[BuiltLayer], bundle: Code) -> Iterator[Code]:
    """Lay out for a while what `pip install --target` and the function's own files would make, and layers so too."""
    paths = {planned.file.path for planned in plan.files}
    paths |= {omission.path for omission in plan.omissions if omission.rule not in _NEVER_UPLOADED}
    with scratch_folder("full") as scratch:
        task, opt = scratch / "task", scratch / "opt"
        lay_out({path: site.files[path] for path in sorted(paths)}, task)
        lay_out({place: file for name in plan.function.layers for place, file in _whole(name, layers)}, opt)
        try:
            yield replace(bundle, task=task, layers=opt)
        finally:
            make_writable(task)
            make_writable(opt)


def _whole(name: str, layers: Sequence[BuiltLayer]) -> Iterator[tuple[str, SiteFile]]:
    """Give all that a layer would hold without a bundler, each file with its place below `/opt`."""
    for built in layers:
        if built.layer.name == name:
            rules = {omitted.path: omitted.rule for omitted in built.bundle.metafile.omitted}
            for path, file in sorted(built.site.files.items()):
                if rules.get(path) not in _NEVER_UPLOADED:
                    yield f"{_prefix(built)}{path}", file


def _prefix(built: BuiltLayer) -> str:
    """Return where a layer's packages are below `/opt`; what is a layer already lies as it is."""
    return "python/" if built.layer.options is not None else ""


def explain(verdict: Verdict, plan: Plan, layers: Sequence[BuiltLayer]) -> Verdict:
    """Say of each file that a bundle lacks why it does, and what keeps it."""
    omissions = {omission.path: omission for omission in (*plan.omissions, *_of_layers(layers))}
    told = [
        replace(lacked, reason=_reason(omissions[lacked.path]) if lacked.path in omissions else _TAKEN_OUT)
        for lacked in verdict.lacked
        if lacked.path not in omissions or omissions[lacked.path].rule != "runtime"
    ]
    return replace(verdict, lacked=tuple(told[:_NAMED_FILES]), unnamed=len(told[_NAMED_FILES:]))


def _of_layers(layers: Sequence[BuiltLayer]) -> Iterator[Omission]:
    """Give what layers leave out, at the places where functions see it."""
    for built in layers:
        for path, size, rule in built.bundle.metafile.omitted:
            place = f"{LAYERS_PLACE}{_prefix(built)}{path}"
            yield Omission(path=place, owner=built.site.files[path].owner, size_bytes=size, rule=rule)


def _reason(omission: Omission) -> str:
    inside = omission.path.removeprefix(f"{LAYERS_PLACE}python/")
    keep = how_to_keep(replace(omission, path=inside))
    where = "" if inside == omission.path else " in the options of the layer"
    return f"{OMISSION_RULES[omission.rule]}; to keep it: {keep}{where}"

"""The whole proof in order: build, lay out the full install, run each event with both."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from bundler.layer_pipeline import build_layers
from bundler.model.build import BuildSettings
from bundler.model.plan import OMISSION_RULES, Omission, Plan
from bundler.model.project import Project
from bundler.model.proof import Proof, Verdict
from bundler.model.remedies import how_to_keep
from bundler.model.wheels import Site
from bundler.pipeline import build_functions, plan_group, resolve_functions, share_sites
from bundler.prove import Circumstances, Code, lay_out, make_writable, prove_case, run_in_full, unpacked_code
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
            with unpacked_code(zip_path) as bundle, full_install(plan, group.site, bundle) as full:
                for case in proofs[name].cases:
                    settings.progress.start("prove", f"{name} with {case.name}")
                    runs = run_in_full(full, case, proofs[name], circumstances)
                    yield explain(prove_case(runs, bundle, case, proofs[name], circumstances), plan)


@contextmanager
def full_install(plan: Plan, site: Site, bundle: Code) -> Iterator[Code]:
    """Lay out for a while what `pip install --target` and the function's own files would make."""
    paths = {planned.file.path for planned in plan.files}
    paths |= {omission.path for omission in plan.omissions if omission.rule not in _NEVER_UPLOADED}
    with scratch_folder("full") as scratch:
        task = scratch / "task"
        lay_out((site.files[path] for path in sorted(paths)), task)
        try:
            yield replace(bundle, task=task)
        finally:
            make_writable(task)


def explain(verdict: Verdict, plan: Plan) -> Verdict:
    """Say of each file that a bundle lacks why it does, and what keeps it."""
    omissions = {omission.path: omission for omission in plan.omissions}
    told = [
        replace(lacked, reason=_reason(omissions[lacked.path]) if lacked.path in omissions else _TAKEN_OUT)
        for lacked in verdict.lacked
        if lacked.path not in omissions or omissions[lacked.path].rule != "runtime"
    ]
    return replace(verdict, lacked=tuple(told[:_NAMED_FILES]), unnamed=len(told[_NAMED_FILES:]))


def _reason(omission: Omission) -> str:
    return f"{OMISSION_RULES[omission.rule]}; to keep it: {how_to_keep(omission)}"

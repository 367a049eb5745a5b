"""Take one file out of an application's bundle, as if nothing had led to it, and see what `prove` makes of that."""

import random
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from bundler import pipeline, proof_pipeline
from bundler.configure import read_project, read_proof_settings
from bundler.model.build import BuildSettings
from bundler.model.invocation import RunSettings
from bundler.model.plan import Omission, Plan
from bundler.model.progress import Silence
from bundler.model.proof import Proof, Status, Verdict
from bundler.plan.exclude import omission_rule
from bundler.prove import Circumstances, Code, FullRuns, find_cases, prove_case, run_in_full, unpacked_code
from bundler.report import judge_verdicts, render_verdicts
from tests.support.corpus import HOST_SETTINGS, Application

SEED = 20261130
KINDS = {
    "module": re.compile(r"\.py\Z"),
    "library": re.compile(r"\.so(?:\.[\d.]+)?\Z"),
    "data": re.compile(r""),
}
_RUN = RunSettings(timeout_seconds=300, memory_mb=10240)
_HOW = Circumstances(sink=lambda _: None, note=lambda _: None, variables=HOST_SETTINGS)


@dataclass(frozen=True, slots=True, order=True)
class Removal:
    """A file that an event's run uses."""

    event: str
    path: str

    @property
    def kind(self) -> str:
        return next(kind for kind, pattern in KINDS.items() if pattern.search(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What `prove` says of a bundle that lacks a file."""

    application: str
    removal: Removal
    status: str
    is_named: bool
    fails: bool
    is_alike_without: bool
    """The full install without the file gives the answer that it gives with it."""

    @property
    def is_right(self) -> bool:
        return self.is_named and (self.fails or self.is_alike_without)


def draw_applications(names: Collection[str], count: int, seed: int = SEED) -> list[str]:
    """Return some applications, the same for the same seed."""
    return sorted(random.Random(seed).sample(sorted(names), count))


def draw_removals(used: Mapping[str, Collection[str]], count: int, application: str, seed: int = SEED) -> list[Removal]:
    """Return some of the files that each event's run uses, no file twice: first a kind is drawn, then one of it."""
    generator = random.Random(f"{seed} {application}")
    left = sorted(Removal(event, path) for event, paths in used.items() for path in paths)
    drawn: list[Removal] = []
    while left and len(drawn) < count:
        kind = generator.choice(sorted({removal.kind for removal in left}))
        drawn.append(generator.choice([removal for removal in left if removal.kind == kind]))
        left = [removal for removal in left if removal.path != drawn[-1].path]
    return drawn


@contextmanager
def proving(application: Application, work: Path) -> "Iterator[Proving]":
    """Plan an application, lay out its full install, and run its events there."""
    project = read_project(application.folder, stage=None, functions=(), runtime=None, architecture=None)
    (function,) = project.functions
    options = read_proof_settings(application.folder, (function.name,), stage=None)[function.name]
    cases = find_cases(application.folder, function.name, options)
    settings = BuildSettings(output=work, jobs=1, progress=Silence(), is_offline=False)
    group = pipeline.resolve_functions(project, (function,), (), settings)
    (plan,) = pipeline.plan_group(group, group.functions, project.deployment, settings)
    proof = Proof(cases=cases, settings=options, run=_RUN)

    def build(plan: Plan) -> Path:
        # In a folder of its own: what is there would be taken for what this plan makes, as its inputs are the same.
        own = replace(settings, output=Path(tempfile.mkdtemp(dir=work)))
        with mock.patch.object(pipeline, "plan_group", return_value=(plan,)):
            (bundle,) = pipeline.build_functions(project, group, own)
        return bundle.zip_path

    with unpacked_code(build(plan)) as bundle, proof_pipeline.full_install(plan, group.site, (), bundle) as full:
        runs = {case.name: run_in_full(full, case, proof, _HOW) for case in cases}
        yield Proving(
            application=application.name, work=work, plan=plan, build=build, proof=proof, full=full, runs=runs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """An application whose events have been run with its full install."""

    application: str
    work: Path
    plan: Plan
    build: Callable[[Plan], Path]
    proof: Proof
    full: Code
    runs: Mapping[str, FullRuns]

    def used(self) -> dict[str, set[str]]:
        """Return what ships and is used, by event."""
        shipped = {planned.file.path for planned in self.plan.files}
        return {name: shipped & runs.first.touched for name, runs in self.runs.items()}

    def try_without(self, removal: Removal) -> Outcome:
        """Build a bundle without a file, prove it, and run the full install without the same file."""
        plan = _without(self.plan, removal.path)
        with unpacked_code(self.build(plan)) as bundle:
            verdict = proof_pipeline.explain(self._prove(removal.event, bundle), plan, ())
        findings = judge_verdicts((verdict,), frozenset())
        return Outcome(
            application=self.application,
            removal=removal,
            status=verdict.status,
            is_named=f"`{removal.path}`" in render_verdicts((verdict,)),
            fails=bool(findings),
            is_alike_without=self._is_alike_without(removal),
        )

    def _is_alike_without(self, removal: Removal) -> bool:
        """Tell whether the full install does the same without the file, by the same comparison.

        It may try twice: a run that a busy machine keeps from ending in time says nothing.
        """
        path, held = self.full.task / removal.path, self.work / "held"
        path.rename(held)
        try:
            return any(self._prove(removal.event, self.full).status is Status.PROVED for _ in range(2))
        finally:
            held.rename(path)

    def _prove(self, event: str, code: Code) -> Verdict:
        case = next(case for case in self.proof.cases if case.name == event)
        return prove_case(self.runs[event], code, case, self.proof, _HOW)


def _without(plan: Plan, path: str) -> Plan:
    """Return a plan that leaves a file out by the rule for what nothing leads to; all else ships as it did."""
    file = next(planned.file for planned in plan.files if planned.file.path == path)
    rule = omission_rule(file, frozenset())
    omission = Omission(path=path, owner=file.owner, size_bytes=file.size_bytes, rule=rule)
    files = tuple(planned for planned in plan.files if planned.file.path != path)
    return replace(
        plan, files=files, omissions=tuple(sorted((*plan.omissions, omission), key=lambda known: known.path))
    )

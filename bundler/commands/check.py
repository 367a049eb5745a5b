"""`lbundle check` and `lbundle baseline`: a gate in CI that fails when a bundle grows."""

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import (
    FolderOption,
    JobsOption,
    MissingOption,
    OfflineOption,
    ProjectArgument,
    StageOption,
    project_folder,
    write_file,
)
from bundler.commands.report import FileOption, write_result
from bundler.commands.repository import find_repository
from bundler.errors import BudgetError, GrowthFormError, OutputError
from bundler.model.metafile import Metafile
from bundler.model.project import Project
from bundler.model.report import Change, Finding, ImportTiming, Sizes


class CheckFormat(StrEnum):
    """How findings are written."""

    AUTO = "auto"
    TEXT = "text"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"


def baseline(
    project: ProjectArgument = Path(),
    *,
    stage: StageOption = None,
    folder: FolderOption = None,
    offline: OfflineOption = False,
    allow_missing: MissingOption = False,
    jobs: JobsOption = None,
) -> None:
    """Build, and write what every function weighs to lbundle-sizes.json, to be committed."""
    from bundler.report import format_count, measure_sizes  # noqa: PLC0415 - starts fast

    _, metafiles, _ = _build(
        project, stage, folder, jobs, is_offline=offline, allows_missing=allow_missing, with_times=False
    )
    path = _write_sizes(project_folder(project), measure_sizes(metafiles))
    typer.echo(f"Wrote {path} for {format_count(len(metafiles), 'function')}")


def check(  # noqa: PLR0913 - one parameter per option
    project: ProjectArgument = Path(),
    *,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="WHERE", help="A folder, a file or git:REVISION to compare with."),
    ] = None,
    max_growth: Annotated[
        str | None, typer.Option("--max-growth", metavar="N%|SIZE", help="In place of every function's own limit.")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Accept the new sizes as the baseline.")] = False,
    form: Annotated[CheckFormat, typer.Option("--format", help="How findings are written.")] = CheckFormat.AUTO,
    output: FileOption = None,
    stage: StageOption = None,
    folder: FolderOption = None,
    offline: OfflineOption = False,
    allow_missing: MissingOption = False,
    jobs: JobsOption = None,
) -> None:
    """Build, and fail when a bundle is over its limit or grew more than it may since the baseline."""
    from bundler.commands.stored_sizes import BASELINE_NAME, is_one_function, load_described  # noqa: PLC0415 - starts fast
    from bundler.configure import parse_growth  # noqa: PLC0415 - starts fast
    from bundler.report import (  # noqa: PLC0415 - starts fast
        compare_sizes,
        find_findings,
        find_growth,
        find_slow_imports,
        find_total_growth,
        find_upgrade,
        measure_sizes,
    )

    override = parse_growth(max_growth) if max_growth is not None else None
    if max_growth is not None and override is None:
        raise GrowthFormError(max_growth)
    root = project_folder(project)
    where = against or str(root / BASELINE_NAME)
    before = None if update else load_described(where, root)
    described, metafiles, timings = _build(
        project, stage, folder, jobs, is_offline=offline, allows_missing=allow_missing, with_times=not update
    )
    after = measure_sizes(metafiles)
    if before is None:
        typer.echo(f"Wrote {_write_sizes(root, after)}")
        return
    if is_one_function(where):
        after = {name: after[name] for name in before if name in after}
    limits = {function.name: function.options.limit for function in described.functions}
    changes = compare_sizes(before, after)
    found = (
        *find_findings(metafiles, limits),
        *find_slow_imports(metafiles, timings, limits),
        *find_growth(changes, limits, override),
        *find_total_growth(changes, override or described.growth),
        *find_upgrade(changes, before, after),
    )
    repository = find_repository(described.root)
    findings = tuple(_locate(finding, described, repository) for finding in found)
    settings_path = _path_in(repository, described.settings_path)
    write_result(_render(_choose(form), changes, findings, settings_path), output)
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(BudgetError.exit_code)


def _build(  # noqa: PLR0913 - what both commands take
    project: Path,
    stage: str | None,
    folder: Path | None,
    jobs: int | None,
    *,
    is_offline: bool,
    allows_missing: bool,
    with_times: bool,
) -> tuple[Project, list[Metafile], tuple[ImportTiming, ...]]:
    from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast
    from bundler.display import make_progress  # noqa: PLC0415 - starts fast
    from bundler.layer_pipeline import build_layers  # noqa: PLC0415 - starts fast
    from bundler.pipeline import build_project, time_imports  # noqa: PLC0415 - starts fast

    described = read_project(project, stage=stage, functions=(), runtime=None, architecture=None)
    with make_progress() as progress:
        settings = how_to_build(project, folder, jobs, progress, is_offline=is_offline, allows_missing=allows_missing)
        bundles = build_project(described, build_layers(described, settings), settings)
        timings = time_imports(described, settings) if with_times else ()
    for note in described.notes:
        typer.echo(f"note: {note}", err=True)
    return described, [bundle.metafile for bundle in bundles], timings


def _write_sizes(root: Path, sizes: Sizes) -> Path:
    from bundler.commands.stored_sizes import BASELINE_NAME  # noqa: PLC0415 - starts fast
    from bundler.report import write_baseline  # noqa: PLC0415 - starts fast

    path = root / BASELINE_NAME
    write_file(path, write_baseline(sizes))
    return path


def _locate(finding: Finding, project: Project, repository: Path) -> Finding:
    """Name the file that is to blame as CI does, which knows the repository and none of the folders in it."""
    if not finding.path:
        return finding
    folders = (function.code_root for function in project.functions if function.name == finding.function)
    return replace(finding, path=_path_in(repository, next(folders, project.root) / finding.path))


def _path_in(repository: Path, path: Path) -> str:
    """Return a path from the repository's root, or from the folder that lbundle is called in for one outside."""
    where = path.parent.resolve() / path.name
    return Path(os.path.relpath(where, repository if where.is_relative_to(repository) else None)).as_posix()


def _choose(form: CheckFormat) -> CheckFormat:
    if form is not CheckFormat.AUTO:
        return form
    return CheckFormat.GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else CheckFormat.TEXT


def _render(form: CheckFormat, changes: tuple[Change, ...], findings: tuple[Finding, ...], settings_path: str) -> str:
    from bundler import report  # noqa: PLC0415 - starts fast

    match form:
        case CheckFormat.GITHUB:
            _add_job_summary(report.render_changes_markdown(changes))
            annotations = report.render_github(findings, settings_path)
            return "\n".join(filter(None, (report.render_changes(changes), annotations)))
        case CheckFormat.GITLAB:
            return report.render_gitlab(findings, settings_path)
        case CheckFormat.JUNIT:
            return report.render_junit(findings, [change.function for change in changes if change.after is not None])
        case CheckFormat.SARIF:
            return report.render_sarif(findings, settings_path)
        case CheckFormat.MARKDOWN:
            lines = [f"- **{finding.level}** `{finding.function}`: {finding.message}" for finding in findings]
            return "\n".join((report.render_changes_markdown(changes), "", *lines))
        case CheckFormat.TEXT | CheckFormat.AUTO:
            lines = [report.render_finding(finding) for finding in findings]
            return "\n".join((report.render_changes(changes), *lines))


def _add_job_summary(text: str) -> None:
    """Append to the summary that GitHub shows for the job, where there is one."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(path).open("a", encoding="utf-8") as stream:
                stream.write(f"{text}\n")
        except OSError as error:
            raise OutputError(path, error.strerror or str(error)) from error

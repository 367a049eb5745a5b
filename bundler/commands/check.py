"""`lbundle check` and `lbundle baseline`: a gate in CI that fails when a bundle grows."""

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bundler.build_record import Request
from bundler.commands.options import (
    FolderOption,
    JobsOption,
    MissingOption,
    OfflineOption,
    ProjectArgument,
    StageOption,
    VerifyOption,
    output_folder,
    project_folder,
    say_waiting,
    write_file,
)
from bundler.commands.report import FileOption, write_result
from bundler.commands.repository import find_repository
from bundler.errors import BudgetError, GrowthFormError, OutputError
from bundler.model.build import Built
from bundler.model.metafile import Metafile
from bundler.model.project import Project
from bundler.model.report import Change, Finding, Sizes
from bundler.recorded_build import Done, build_or_keep
from bundler.system.locks import announcing


class CheckFormat(StrEnum):
    """How findings are written."""

    AUTO = "auto"
    TEXT = "text"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"


def baseline(  # noqa: PLR0913 - one parameter per option
    project: ProjectArgument = Path(),
    *,
    stage: StageOption = None,
    folder: FolderOption = None,
    offline: OfflineOption = False,
    verify: VerifyOption = False,
    allow_missing: MissingOption = False,
    jobs: JobsOption = None,
) -> None:
    """Build, and write what every function weighs to lbundle-sizes.json, to be committed."""
    from bundler.report import format_count, measure_sizes  # noqa: PLC0415 - starts fast

    how = _How(folder, jobs, offline, allow_missing, verify, with_times=False)
    _, done = _build(project, stage, how)
    metafiles = _metafiles(done)
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
    verify: VerifyOption = False,
    allow_missing: MissingOption = False,
    jobs: JobsOption = None,
) -> None:
    """Build, and fail when a bundle is over its limit or grew more than it may since the baseline."""
    from bundler.commands.stored_sizes import BASELINE_NAME, is_one_function, load_described  # noqa: PLC0415 - starts fast
    from bundler.configure import parse_growth  # noqa: PLC0415 - starts fast
    from bundler.report import (  # noqa: PLC0415 - starts fast
        compare_sizes,
        find_growth,
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
    how = _How(folder, jobs, offline, allow_missing, verify, with_times=not update)
    described, done = _build(project, stage, how)
    after = measure_sizes(_metafiles(done))
    if before is None:
        typer.echo(f"Wrote {_write_sizes(root, after)}")
        return
    if is_one_function(where):
        after = {name: after[name] for name in before if name in after}
    limits = {function.name: function.options.limit for function in described.functions}
    changes = compare_sizes(before, after)
    found = (
        *(Finding(**finding._asdict()) for finding in done.summary.findings),
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


class _How(NamedTuple):
    """How both commands build."""

    folder: Path | None
    jobs: int | None
    is_offline: bool
    allows_missing: bool
    verifies: bool
    with_times: bool
    """Imports are timed where a limit says so."""


def _build(project: Path, stage: str | None, how: _How) -> tuple[Project, Done]:
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast

    def read() -> Project:
        return read_project(project, stage=stage, functions=(), runtime=None, architecture=None)

    def build(described: Project) -> Built:
        from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
        from bundler.display import make_progress  # noqa: PLC0415 - starts fast
        from bundler.whole_pipeline import build_all  # noqa: PLC0415 - starts fast

        with make_progress() as progress:
            settings = how_to_build(
                project, how.folder, how.jobs, progress, is_offline=how.is_offline, allows_missing=how.allows_missing
            )
            return build_all(described, settings, with_times=how.with_times)

    request = Request(
        project=str(project.absolute()),
        output=str(output_folder(project, how.folder)),
        settings=None,
        stage=stage,
        functions=(),
        runtime=None,
        architecture=None,
        allows_missing=how.allows_missing,
    )
    with announcing(say_waiting):
        done = build_or_keep(request, read, build, verifies=how.verifies)
    for note in done.summary.notes:
        typer.echo(f"note: {note}", err=True)
    return read(), done


def _metafiles(done: Done) -> list[Metafile]:
    """Return the metafiles of all functions, as they are on the disk."""
    from bundler.system.metafiles import read_function_metafile  # noqa: PLC0415 - starts fast

    found = (read_function_metafile(Path(bundle.metafile_path)) for bundle in done.summary.functions)
    return [metafile for metafile in found if metafile is not None]


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

"""`lbundle report` and `lbundle diff`: what finished bundles hold, and how two states differ."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import FolderOption, ProjectOption, output_folder, project_folder, write_file
from bundler.errors import SizesMissingError, UnknownFunctionError


class ReportFormat(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


ReportFormatOption = Annotated[ReportFormat, typer.Option("--format", help="How it is written.")]
FileOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")]


def report(  # noqa: PLR0913 - one parameter per option
    functions: Annotated[list[str] | None, typer.Argument(metavar="[FUNCTION]...", show_default=False)] = None,
    *,
    project: ProjectOption = Path(),
    folder: FolderOption = None,
    form: ReportFormatOption = ReportFormat.TEXT,
    output: FileOption = None,
    top: Annotated[int, typer.Option("--top", min=1, metavar="N", help="How many packages and files to name.")] = 10,
    shake: Annotated[
        bool, typer.Option("--shake", help="What each `shake` would weigh, and what doubt costs.")
    ] = False,
) -> None:
    """Tell what the zips of the last build hold, and what was left out, from their metafiles alone."""
    from bundler.commands.stored_sizes import load_metafiles  # noqa: PLC0415 - starts fast
    from bundler.metafile import describe_metafile  # noqa: PLC0415 - starts fast
    from bundler.report import render_report, render_report_markdown, render_shake  # noqa: PLC0415 - starts fast

    where = output_folder(project, folder)
    metafiles = load_metafiles(where)
    if not metafiles:
        raise SizesMissingError(str(where), "no build has left metafiles there")
    known = tuple(metafile.function for metafile in metafiles)
    if unknown := tuple(name for name in functions or () if name not in known):
        raise UnknownFunctionError(unknown, known)
    chosen = [metafile for metafile in metafiles if not functions or metafile.function in functions]
    if shake:
        text = render_shake(chosen, top)
    elif form is ReportFormat.JSON:
        text = json.dumps({"schema": "lbundle-report/1", "functions": list(map(describe_metafile, chosen))}, indent=1)
    elif form is ReportFormat.HTML:
        from bundler.commands.page_parts import read_page_parts  # noqa: PLC0415 - starts fast
        from bundler.report import render_report_html  # noqa: PLC0415 - starts fast

        text = render_report_html(chosen, read_page_parts())
    else:
        render = render_report if form is ReportFormat.TEXT else render_report_markdown
        text = render(chosen, top=top, is_whole=not functions)
    write_result(text, output)


def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A zip, metafile, baseline, folder or git:REVISION.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="The same.")],
    *,
    project: ProjectOption = Path(),
    form: ReportFormatOption = ReportFormat.TEXT,
    output: FileOption = None,
) -> None:
    """Tell how two states of a service differ: which functions, packages and files, and why."""
    from dataclasses import asdict  # noqa: PLC0415 - starts fast

    from bundler.commands.stored_sizes import load_pair  # noqa: PLC0415 - starts fast
    from bundler.report import compare_sizes, render_changes, render_changes_markdown  # noqa: PLC0415 - starts fast

    root = project_folder(project)
    old, new = load_pair(before, after, root)
    renamed = {}
    if len(old) == len(new) == 1:
        # Two files are compared whatever they are called.
        renamed = dict(zip(old, new, strict=True))
        old = dict(zip(new, old.values(), strict=True))
    changes = compare_sizes(old, new)
    if form is ReportFormat.JSON:
        text = json.dumps({"schema": "lbundle-diff/1", "functions": [asdict(change) for change in changes]}, indent=1)
    elif form is ReportFormat.HTML:
        from bundler.commands.page_parts import read_page_parts  # noqa: PLC0415 - starts fast
        from bundler.commands.stored_sizes import find_metafiles  # noqa: PLC0415 - starts fast
        from bundler.report import render_changes_html  # noqa: PLC0415 - starts fast

        known = {renamed.get(name, name): metafile for name, metafile in find_metafiles(before).items()}
        states = (old, known), (new, find_metafiles(after))
        text = render_changes_html(changes, *states, read_page_parts(), names=(before, after))
    else:
        text = render_changes(changes) if form is ReportFormat.TEXT else render_changes_markdown(changes)
    write_result(text, output)


def write_result(text: str, output: Path | None) -> None:
    """Print a result, or write it to the file the user names."""
    if output is None:
        typer.echo(text)
        return
    write_file(output, f"{text}\n")

"""`lbundle verify`: check finished zips without running them."""

from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import ArchitectureOption, RuntimeOption
from bundler.errors import ProofError


def verify(
    zips: Annotated[list[Path], typer.Argument(metavar="ZIP...", exists=True, dir_okay=False, show_default=False)],
    *,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    handler: Annotated[
        str | None, typer.Option("--handler", metavar="MODULE.FUNCTION", help="A handler in place of their own.")
    ] = None,
) -> None:
    """Check finished zips without running them, each against the metafile beside it."""
    from bundler.prove import verify_bundle  # noqa: PLC0415 - starts fast
    from bundler.report import render_finding  # noqa: PLC0415 - starts fast

    has_errors = False
    for zip_path in zips:
        findings = verify_bundle(zip_path, runtime=runtime, architecture=architecture, handler=handler)
        for finding in findings:
            typer.echo(render_finding(finding))
        if all(finding.level == "note" for finding in findings):
            typer.echo(f"ok: {zip_path.stem}")
        has_errors |= any(finding.level == "error" for finding in findings)
    if has_errors:
        raise typer.Exit(ProofError.exit_code)

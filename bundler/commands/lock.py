"""`lbundle lock`: versions for requirements that fix none."""

from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import OfflineOption, ProjectArgument, StageOption
from bundler.model.wheels import LockFormat, Resolver


def lock(  # noqa: PLR0913 - one parameter per option
    project: ProjectArgument = Path(),
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The lock to write.")] = None,
    lock_format: Annotated[
        LockFormat | None,
        typer.Option("--format", help="How to write it; else as the lock in use.", show_default=False),
    ] = None,
    resolver: Annotated[Resolver, typer.Option("--resolver", help="Who finds the versions.")] = Resolver.AUTO,
    upgrade: Annotated[bool, typer.Option("--upgrade", "-U", help="Take newer versions than the lock has.")] = False,
    stage: StageOption = None,
    offline: OfflineOption = False,
) -> None:
    """Find versions for requirements.in and write them down with hashes, for every target."""
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast
    from bundler.display import make_progress  # noqa: PLC0415 - starts fast
    from bundler.lock_pipeline import lock_project  # noqa: PLC0415 - starts fast
    from bundler.model.build import LockSettings  # noqa: PLC0415 - starts fast
    from bundler.report import format_count  # noqa: PLC0415 - starts fast
    from bundler.system.locks import in_use  # noqa: PLC0415 - starts fast

    described = read_project(project, stage=stage, functions=(), runtime=None, architecture=None)
    with in_use(), make_progress() as progress:
        how = LockSettings(
            output=output,
            lock_format=lock_format,
            resolver=resolver,
            is_upgrade=upgrade,
            is_offline=offline,
            progress=progress,
        )
        locks = lock_project(described, how)
    for written in locks:
        for note in written.notes:
            typer.echo(f"warning: {note}", err=True)
        pins, targets = format_count(written.pin_count, "pin"), ", ".join(map(str, written.targets))
        typer.echo(f"Wrote {written.path} for {targets}: {pins} by {written.resolver}")
    described = read_project(project, stage=stage, functions=(), runtime=None, architecture=None)
    options = [function.options for function in described.functions]
    options += [layer.options for layer in described.layers if layer.options is not None]
    named = {path for known in options for path in known.requirements}
    for written in locks:
        if written.path not in named:
            typer.echo(f"note: to build from it, set `requirements: {written.path.name}`", err=True)

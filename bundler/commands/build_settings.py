"""How commands build; a file of its own, as its records would slow every start."""

from pathlib import Path

from bundler.commands.options import output_folder
from bundler.model.build import BuildSettings
from bundler.model.progress import Progress
from bundler.system.processors import count_processors


def how_to_build(
    project: Path,
    output: Path | None,
    jobs: int | None,
    progress: Progress,
    *,
    is_offline: bool,
    allows_missing: bool = False,
) -> BuildSettings:
    """Return how a project is built where options say nothing else."""
    return BuildSettings(
        output=output_folder(project, output),
        jobs=jobs or count_processors(),
        progress=progress,
        is_offline=is_offline,
        allows_missing=allows_missing,
    )

"""`lbundle sam-build`: what the makefile of an AWS SAM project calls."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.build import build
from bundler.commands.options import JobsOption, MissingOption, OfflineOption, output_folder, say_waiting, text_width
from bundler.errors import UnknownFunctionError
from bundler.system.locks import announcing, held, in_use

_SAM_FOLDER = ".aws-sam"


def sam_build(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", show_default=False, help="The logical id of a function or layer."),
    ],
    *,
    artifacts: Annotated[
        Path, typer.Option("--artifacts", metavar="DIR", envvar="ARTIFACTS_DIR", help="Where its files are to go.")
    ],
    project: Annotated[
        Path | None,
        typer.Option("--project", "-p", metavar="PROJECT", help="The template or its folder; else known from DIR."),
    ] = None,
    jobs: JobsOption = None,
    offline: OfflineOption = False,
    allow_missing: MissingOption = False,
) -> None:
    """Build one function or layer of a SAM template, and lay its files out where `sam build` wants them."""
    from bundler.configure import find_template  # noqa: PLC0415 - starts fast
    from bundler.prove import extract_files  # noqa: PLC0415 - starts fast

    template = find_template(project or _project_around(artifacts.absolute()))
    try:
        build(template, function=[name], jobs=jobs, offline=offline, allow_missing=allow_missing)
        zip_path = output_folder(template, None) / f"{name}.zip"
    except UnknownFunctionError:
        zip_path = _build_layer(template, name, jobs, is_offline=offline)
    extract_files(zip_path, artifacts)


def _build_layer(template: Path, name: str, jobs: int | None, *, is_offline: bool) -> Path:
    """Build a layer alone, print its size and return its zip."""
    from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast
    from bundler.display import make_progress  # noqa: PLC0415 - starts fast
    from bundler.layer_pipeline import build_layers  # noqa: PLC0415 - starts fast
    from bundler.report import render_layers  # noqa: PLC0415 - starts fast

    described = read_project(template, stage=None, functions=(), runtime=None, architecture=None)
    layers = tuple(layer for layer in described.layers if layer.name == name)
    if not layers:
        functions = tuple(function.name for function in described.functions)
        raise UnknownFunctionError((name,), (*functions, *(layer.name for layer in described.layers)))
    with (
        announcing(say_waiting),
        held(f"builds into `{output_folder(template, None)}`"),
        in_use(),
        make_progress() as progress,
    ):
        how = how_to_build(template, None, jobs, progress, is_offline=is_offline)
        (built,) = build_layers(replace(described, layers=layers), how)
    unchanged = frozenset([name] if built.bundle.is_unchanged else [])
    typer.echo(render_layers([built.bundle.metafile], unchanged=unchanged, width=text_width()))
    return built.bundle.zip_path


def _project_around(artifacts: Path) -> Path:
    """Return the folder that SAM builds for: it runs make in a copy of the code, away from the template."""
    return next((folder.parent for folder in artifacts.parents if folder.name == _SAM_FOLDER), Path())

"""`lbundle plugin-path` and `lbundle unpack`: where the Serverless plugin is, and what it runs bundles with."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import JsonOption


def plugin_path() -> None:
    """Print the folder of the Serverless plugin, an npm package."""
    typer.echo(Path(__file__).parents[1] / "serverless_plugin")


def unpack(
    zip_path: Annotated[Path, typer.Argument(metavar="ZIP", exists=True, dir_okay=False, help="A zip of a build.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Unpack a finished zip beside itself, and name the Python that can run it."""
    from bundler.prove import unpack_bundle  # noqa: PLC0415 - starts fast

    unpacked = unpack_bundle(zip_path)
    python = str(unpacked.interpreter) if unpacked.interpreter else None
    if as_json:
        layers = list(unpacked.layers)
        told = {"folder": str(unpacked.folder), "layers": layers, "runtime": unpacked.runtime, "python": python}
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"{unpacked.folder}\n{unpacked.runtime}: {python or 'no such Python on this machine'}")

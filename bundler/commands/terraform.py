"""`lbundle terraform`: a program for Terraform's data source `external`.

The protocol (provider `hashicorp/external`, data source `external`, "External Program Protocol"): one JSON
object of texts comes on stdin, one goes to stdout, and what is wrong goes to stderr with an exit code that is not 0.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from bundler.commands.options import MissingOption, say_waiting
from bundler.documents import parse_json
from bundler.errors import QueryFormError
from bundler.interface import Bundle, Project, build
from bundler.system.locks import announcing

_KEYS = ("project", "function", "stage", "runtime", "architecture", "output")


def terraform(*, allow_missing: MissingOption = False) -> None:
    """Answer Terraform's data source `external`: build, and say where the zips are and what they hold."""
    query = _read_query(sys.stdin.read())
    name = query.get("function")
    project = Project(
        query.get("project", "."),
        stage=query.get("stage"),
        functions=(name,) if name else (),
        runtime=query.get("runtime"),
        architecture=query.get("architecture"),
    )
    output = Path(query.get("output", project.output))
    with announcing(say_waiting):
        built = build(project, output=output, allow_missing=allow_missing)
    functions, layers = (_describe_all(bundles, output) for bundles in (built.functions, built.layers))
    own = functions[name] if name else {}
    typer.echo(json.dumps({**own, "functions": json.dumps(functions), "layers": json.dumps(layers)}))


def _read_query(text: str) -> dict[str, str]:
    """Return what is asked for; an empty text counts as not given, as optional variables of Terraform have it."""
    try:
        query = parse_json(text)
    except ValueError:
        query = None
    if not isinstance(query, dict) or not all(isinstance(value, str) for value in query.values()):
        raise QueryFormError((), _KEYS)
    if unknown := tuple(key for key in query if key not in _KEYS):
        raise QueryFormError(unknown, _KEYS)
    return {key: value for key, value in query.items() if value}


def _describe_all(bundles: Mapping[str, Bundle], output: Path) -> dict[str, dict[str, str]]:
    return {name: _describe(bundle, is_absolute=output.is_absolute()) for name, bundle in bundles.items()}


def _describe(bundle: Bundle, *, is_absolute: bool) -> dict[str, str]:
    """Return a bundle in the words of Terraform's resources."""
    # Terraform keeps the name in its state: an absolute one would differ from machine to machine.
    path = bundle.zip_path if is_absolute else Path(os.path.relpath(bundle.zip_path))
    handler = {"handler": bundle.handler} if bundle.handler else {}
    return {
        "filename": path.as_posix(),
        "source_code_hash": bundle.code_sha256,
        **handler,
        "runtime": bundle.runtime,
        "architecture": bundle.architecture,
    }

"""`lbundle event`: an event as a function's own trigger gives it, to be saved and changed."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import ProjectOption, StageOption
from bundler.errors import NoTriggerError, UnknownTemplateError
from bundler.model.trigger import Trigger, TriggerKind

OWN_TEMPLATE = "own"
"""Stands for the function's first trigger."""


def event(
    function: Annotated[str, typer.Argument(metavar="FUNCTION", show_default=False)],
    *,
    template: Annotated[
        str, typer.Option("--template", metavar="KIND", help="Of another kind than the function's first trigger.")
    ] = OWN_TEMPLATE,
    project: ProjectOption = Path(),
    stage: StageOption = None,
) -> None:
    """Print an event of a function's own trigger: its path, queue, bucket or whatever calls it."""
    typer.echo(json.dumps(make_template(project, stage, function, template), indent=2, ensure_ascii=False))


def make_template(project: Path, stage: str | None, function: str, template: str) -> object:
    """Return the event of a function's trigger of a kind, of its first one if no kind is named."""
    from bundler.configure import read_function_triggers  # noqa: PLC0415 - starts fast
    from bundler.prove import make_event  # noqa: PLC0415 - starts fast

    return make_event(_choose(read_function_triggers(project, function, stage=stage), function, template))


def _choose(triggers: tuple[Trigger, ...], function: str, template: str) -> Trigger:
    kinds = tuple(kind.value for kind in TriggerKind)
    if template == OWN_TEMPLATE:
        if not triggers:
            raise NoTriggerError(function, kinds)
        return triggers[0]
    if template not in kinds:
        raise UnknownTemplateError(template, kinds)
    kind = TriggerKind(template)
    return next((trigger for trigger in triggers if trigger.kind is kind), Trigger(kind=kind))

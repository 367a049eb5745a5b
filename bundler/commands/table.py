"""Which commands there are and where each is: one is loaded when it is called, and none for another."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

_FOR_PEOPLE = {
    "build": "build",
    "lock": "lock",
    "why": "explain",
    "trace": "explain",
    "report": "report",
    "diff": "report",
    "baseline": "check",
    "check": "check",
    "verify": "verify",
    "invoke": "invoke",
    "event": "event",
    "prove": "prove",
}
_GROUPS = {"cache": "cache"}
_FOR_HOSTS = {"unpack": "plugin", "plugin-path": "plugin", "sam-build": "sam", "terraform": "terraform"}
_CLASSES = {"invoke": "InvokeCommand"}
_MODULES = {**_FOR_PEOPLE, **_GROUPS, **_FOR_HOSTS}


class Commands(dict[str, Any]):
    """The commands by name, in the order of the help; looking one up loads it."""

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - typer's commands have no public type
        """Return a command, loaded."""
        if name in self and self[name] is None:
            self[name] = _load(name)
        return super().get(name, default)

    def items(self) -> Any:  # noqa: ANN401 - as above
        """Return all commands, loaded."""
        return [(name, self.get(name)) for name in self]


class LazyGroup(TyperGroup):
    """A group whose commands are loaded when they are called."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**{**settings, "commands": {}})
        self.commands: dict[str, Any] = Commands.fromkeys(_MODULES)


def _load(name: str) -> Any:  # noqa: ANN401 - as above
    module = import_module(f"bundler.commands.{_MODULES[name]}")
    if name in _GROUPS:
        return get_command(module.app)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    kind = getattr(module, _CLASSES[name]) if name in _CLASSES else None
    alone.command(name, cls=kind)(getattr(module, name.replace("-", "_")))
    return get_command(alone)

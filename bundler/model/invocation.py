"""What running a function takes and gives: its settings in Lambda, and what came of an event."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What Lambda is told of a function beside its code."""

    timeout_seconds: float = 30
    memory_mb: int = 1024
    variables: tuple[tuple[str, str], ...] = ()
    """Those whose value is known before a deployment."""
    unknown_variables: tuple[str, ...] = ()
    """Those that only a deployment gives a value."""
    has_json_logs: bool = False
    log_level: str = ""
    """Which records of the function's are logged; empty for all that Python's own level lets through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What came of one event."""

    request_id: str
    answer: str | None
    """JSON, as Lambda would return it; `None` where there is an error."""
    error: dict[str, Any] | None
    """As Lambda returns it: `errorType`, `errorMessage` and, as far as the code was reached, `stackTrace`."""
    init_seconds: float | None
    """How long the process took until it asked for an event; `None` for one that had answered before."""
    seconds: float
    memory_bytes: int
    """The most that the process and what it started held."""
    is_alive: bool
    """Whether the process can take another event."""

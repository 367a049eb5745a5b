"""The command line: its commands, how errors are printed, and how it ends.

What a command does stands in `commands/`; nothing below prints results or exits.
"""

import io
import os
import signal
import sys
import threading
from typing import Annotated

import typer

from bundler.commands.table import LazyGroup
from bundler.failure import BuildInterruptedError, BundleError
from bundler.version import __version__

app = typer.Typer(
    name="lbundle",
    cls=LazyGroup,
    help="Bundle Python functions for AWS Lambda: only what runs, in one small reproducible zip each.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# How long running threads have to clean up after Ctrl-C; a second one ends everything at once.
_GRACE_SECONDS = 1.0
# What ends a session or a job: it reaches a group of programs, of which those that build source are none.
_ENDING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_SHOW_CURSOR = "\x1b[?25h"


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Bundle Python functions for AWS Lambda."""
    if version:
        typer.echo(f"lbundle {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; every known error ends with its message, its hints and its exit code."""
    leaving = threading.Timer(_GRACE_SECONDS, _leave)
    leaving.daemon = True

    def interrupt(*_: object) -> None:
        """End as an error of ours does, so that files are cleaned up and nothing else reports it."""
        if leaving.is_alive():
            _leave()
        leaving.start()
        raise BuildInterruptedError

    signal.signal(signal.SIGINT, interrupt)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Files may have names that the encoding of a terminal or a log lacks letters for.
        sys.stdout.reconfigure(errors="backslashreplace")
    for number in _ENDING_SIGNALS:
        signal.signal(number, _end)
    try:
        app()
    except BundleError as error:
        leaving.cancel()
        _print_error(error)
        sys.exit(error.exit_code)


def _end(number: int, _: object) -> None:
    """End by a signal as any program does, and not without what builds source."""
    apart = sys.modules.get("bundler.system.apart")
    if apart is not None:
        apart.end_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _leave() -> None:
    """End at once, as nothing wakes a thread that waits for a server; what is not whole by then never appears."""
    if sys.stderr.isatty():
        sys.stderr.write(_SHOW_CURSOR)
    error = BuildInterruptedError()
    _print_error(error)
    sys.stderr.flush()
    os._exit(error.exit_code)


def _print_error(error: BundleError) -> None:
    is_colourful = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    typer.echo(f"{typer.style('error', fg='red', bold=True) if is_colourful else 'error'}: {error.message}", err=True)
    if error.hints:
        typer.echo("", err=True)
    for hint in error.hints:
        typer.echo(f"{typer.style('hint', fg='cyan', bold=True) if is_colourful else 'hint'}: {hint}", err=True)

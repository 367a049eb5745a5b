"""Show progress on stderr: moving on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Self

from bundler.model.wheels import FetchProgress

_WORDS = {
    "resolve": "Resolving for",
    "lock": "Locking for",
    "fetch": "Fetching",
    "trace": "Tracing",
    "compile": "Compiling for",
    "pack": "Packing",
    "import": "Timing the imports of",
    "prove": "Proving",
}


class PlainProgress:
    """A line for each stage: for logs."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def start(self, stage: str, detail: str) -> None:
        """Print the stage."""
        print(f"{_WORDS[stage]} {detail}", file=sys.stderr)  # noqa: T201 - this is the display

    def fetched(self, event: FetchProgress) -> None:
        """Print nothing: packages come too fast for lines."""


class LiveProgress:
    """One line that moves, with the bytes fetched so far."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only terminals pay for it
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[amount]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("Reading settings", total=None, amount="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, stage: str, detail: str) -> None:
        """Show the stage, its extent unknown, in place of the one before, which may have come to its end."""
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(f"{_WORDS[stage]} {detail}", total=None, amount="")

    def fetched(self, event: FetchProgress) -> None:
        """Show how many packages and bytes have come."""
        self._progress.update(
            self._task,
            total=event.pins_total,
            completed=event.pins_done,
            amount=f"{event.bytes_done / 1e6:.1f} MB" if event.bytes_total else "",
        )


def make_progress() -> PlainProgress | LiveProgress:
    """Return the display that fits where stderr goes."""
    return LiveProgress() if sys.stderr.isatty() else PlainProgress()

"""How far a build is, for whoever shows it."""

from typing import Protocol

from bundler.model.wheels import FetchProgress


class Progress(Protocol):
    """What the pipeline tells while it works."""

    def start(self, stage: str, detail: str) -> None:
        """Say that a stage begins: one of resolve, lock, fetch, trace, compile, pack, import, prove."""

    def fetched(self, event: FetchProgress) -> None:
        """Say how far fetching is."""


class Silence:
    """Tells nobody."""

    def start(self, stage: str, detail: str) -> None:
        """Say nothing."""

    def fetched(self, event: FetchProgress) -> None:
        """Say nothing."""

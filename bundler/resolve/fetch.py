"""The pins of a lock → wheels in the cache. What was found once is remembered, so a second build asks nobody."""

from collections.abc import Callable

from bundler.model.project import Target
from bundler.model.wheels import FetchProgress, Lock, Wheel
from bundler.resolve.memory import Memory
from bundler.resolve.pip_settings import read_pip_settings


def fetch_wheels(
    lock: Lock, target: Target, *, is_offline: bool = False, on_progress: Callable[[FetchProgress], None]
) -> tuple[Wheel, ...]:
    """Return the best wheel of every pin for the target, in the lock's order; fetch or build what the cache lacks.

    Offline, one error names all that the cache lacks. `on_progress` is called from several threads, never from two at
    once.
    """
    settings = read_pip_settings(lock.index, is_offline=is_offline)
    memory = Memory(target, settings)
    known = {pin.name: wheel for pin in lock.pins if (wheel := memory.recall(pin))}
    missing = tuple(pin for pin in lock.pins if pin.name not in known)
    if missing:
        # unearth and its HTTP client take longer to load than an unchanged build takes in all.
        from bundler.resolve.download import download_wheels  # noqa: PLC0415
        from bundler.resolve.transfer import ProgressTally  # noqa: PLC0415

        tally = ProgressTally(on_progress, pins_done=len(known), pins_total=len(lock.pins))
        found = download_wheels(missing, target, settings, memory, tally)
        known |= dict(zip((pin.name for pin in missing), found, strict=True))
    return tuple(known[pin.name] for pin in lock.pins)

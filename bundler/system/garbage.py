"""Look less often for objects that only refer to each other: what a build makes is nearly all still in use."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Python's own 700 and 10 cost a tenth of a build and more; without any search, graphs of what is done would stay.
_OBJECTS, _TIMES = 20_000, 2


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Search for garbage seldom until the end, and then as often as before."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(_OBJECTS, _TIMES, _TIMES)
    try:
        yield
    finally:
        gc.set_threshold(*before)

"""What a terminal shows of a build."""

from bundler.display import LiveProgress
from bundler.model.wheels import FetchProgress


def test_stage_after_fetching_moves():
    """When all is fetched, the next stage has a spinner and a clock that move, and a bar without an extent."""
    progress = LiveProgress()
    progress.start("fetch", "1 package")
    progress.fetched(FetchProgress(pins_done=1, pins_total=1, bytes_done=5, bytes_total=5, name="one"))

    progress.start("trace", "app")

    (task,) = progress._progress.tasks
    assert (task.description, task.finished, task.total, task.fields["amount"]) == ("Tracing app", False, None, "")

"""The applications of `fixtures/apps`, as files: what each has beside its code."""

import pytest

from tests.support.corpus import KNOWN_MISSES, find_applications

APPLICATIONS = {application.name: application for application in find_applications()}


@pytest.mark.parametrize("application", APPLICATIONS.values(), ids=APPLICATIONS)
def test_every_event_has_its_answer(application):
    """The full install's answer to each event is recorded under the event's name, and no other lies there."""
    answers = {path.stem for path in application.folder.glob("answers/*")}

    assert application.events[0].name == "app"
    assert answers == {event.name for event in application.events}


def test_known_misses_are_events():
    """A miss that is known names an event that is there."""
    events = {(application.name, event.name) for application in APPLICATIONS.values() for event in application.events}

    assert {(name, event) for name, missed in KNOWN_MISSES.items() for event in missed} <= events

"""The applications of `fixtures/apps`, as files: what each has beside its code."""

import json

import pytest

from tests.support.corpus import find_applications

APPLICATIONS = {application.name: application for application in find_applications()}


@pytest.mark.parametrize("application", APPLICATIONS.values(), ids=APPLICATIONS)
def test_every_event_has_its_answer(application):
    """The full install's answer to each event is recorded under the event's name, and no other lies there."""
    answers = {path.stem for path in application.folder.glob("answers/*")}

    assert application.events[0].name == "app"
    assert answers == {event.name for event in application.events}


@pytest.mark.parametrize("application", APPLICATIONS.values(), ids=APPLICATIONS)
def test_every_application_has_events_of_two_kinds(application):
    """A bundle that holds just what one event touched answers that one: another kind shows what it lacks."""
    assert len({json.dumps(event.given) for event in application.events}) > 1

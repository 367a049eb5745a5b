"""Searching for garbage seldom."""

import gc

import pytest

from bundler.system.garbage import collecting_seldom


@pytest.fixture(autouse=True)
def _thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_garbage_is_searched_for_less_often_inside_and_as_before_after_an_error():
    """What a program that builds has set is there again, however the build ended."""
    gc.set_threshold(600, 9, 8)
    inside = []

    def fail():
        with collecting_seldom():
            inside.append(gc.get_threshold()[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inside[0] > 600
    assert gc.get_threshold() == (600, 9, 8)


def test_who_searches_for_no_garbage_goes_on_so():
    """A threshold of 0 turns the search off."""
    gc.set_threshold(0, 9, 8)
    with collecting_seldom():
        assert gc.get_threshold() == (0, 9, 8)

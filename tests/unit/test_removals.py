"""What a seed draws for `scripts/removals.py`."""

from tests.support.removals import KINDS, Outcome, Removal, draw_applications, draw_removals

USED = {
    "app": {f"lib/m{number}.py" for number in range(50)} | {"lib/fast.cpython-312-x86_64-linux-gnu.so", "data/x.json"},
    "app.other": {"lib/m0.py", "data/y.json", "lib/libz.so.1.2"},
}


def test_the_seed_decides():
    """The same seed draws the same, whatever order names and events come in; another one draws something else."""
    names = [f"app-{number}" for number in range(90)]
    turned = {event: sorted(paths, reverse=True) for event, paths in reversed(USED.items())}

    assert draw_applications(names, 20, 1) == draw_applications(names[::-1], 20, 1) != draw_applications(names, 20, 2)
    assert draw_removals(USED, 5, "a", 1) == draw_removals(turned, 5, "a", 1) != draw_removals(USED, 5, "a", 2)
    assert draw_removals(USED, 5, "a", 1) != draw_removals(USED, 5, "b", 1)


def test_no_file_twice():
    """A file that two events use is drawn once, and no more are drawn than there are."""
    drawn = draw_removals(USED, 1000, "a")

    assert sorted(removal.path for removal in drawn) == sorted(set().union(*USED.values()))


def test_rare_kinds_are_drawn_too():
    """Modules are many; libraries and data are drawn as often as they, while there are any."""
    drawn = draw_removals(USED, 12, "a")

    assert {removal.kind for removal in drawn} == set(KINDS)
    assert Removal("e", "lib/libz.so.1.2").kind == "library"


def test_what_is_right():
    """A removal has to be named, and to fail unless the full install does without the file too."""
    removal = Removal("app", "x.py")

    def is_right(**facts):
        return Outcome(application="a", removal=removal, status="", **facts).is_right

    assert is_right(is_named=True, fails=True, is_alike_without=False)
    assert is_right(is_named=True, fails=False, is_alike_without=True)
    assert not is_right(is_named=False, fails=True, is_alike_without=False)
    assert not is_right(is_named=True, fails=False, is_alike_without=False)

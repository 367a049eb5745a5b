"""The functions that are written blind, as files: the draw they stand on, and what each has beside its code."""

import csv
import re
from collections import Counter

import pytest

from tests.support.corpus import APPLICATIONS, find_applications

BLIND = APPLICATIONS.parent / "blind"
SETS = ("first", "second")
FUNCTIONS = {
    f"{name}/{function.name}": function for name in SETS for function in find_applications(folder=BLIND / name)
}


@pytest.fixture(scope="module")
def drawn():
    with (BLIND / "drawn.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_the_draw_is_complete(drawn):
    """A hundred were taken, in two halves, enough of them hard to trace; of all others it is said why not."""
    taken = [row for row in drawn if row["kind"]]

    assert Counter(row["set"] for row in taken) == {"first": 50, "second": 50}
    assert sum(row["kind"] != "other" for row in taken) >= 40
    assert all(row["note"] and not row["set"] for row in drawn if not row["kind"])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_stand_on_the_draw(name, drawn):
    """Each function is given events of two kinds, has an answer to each, and asks for a distribution of its set."""
    function = FUNCTIONS[name]
    own_set = {row["name"] for row in drawn if row["set"] == name.partition("/")[0]}
    asked = (function.folder / "requirements.in").read_text(encoding="utf-8")

    assert len(function.events) > 1
    assert {event.name for event in function.events} == {path.stem for path in function.folder.glob("answers/*")}
    assert own_set & {re.split(r"[\[=<>~! ]", line)[0].lower() for line in asked.splitlines()}

"""Verdicts as text and as findings."""

from bundler.model.proof import Difference, Lacked, Status, Verdict
from bundler.report import judge_verdicts, render_verdicts

PLACE = Difference(path="$.answer.id", expected="1", found="")
VERDICTS = (
    Verdict(function="createUser", event="events/createUser.json", status=Status.PROVED),
    Verdict(
        function="get",
        event="events/get.json",
        status=Status.DIFFERENT,
        differences=(PLACE,),
        lacked=(Lacked(path="lib/data.json", reason="no module that ships opens it"),),
    ),
    Verdict(function="get", event="events/get.2.json", status=Status.UNSTEADY, differences=(PLACE,)),
    Verdict(function="get", event="events/get.3.json", status=Status.UNPROVEN, note="both end in E: no"),
)


def test_text():
    """Each event has a line, what is known of it below, and the sum comes last."""
    assert render_verdicts(VERDICTS) == (
        "createUser  events/createUser.json  proved\n"
        "get         events/get.json         different\n"
        "    `$.answer.id` is 1 with the full install and nothing with the bundle\n"
        "    the bundle lacks `lib/data.json`: no module that ships opens it\n"
        "get         events/get.2.json       unsteady\n"
        "    `$.answer.id` moves: 1, then nothing\n"
        "get         events/get.3.json       unproven\n"
        "    both end in E: no\n"
        "\n"
        "1 proved, 1 different, 1 unsteady, 1 unproven"
    )


def test_what_is_lacked_without_a_difference():
    """A proved event names what it did without, and how many files more there are."""
    lacked = (Lacked(path="lib/fast.py", reason="no import leads to it"),)
    verdict = Verdict(function="get", event="e.json", status=Status.PROVED, lacked=lacked, unnamed=1200)

    assert render_verdicts((verdict,)) == (
        "get  e.json  proved\n"
        "    alike without `lib/fast.py`, which the full install opened: no import leads to it\n"
        "    and 1,200 files more that the full install opened\n"
        "\n"
        "1 proved"
    )
    assert judge_verdicts((verdict,), frozenset()) == ()


def test_nothing_to_prove():
    """Without events there is nothing to say but that."""
    assert render_verdicts(()) == "\nnothing to prove"


def test_findings():
    """What is not proved is an error, and a warning where it is let pass."""
    found = judge_verdicts(VERDICTS, frozenset({Status.UNSTEADY, Status.UNPROVEN}))

    assert [(finding.name, finding.level) for finding in found] == [
        ("proof-different", "error"),
        ("proof-unsteady", "warning"),
        ("proof-unproven", "warning"),
    ]
    assert found[0].message == (
        "events/get.json is different; `$.answer.id` is 1 with the full install and nothing with the bundle; "
        "the bundle lacks `lib/data.json`: no module that ships opens it"
    )
    assert [finding.level for finding in judge_verdicts(VERDICTS, frozenset())] == ["error"] * 3

"""Comparing outcomes: answers by place, errors by kind and message, logs without what is never the same."""

import json

import pytest

from bundler.json_paths import parse_path
from bundler.model.invocation import Invocation
from bundler.prove.compare import describe_outcome, find_differences


def outcome(answer=None, *, error=None, log=""):
    invocation = Invocation(
        request_id="r",
        answer=None if error else json.dumps(answer),
        error=error,
        init_seconds=0.1,
        seconds=0.1,
        memory_bytes=1,
        is_alive=True,
    )
    return describe_outcome(invocation, log)


def told(expected, found, *masks):
    places = find_differences(expected, found, [parse_path(mask) for mask in masks])
    return [(place.path, place.expected, place.found) for place in places]


@pytest.mark.parametrize(
    ("expected", "found", "places"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, [("$.answer.a[1].b", "2", "3")]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ([1, 2], [1], [("$.answer[1]", "2", "")]),
        ([1], [1, None], [("$.answer[1]", "", "null")]),
        ({"a": 1}, {"a b": 1}, [("$.answer.a", "1", ""), ("$.answer['a b']", "", "1")]),
        (1, 1.0, [("$.answer", "1", "1.0")]),
        (1, True, [("$.answer", "1", "true")]),
        (float("nan"), float("nan"), []),
        ([], {}, [("$.answer", "[]", "{}")]),
        ("x" * 200, "y", [("$.answer", '"' + "x" * 159 + "… (202 characters)", '"y"')]),
        ({"body": '{"id": 7, "n": 1}'}, {"body": '{"id": 8, "n": 1}'}, [("$.answer.body.id", "7", "8")]),
        ({"body": "{no json"}, {"body": "{no"}, [("$.answer.body", '"{no json"', '"{no"')]),
    ],
)
def test_answers(expected, found, places):
    """Each place that differs is named, also inside JSON that is a text, and nothing is taken for something else."""
    assert told(outcome(expected), outcome(found)) == places


def test_masks():
    """What the settings name is left out of the comparison, what is beside it is not."""
    expected, found = ({"items": [{"id": id_, "n": n}]} for id_, n in ((1, 2), (3, 4)))

    assert told(outcome(expected), outcome(found), "$.answer.items[*].id") == [("$.answer.items[0].n", "2", "4")]
    assert told(outcome(expected), outcome(found), "$..id", "$..n") == []


def test_errors():
    """Errors are alike by kind and message: where they come from reads otherwise without source."""
    one = {"errorType": "E", "errorMessage": "no", "requestId": "1", "stackTrace": ["a"]}
    other = {**one, "requestId": "2", "stackTrace": ["b"]}

    assert told(outcome(error=one), outcome(error=other)) == []
    assert told(outcome(error=one), outcome(error={**one, "errorType": "F"})) == [("$.error.errorType", '"E"', '"F"')]
    assert told(outcome(1), outcome(error=one)) == [
        ("$.error", "null", '{"errorType": "E", "errorMessage": "no"}'),
        ("$.answer", "1", "null"),
    ]


LOG = """\
START RequestId: 57f09a0e-1b47-4ee5-817c-07938ac0b8d3 Version: $LATEST
at work
[WARNING]\t{at}\t{id}\tcareful <object at {address}>
/var/task/lib/old.py:7: DeprecationWarning: old
{source}{frames}ValueError: no
{{"time": "{at}", "type": "platform.report", "record": {{}}}}
{{"timestamp": "{at}", "level": "INFO", "message": "{said}", "stackTrace": ["{at}"]}}
END RequestId: 57f09a0e-1b47-4ee5-817c-07938ac0b8d3
"""


def test_logs():
    """Times, ids, addresses, Lambda's own lines, frames and lines of source are no difference; what is said is."""
    first = LOG.format(
        at="2026-11-30T12:45:31.342Z",
        id="57f09a0e-1b47-4ee5-817c-07938ac0b8d3",
        address="0x7f6d3c0d2a90",
        source="  warn()\n",
        frames='Traceback (most recent call last):\n  File "a.py", line 1, in f\n    f()\n',
        said="hi",
    )
    second = LOG.format(
        at="2026-11-30T13:45:31.342Z",
        id="67f09a0e-1b47-4ee5-817c-07938ac0b8d3",
        address="0x7f6d3c0d2a91",
        source="",
        frames='Traceback (most recent call last):\n  File "a.py", line 1, in f\n',
        said="hi",
    )

    assert told(outcome(1, log=first), outcome(1, log=second)) == []
    nested = (
        '{{"level": "ERROR", "more": {{"exception": "Traceback (most recent call last):\\n  File \\"{0}\\"\\nE: no"}}}}'
    )
    assert told(outcome(1, log=nested.format("a")), outcome(1, log=nested.format("b\\n    f()"))) == []
    assert told(outcome(1, log=first), outcome(1, log=second.replace("at work", "at rest"))) == [
        ("$.log[0]", '"at work"', '"at rest"')
    ]
    assert told(outcome(1, log=first), outcome(1, log=second.replace('"hi"', '"ho"'))) == [
        ("$.log[5].message", '"hi"', '"ho"')
    ]


def test_warnings_of_many_lines():
    """A warning's text may have many lines before its line of source, which a bundle may not have."""
    said = "/var/task/a.py:3: SystemWarning: no threads\nThe others are:\nworkqueue\n"
    with_source = outcome(1, log=f"{said}  warnings.warn(text)\n[INFO]\tdone\n  more\n")

    assert told(with_source, outcome(1, log=f"{said}[INFO]\tdone\n  more\n")) == []
    assert told(with_source, outcome(1, log=f"{said}[INFO]\tdone\n  other\n")) != []
    assert told(outcome(1, log=f"{said}    deep\n"), outcome(1, log=f"{said}    other\n")) != []

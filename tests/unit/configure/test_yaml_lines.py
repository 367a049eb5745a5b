"""YAML and JSON with places."""

import pytest

from bundler.configure.yaml_lines import Tagged, parse_document, read_document
from bundler.errors import SettingsUnreadableError


def plain(node):
    """Return a node's value without places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value


def problem(text):
    with pytest.raises(SettingsUnreadableError) as caught:
        parse_document(text, "a.yml")
    return caught.value.message


def test_every_value_knows_its_line():
    """A mapping's value stands at its key, a list's item at itself."""
    document = parse_document("a: 1\nb:\n  - x\n  - c: >-\n      folded\n", "a.yml")

    items = document.value["b"].value
    assert str(document.value["a"].place) == "a.yml:1"
    assert str(document.value["b"].place) == "a.yml:2"
    assert [item.place.line for item in items] == [3, 4]
    assert items[1].value["c"].place.line == 4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("2012-10-17", "2012-10-17"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("012", 12),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("3.12.1", "3.12.1"),
        ("'12'", "12"),
        ("python3.12", "python3.12"),
    ],
)
def test_scalars_follow_the_core_schema(text, value):
    """Scalars are what the framework makes of them, not what YAML 1.1 would."""
    result = parse_document(f"a: {text}\n", "a.yml").value["a"].value

    assert (result, type(result)) == (value, type(value))


def test_keys_are_text():
    """A key is read as it is written, even one that YAML 1.1 calls a boolean."""
    assert plain(parse_document("on: 1\n200: 2\ntrue: 3\n", "a.yml")) == {"on": 1, "200": 2, "true": 3}


@pytest.mark.parametrize(
    ("text", "tagged"),
    [
        ("!Ref Bucket", Tagged("!Ref", "Bucket")),
        ("!GetAtt [A, Arn]", Tagged("!GetAtt")),
        ("!Join {a: b}", Tagged("!Join")),
        ("!Anything", Tagged("!Anything")),
    ],
)
def test_unknown_tags_are_kept_apart(text, tagged):
    """A value with a tag of CloudFormation, or any other, is no mistake; a single text behind the tag is kept."""
    assert parse_document(f"a: {text}\n", "a.yml").value["a"].value == tagged


def test_merges_and_aliases():
    """A mapping's own keys win over merged ones, and the first of several merges over the others."""
    text = """\
a: &a {x: 1, y: 1}
b: &b {x: 2, z: 2}
one: {<<: *a, x: 3}
two:
  <<: [*a, *b]
three: *a
"""

    document = plain(parse_document(text, "a.yml"))

    assert document["one"] == {"x": 3, "y": 1}
    assert document["two"] == {"x": 1, "y": 1, "z": 2}
    assert document["three"] == {"x": 1, "y": 1}


def test_an_alias_repeated_many_times_costs_nothing():
    """Aliases of aliases are read once each, so that a small file cannot grow without end."""
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60))]

    document = parse_document("\n".join(lines), "a.yml")

    assert len(document.value) == 60


def test_syntax_errors_have_a_line():
    """A file that is no YAML says where and why."""
    assert problem("a: 1\nb: [1, 2\nc: 3\n").startswith("`a.yml:3` cannot be read: ")
    assert problem("a:\n\tb: 1\n").startswith("`a.yml:2` cannot be read: ")


def test_two_documents_are_an_error():
    """A second document would be ignored in silence."""
    assert "another document" in problem("a: 1\n---\nb: 2\n")


def test_a_key_twice_is_an_error():
    """The second of two equal keys would replace the first in silence."""
    assert problem("a: 1\nb: 2\na: 3\n") == "`a.yml:3` cannot be read: the key `a` stands here for the second time"


def test_an_alias_inside_its_own_anchor_is_an_error():
    """A value that contains itself has no end."""
    assert problem("a: &a\n  b: *a\n") == "`a.yml:2` cannot be read: an alias stands inside its own anchor"


def test_a_merge_of_text_is_an_error():
    """Only mappings can be merged."""
    assert problem("a: {<<: text}\n") == "`a.yml:1` cannot be read: `<<` takes a mapping or a list of mappings"


def test_deep_nesting_is_an_error():
    """A file nested without sense ends in an error, not in a crash; one beyond all sense the parser itself refuses."""
    assert problem("a: " + "[" * 200) == "`a.yml:1` cannot be read: it is nested too deeply"
    assert "nested too deeply" in (beyond := problem("a: " + "[" * 300_000)) or "nesting depth" in beyond


@pytest.mark.parametrize("text", ["a: \x00", "a: \x07\n"])
def test_control_characters_are_an_error(text):
    """Bytes that YAML forbids end in an error, not in a crash."""
    assert problem(text).startswith("`a.yml")


def test_json_with_tabs(tmp_path):
    """JSON may be indented with tabs, and its escapes mean what JSON says."""
    path = tmp_path / "serverless.json"
    path.write_text('{\n\t"a": "b\\tc",\n\t"d": [1, null, true]\n}\n')

    document = read_document(path, "serverless.json")

    assert plain(document) == {"a": "b\tc", "d": [1, None, True]}
    assert document.value["d"].place.line == 3


def test_a_file_that_is_not_utf_8(tmp_path):
    """A file in another encoding is an error that names it."""
    path = tmp_path / "serverless.yml"
    path.write_bytes(b"a: \xff\xfe\n")

    with pytest.raises(SettingsUnreadableError, match=r"^`serverless.yml` cannot be read: "):
        read_document(path, "serverless.yml")


def test_an_empty_file():
    """An empty file holds nothing."""
    assert parse_document("# nothing\n", "a.yml").value is None

"""The grammar of `${…}`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.configure.expression import Source, Variable, read_literal, read_source, split_alternatives, split_text


def parts(text):
    return [part for part in split_text(text) if part]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("${self:a}", [Variable("self:a")]),
        ("a-${self:b}-${opt:c, 'd'}e", ["a-", Variable("self:b"), "-", Variable("opt:c, 'd'"), "e"]),
        ("${file(${opt:x}.yml):k}", [Variable("file(${opt:x}.yml):k")]),
        ("${opt:a, '}'}", [Variable("opt:a, '}'")]),
        ("${file(it's.yml):k}-x", [Variable("file(it's.yml):k"), "-x"]),
        ("${AWS::Region}", ["${AWS::Region}"]),
        ("${Bucket}/${self:a}", ["${Bucket}/", Variable("self:a")]),
        (r"\${self:a}", ["${self:a}"]),
        ("${self:a", ["${self:a"]),
        ("$self {a}", ["$self {a}"]),
        ("${${self:a}}", [Variable("${self:a}")]),
    ],
)
def test_variables_in_a_text(text, expected):
    """Variables of the framework are told from plain text and from CloudFormation's own `${…}`."""
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("opt:stage", ("opt:stage",)),
        ("opt:stage, 'dev'", ("opt:stage", "'dev'")),
        ("opt:a, self:b, ${env:C, 'x, y'}", ("opt:a", "self:b", "${env:C, 'x, y'}")),
        ("cf(eu-west-1, x):a.b, 'a,b'", ("cf(eu-west-1, x):a.b", "'a,b'")),
        ("opt:a, ''", ("opt:a", "''")),
    ],
)
def test_alternatives(inside, expected):
    """Commas part alternatives, but not inside quotes, parentheses or nested variables."""
    assert split_alternatives(inside) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("self:", Source("self", "", "")),
        ("self:a.b", Source("self", "", "a.b")),
        ("file(a.yml)", Source("file", "a.yml", "")),
        ("file( ./a b.yml ):k.l", Source("file", "./a b.yml", "k.l")),
        ("ssm:/path/to:secret", Source("ssm", "", "/path/to:secret")),
        ("strToBool(true)", Source("strToBool", "true", "")),
        ("word", None),
        ("two words", None),
    ],
)
def test_sources(text, expected):
    """A source has a name with an address, an argument or both."""
    assert read_source(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'dev'", ("dev",)),
        ('"dev"', ("dev",)),
        ("''", ("",)),
        ("5", (5,)),
        ("-1.5", (-1.5,)),
        ("true", (True,)),
        ("false", (False,)),
        ("null", (None,)),
        ("dev", None),
        ("'a' 'b'", None),
    ],
)
def test_literals(text, expected):
    """Quoted texts, numbers and three words stand for themselves."""
    assert read_literal(text) == expected


@given(st.text(alphabet="${}()'\",:\\ab ", max_size=40))
def test_any_text_comes_back_whole(text):
    """Whatever the text, nothing of it is lost and nothing crashes."""
    pieces = [f"${{{part.inside}}}" if isinstance(part, Variable) else part for part in split_text(text)]

    assert "".join(pieces) == text.replace("\\${", "${")

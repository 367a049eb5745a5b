"""The framework's .env files."""

import pytest

from bundler.configure.dotenv import parse_dotenv, read_dotenv


@pytest.mark.parametrize(
    ("line", "variables"),
    [
        ("A=b", {"A": "b"}),
        ("  export A = b  ", {"A": "b"}),
        ("A=b c # comment", {"A": "b c"}),
        ("A=b#c", {"A": "b#c"}),
        ("A=# comment", {"A": ""}),
        ("A=", {"A": ""}),
        ("A='b # c' # comment", {"A": "b # c"}),
        ('A="b\\nc"', {"A": "b\nc"}),
        ("A='b\\nc'", {"A": "b\\nc"}),
        ("A=`b`", {"A": "b"}),
        ("# A=b", {}),
        ("nothing", {}),
        ("A=b\nA=c\nB=d", {"A": "c", "B": "d"}),
    ],
)
def test_lines(line, variables):
    """Names, quotes and comments are read as dotenv reads them."""
    assert parse_dotenv(line) == variables


def test_the_stage_has_its_own_file(tmp_path):
    """Of `.env` and the stage's own file only one is read."""
    (tmp_path / ".env").write_text("A=plain\nB=plain\n")
    (tmp_path / ".env.prod").write_text("A=prod\n")

    assert read_dotenv(tmp_path, "prod") == {"A": "prod"}
    assert read_dotenv(tmp_path, "dev") == {"A": "plain", "B": "plain"}


def test_no_file(tmp_path):
    """Without a file there are no variables."""
    assert read_dotenv(tmp_path, "dev") == {}

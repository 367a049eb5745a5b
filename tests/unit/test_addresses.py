"""Secrets in addresses: neither shown nor written down."""

import subprocess
import sys

import pytest

from bundler.addresses import address_problem, file_path, has_login, hide_secrets, public_address


@pytest.mark.parametrize(
    ("text", "shown", "written"),
    [
        ("https://user:word@host/simple", "https://***@host/simple", "https://host/simple"),
        ("https://word@host:8080/simple", "https://***@host:8080/simple", "https://host:8080/simple"),
        ("https://user:x@word@host/simple", "https://***@host/simple", "https://host/simple"),
        ("https://user:x/word@host/simple", "https://***@host/simple", "https://host/simple"),
        ("https://user:x?word@host/simple", "https://***@host/simple", "https://host/simple"),
        ("https://user:x#word@host/simple", "https://***@host/simple", "https://host/simple"),
        ("https://user:word@[::1/simple", "https://***@[::1/simple", "https://[::1/simple"),
        (
            "https://host/one.whl?token=word&user=word#sha256=1",
            "https://host/one.whl?***#sha256=1",
            "https://host/one.whl#sha256=1",
        ),
        ("'https://user:word@host/': no", "'https://***@host/': no", "'https://host/': no"),
        ("from https://a:word@b, https://c:word@d", "from https://***@b, https://***@d", "from https://b, https://d"),
        ("git+ssh://git@host/one@main", "git+ssh://***@host/one@main", "git+ssh://host/one@main"),
    ],
)
def test_secrets(text, shown, written):
    """Logins end at the last `@` that can be theirs, and queries are secret as a whole."""
    assert hide_secrets(text) == shown
    assert public_address(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "https://host/simple",
        "git+https://host/one.git@main",
        "http://host:8080/one@main",
        "https://[::1]:8080/one@main",
        "file:///home/me@work/one.whl",
        "is `https://host` right? mail me@host",
    ],
)
def test_no_secrets(text):
    """What is no login stays as it is."""
    assert (hide_secrets(text), public_address(text), has_login(text)) == (text, text, False)


def test_parts_of_a_login():
    """What a library quotes of an address that it could not read is hidden too."""
    address = "http://user:pass%40word/x@host/simple"

    shown = hide_secrets("Invalid port: 'pass@word', not pass%40word", address)

    assert shown == "Invalid port: '***', not ***"


@pytest.mark.parametrize("url", ["https://user:x/y@host/simple", "https://[::1/simple", "https://host:port/simple"])
def test_no_address(url):
    """A text that cannot be taken apart is no address."""
    assert "it is no address" in (address_problem(url) or "")


@pytest.mark.parametrize("url", ["https://user:x@host:8080/simple", "file:///a b", "../wheels", "C:\\wheels"])
def test_addresses(url):
    """Everything else is one, or a path."""
    assert address_problem(url) is None


def test_nothing_of_http_is_loaded_for_a_build_that_fetches_nothing():
    """What talks to servers takes long to load."""
    code = "import sys, bundler.configure, bundler.whole_pipeline; print({'ssl', 'http.client'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_path_of_a_file_address_is_as_this_machine_writes_it():
    """What an address escapes is a character of a name."""
    assert file_path("file:///srv/my%20wheels/a.whl") == "/srv/my wheels/a.whl"

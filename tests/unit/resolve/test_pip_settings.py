"""pip's own settings count, wherever pip reads them from."""

import os
from pathlib import Path

import pytest

from bundler.errors import PipSettingsError
from bundler.model.wheels import IndexOptions
from bundler.resolve.pip_settings import PipSettings, read_pip_settings

NOTHING = PipSettings(
    index_url=None,
    extra_index_urls=(),
    supplemental_index_urls=(),
    explicit_index_urls=(),
    find_links=(),
    trusted_hosts=(),
    no_index=False,
    only_binary=(),
    cert=None,
    client_cert=None,
    proxy=None,
    timeout_seconds=15.0,
    retries=5,
    is_offline=False,
)


@pytest.fixture
def machine(tmp_path):
    """Return a way to write pip.conf files below a folder, and the environment that leads pip there."""
    environment = {
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_DIRS": str(tmp_path / "machine"),
        "VIRTUAL_ENV": str(tmp_path / "venv"),
    }

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    write.environment = environment
    return write


def test_no_settings():
    """Without any settings the public index is asked, as pip would."""
    assert read_pip_settings(IndexOptions(), {"PIP_CONFIG_FILE": os.devnull}) == NOTHING


def test_files_in_order(machine):
    """The user's file wins over the machine's, the virtual environment's over both, a variable over all."""
    machine("machine/pip/pip.conf", "[global]\nindex-url = https://machine\ntimeout = 1\nretries = 1\nproxy = p1\n")
    machine("home/.config/pip/pip.conf", "[global]\nindex_url = https://user\ntimeout = 2\nretries = 2\n")
    machine("venv/pip.conf", "[install]\nextra-index-url =\n    https://one\n    https://two\n[global]\ntimeout = 3\n")

    found = read_pip_settings(IndexOptions(), {**machine.environment, "PIP_RETRIES": "4"})

    assert (found.proxy, found.index_url, found.timeout_seconds, found.retries, found.extra_index_urls) == (
        "p1",
        "https://user",
        3.0,
        4,
        ("https://one", "https://two"),
    )


def test_chosen_file(machine):
    """`PIP_CONFIG_FILE` takes the place of the user's files."""
    machine("home/.pip/pip.conf", "[global]\nindex-url = https://user\ntrusted-host = user.example\n")
    chosen = machine("chosen.conf", "[global]\nextra-index-url = https://chosen\n")

    found = read_pip_settings(IndexOptions(), {**machine.environment, "PIP_CONFIG_FILE": str(chosen)})

    assert (found.index_url, found.trusted_hosts, found.extra_index_urls) == (None, (), ("https://chosen",))


def test_variables():
    """Every setting can come from a `PIP_…` variable; `cert` falls back to what requests and curl read."""
    found = read_pip_settings(
        IndexOptions(),
        {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "https://index",
            "PIP_EXTRA_INDEX_URL": "https://a https://b",
            "PIP_FIND_LINKS": "~/wheels /opt/wheels",
            "PIP_TRUSTED_HOST": "a b:8080",
            "PIP_CERT": "/certs.pem",
            "REQUESTS_CA_BUNDLE": "/other.pem",
            "PIP_CLIENT_CERT": "/client.pem",
            "PIP_DEFAULT_TIMEOUT": "60",
            "PIP_RETRIES": "2",
            "PIP_PROXY": "http://proxy:3128",
            "PIP_NO_INDEX": "true",
            "PIP_ONLY_BINARY": "Lost,:none:,One_Name,:all:",
        },
    )

    assert found == PipSettings(
        index_url="https://index",
        extra_index_urls=("https://a", "https://b"),
        supplemental_index_urls=(),
        explicit_index_urls=(),
        find_links=(str(Path("~/wheels").expanduser()), "/opt/wheels"),
        trusted_hosts=("a", "b:8080"),
        no_index=True,
        only_binary=(":all:", "one-name"),
        cert=Path("/certs.pem"),
        client_cert=Path("/client.pem"),
        proxy="http://proxy:3128",
        timeout_seconds=60.0,
        retries=2,
        is_offline=False,
    )


def test_lock_on_top():
    """The lock's index takes the place of pip's; its other places are added to pip's."""
    found = read_pip_settings(
        IndexOptions(index_url="https://lock", extra_index_urls=("https://more",), find_links=("/here",)),
        {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": "https://pip",
            "PIP_EXTRA_INDEX_URL": "https://extra",
            "PIP_FIND_LINKS": "/there",
        },
    )

    assert (found.index_url, found.extra_index_urls, found.find_links) == (
        "https://lock",
        ("https://extra", "https://more"),
        ("/there", "/here"),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[global]\ntimeout = soon\n", "`soon` is not a number"),
        ("index-url = x\n", "File contains no section headers."),
    ],
)
def test_broken_file(machine, text, reason):
    """A setting that cannot be read is an error with its file's name."""
    chosen = machine("chosen.conf", text)

    with pytest.raises(PipSettingsError) as caught:
        read_pip_settings(IndexOptions(), {**machine.environment, "PIP_CONFIG_FILE": str(chosen)})

    assert caught.value.exit_code == 3
    assert caught.value.message == f"pip's setting in `{chosen}` cannot be read: {reason}"

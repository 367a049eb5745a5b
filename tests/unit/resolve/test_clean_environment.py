"""What programs that run the code of strangers are told."""

import os
import stat

from bundler.model.wheels import IndexOptions
from bundler.resolve.clean_environment import build_environment, resolver_environment
from bundler.resolve.pip_settings import read_pip_settings

WANTED = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "CC": "clang",
    "CFLAGS": "-O1",
    "CMAKE_ARGS": "-DX=1",
    "https_proxy": "http://proxy:3128",
    "SSL_CERT_FILE": "/certs.pem",
}
OF_THE_FOLDER = {
    "TMPDIR": "scratch",
    "TMP": "scratch",
    "TEMP": "scratch",
    "PIP_CONFIG_FILE": "pip.conf",
}
ALWAYS = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "315532800"}
SECRETS = {
    "HTTPS_PROXY": "http://me:word@proxy:3128",
    "LDFLAGS": "-L https://me:word@host",
    "AWS_PROFILE": "word",
    "TMPDIR": "word",
    "GITHUB_TOKEN": "word",
    "STRIPE_KEY": "word",
    "GH_PAT": "word",
    "MYSQL_PWD": "word",
    "NPM_CONFIG__AUTH": "word",
    "KUBECONFIG": "word",
    "SSH_AUTH_SOCK": "word",
    "CARGO_REGISTRY_TOKEN": "word",
    "SETTINGS": "word",
    "PIP_INDEX_URL": "https://me:word@index/simple",
    "UV_INDEX_URL": "https://me:word@index/simple",
    "PYTHONPATH": "word",
    "VIRTUAL_ENV": "word",
    "XDG_CONFIG_HOME": "word",
    "NETRC": "word",
}


def settings_of(**options):
    return read_pip_settings(IndexOptions(**options), {"PIP_CONFIG_FILE": os.devnull})


def test_build(tmp_path):
    """A build gets what compilers and proxies need, and nothing else, whatever its name."""
    environment = build_environment(WANTED | SECRETS, settings_of(), tmp_path)

    own = {
        name: str(tmp_path / part) for name, part in (OF_THE_FOLDER | {"HOME": "home", "USERPROFILE": "home"}).items()
    }
    assert environment == {**WANTED, **ALWAYS, **own}
    assert list((tmp_path / "home").iterdir()) == []


def test_settings_of_pip(tmp_path):
    """Indexes with their logins are told to pip alone, in a file that nobody else may read."""
    (tmp_path / "netrc").write_text("machine index login me password w/rd\n")
    settings = settings_of(
        index_url="https://index/simple", extra_index_urls=("https://you:word@b",), find_links=("/a b",), no_index=True
    )

    build_environment({**SECRETS, "NETRC": str(tmp_path / "netrc")}, settings, tmp_path)

    path = tmp_path / "pip.conf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().splitlines() == [
        "[global]",
        "index-url = https://me:w%2Frd@index/simple",
        "extra-index-url = https://you:word@b",
        "find-links = file:///a%20b",
        "no-index = true",
        "proxy = http://me:word@proxy:3128",
        "timeout = 15",
        "retries = 5",
    ]


def test_homes_of_tools(tmp_path):
    """What a tool on the PATH keeps in the home is found where it is; a variable of the user's counts before."""
    for name in (".cargo", ".rustup"):
        (tmp_path / name).mkdir()

    environment = build_environment({"HOME": str(tmp_path), "CARGO_HOME": "/cargo"}, settings_of(), tmp_path)

    assert (environment["CARGO_HOME"], environment["RUSTUP_HOME"]) == ("/cargo", str(tmp_path / ".rustup"))
    assert environment["PIP_CACHE_DIR"] == str(tmp_path / ".cache" / "pip")
    assert "PYENV_ROOT" not in environment


def test_more_variables(tmp_path):
    """The user may name others."""
    variables = {**SECRETS, "LBUNDLE_BUILD_VARIABLES": "SETTINGS, HOME", "HOME": "/home/me"}

    environment = build_environment(variables, settings_of(), tmp_path)

    assert (environment["SETTINGS"], environment["HOME"]) == ("word", "/home/me")


def test_resolver(tmp_path):
    """A resolver finds the user's logins, and their agent where it has to reach something by ssh."""
    variables = {**WANTED, **SECRETS, "HOME": "/home/me"}

    plain = resolver_environment(variables, settings_of(), tmp_path, reaches_ssh=False)
    by_ssh = resolver_environment(variables, settings_of(), tmp_path, reaches_ssh=True)

    own = {name: str(tmp_path / part) for name, part in OF_THE_FOLDER.items()}
    own |= {"HOME": "/home/me", "XDG_CONFIG_HOME": "word", "NETRC": "word"}
    assert plain == {**WANTED, **ALWAYS, **own}
    assert by_ssh == {**plain, "SSH_AUTH_SOCK": "word"}

"""The variables of programs that run code of strangers: an allow-list, as secrets are called by every name.

Build backends get what compilers and proxies need, and an empty home. Indexes, whose addresses may hold logins, are
told to pip in a file. None of this is a wall: a build runs as the user, and may read what the user may read.
"""

import netrc
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from bundler.addresses import has_login
from bundler.resolve.pip_settings import PipSettings

MORE_VARIABLES = "LBUNDLE_BUILD_VARIABLES"
"""The variable that names others that builds get."""
# 1980-01-01, the first date a zip can hold: the same source gives the same wheel.
_SOURCE_DATE = "315532800"
_MACHINE = (
    "PATH PATHEXT LANG LANGUAGE TZ TERM USER LOGNAME USERNAME SHELL NUMBER_OF_PROCESSORS "
    "PROCESSOR_ARCHITECTURE SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PROGRAMFILES PROGRAMFILES(X86) PROGRAMDATA"
)
_COMPILERS = (
    "CC CXX CPP LD AR AS NM RANLIB STRIP OBJCOPY OBJDUMP FC F77 F90 LDSHARED LDCXXSHARED ARFLAGS CFLAGS CXXFLAGS "
    "CPPFLAGS LDFLAGS FFLAGS FCFLAGS ARCHFLAGS RUSTFLAGS MAKEFLAGS CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH "
    "LIBRARY_PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH INCLUDE LIB LIBPATH MACOSX_DEPLOYMENT_TARGET SDKROOT DEVELOPER_DIR "
    "NUM_JOBS MAX_JOBS CCACHE_DIR CONDA_PREFIX HOMEBREW_PREFIX CUDA_HOME JAVA_HOME GOROOT GOPATH GOPROXY "
    "DISTUTILS_USE_SDK MSSDK NIX_CC NIX_BINTOOLS NIX_LDFLAGS NIX_CFLAGS_COMPILE NIX_ENFORCE_PURITY"
)
_OTHER_TOOLS = "PYENV_VERSION MISE_DATA_DIR PBR_VERSION PIP_CONSTRAINT PIP_BUILD_CONSTRAINT"
_CERTIFICATES = "SSL_CERT_FILE SSL_CERT_DIR NIX_SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE CARGO_HTTP_CAINFO"
_PROXIES = "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY"
_ALLOWED = frozenset(f"{_MACHINE} {_COMPILERS} {_OTHER_TOOLS} {_CERTIFICATES} {_PROXIES}".split())
_ALLOWED_PREFIX = re.compile(r"LC_|CMAKE_|PKG_CONFIG|SETUPTOOLS_|SKBUILD_|HATCH_BUILD_|PYO3_")
# Where tools lie whose programs are found on the PATH and look for the rest of them in the home.
_HOMES = {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup", "PYENV_ROOT": ".pyenv", "ASDF_DATA_DIR": ".asdf"}
# How a resolver gets to logins, to its own settings and to repositories.
_OF_THE_USER = (
    "HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA XDG_CACHE_HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS "
    "XDG_DATA_HOME XDG_RUNTIME_DIR NETRC DBUS_SESSION_BUS_ADDRESS GIT_CONFIG_GLOBAL"
)
_OF_SSH = "SSH_AUTH_SOCK GIT_SSH GIT_SSH_COMMAND"


def build_environment(variables: Mapping[str, str], settings: PipSettings, folder: Path) -> dict[str, str]:
    """Return the variables of a build that may write into a folder, where its home and pip's settings are laid."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    real = variables.get("HOME") or variables.get("USERPROFILE")
    given = {name: variables[name] for name in _HOMES if name in variables}
    homes = {name: str(place) for name, part in _HOMES.items() if real and (place := Path(real, part)).is_dir()}
    cache = variables.get("PIP_CACHE_DIR") or _pip_cache(variables, real)
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        **({"PIP_CACHE_DIR": cache} if cache else {}),
        **homes,
        **given,
        **_clean(variables),
        **_always(variables, settings, folder),
    }


def resolver_environment(
    variables: Mapping[str, str], settings: PipSettings, folder: Path, *, reaches_ssh: bool
) -> dict[str, str]:
    """Return the variables of a resolver: it reads the user's logins itself, and may build what says no versions."""
    names = f"{_OF_THE_USER} {_OF_SSH if reaches_ssh else ''}".split()
    kept = {name: variables[name] for name in names if name in variables}
    return {**kept, **_clean(variables), **_always(variables, settings, folder)}


def link_urls(settings: PipSettings) -> list[str]:
    """Return the find-links places as URLs: a path may have spaces, which would make it two."""
    return [place if "://" in place else Path(place).absolute().as_uri() for place in settings.find_links]


def find_proxy(variables: Mapping[str, str]) -> str | None:
    """Return a proxy whose address has a login, which only the program that needs it gets."""
    names = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")
    return next((value for name in names if has_login(value := variables.get(name, ""))), None)


def _clean(variables: Mapping[str, str]) -> dict[str, str]:
    asked = variables.get(MORE_VARIABLES, "").replace(",", " ").split()
    return {name: value for name, value in variables.items() if name in asked or _is_harmless(name.upper(), value)}


def _is_harmless(name: str, value: str) -> bool:
    return (name in _ALLOWED or _ALLOWED_PREFIX.match(name) is not None) and not has_login(value)


def _always(variables: Mapping[str, str], settings: PipSettings, folder: Path) -> dict[str, str]:
    path = folder / "pip.conf"
    path.touch(mode=0o600)
    path.write_text("".join(f"{line}\n" for line in _pip_lines(settings, variables)), encoding="utf-8")
    # What a program that is ended leaves behind goes with the folder.
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return {
        **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch)),
        "PIP_CONFIG_FILE": str(path),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": _SOURCE_DATE,
    }


def _pip_lines(settings: PipSettings, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield pip's settings: the lock's indexes, and what pip does not find any more, as home and variables are gone."""
    logins = _read_netrc(variables)
    more = (*settings.extra_index_urls, *settings.supplemental_index_urls)
    values = {
        "index-url": [_with_login(settings.index_url, logins)] if settings.index_url else [],
        "extra-index-url": [_with_login(url, logins) for url in more],
        "find-links": link_urls(settings),
        "trusted-host": settings.trusted_hosts,
        "no-index": ["true"] if settings.no_index or settings.is_offline else [],
        "cert": _path(settings.cert),
        "client-cert": _path(settings.client_cert),
        "proxy": list(filter(None, [settings.proxy or find_proxy(variables)])),
        "timeout": [f"{settings.timeout_seconds:g}"],
        "retries": [str(settings.retries)],
    }
    yield "[global]"
    for name, texts in values.items():
        if texts:
            yield " ".join((name, "=", *texts))


def _path(path: Path | None) -> Iterable[str]:
    return [str(path)] if path else []


def _pip_cache(variables: Mapping[str, str], home: str | None) -> str | None:
    """Return where pip keeps what it fetched on Linux, so that each build need not fetch its tools anew."""
    base = variables.get("XDG_CACHE_HOME") or (home and os.path.join(home, ".cache"))  # noqa: PTH118 - text to text
    return f"{base}/pip" if base else None


def _read_netrc(variables: Mapping[str, str]) -> netrc.netrc | None:
    home = variables.get("HOME") or variables.get("USERPROFILE")
    places = [variables.get("NETRC"), *([f"{home}/.netrc", f"{home}/_netrc"] if home else [])]
    for place in filter(None, places):
        try:
            return netrc.netrc(place)
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
            continue
    return None


def _with_login(url: str, logins: netrc.netrc | None) -> str:
    """Return an index's address with the login that netrc has for its host."""
    host = urlsplit(url).hostname
    found = logins.authenticators(host) if logins and host and not has_login(url) else None
    if found is None:
        return url
    user, _, word = found
    return url.replace("://", f"://{quote(user or '', safe='')}:{quote(word or '', safe='')}@", 1)

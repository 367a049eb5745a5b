"""pip's own settings, read where pip reads them: where packages come from and how they are reached.

Files first (machine, user, virtual environment, `PIP_CONFIG_FILE`), then `PIP_…` variables; the later wins. Of a file's
sections `[global]` counts, then `[install]`. See https://pip.pypa.io/en/stable/topics/configuration/
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path

from bundler import standards
from bundler.addresses import address_problem
from bundler.errors import AddressError, PipSettingsError
from bundler.model.wheels import IndexOptions
from bundler.resolve.project_indexes import choose_address, join_addresses
from bundler.system.home import expand_home, home_folder
from bundler.system.witness import see_beginning

_SECTIONS = ("global", "install")
_ALIASES = {"default-timeout": "timeout", "pypi-url": "index-url"}
_TRUE_WORDS = frozenset({"1", "y", "yes", "t", "true", "on"})
_DEFAULT_TIMEOUT_SECONDS = 15.0
_DEFAULT_RETRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PipSettings:
    """Where packages come from and how they are reached, the lock's own options merged in."""

    index_url: str | None
    """`None` stands for the public index."""
    extra_index_urls: tuple[str, ...]
    supplemental_index_urls: tuple[str, ...]
    explicit_index_urls: tuple[str, ...]
    find_links: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    no_index: bool
    only_binary: tuple[str, ...]
    cert: Path | None
    client_cert: Path | None
    proxy: str | None
    timeout_seconds: float
    retries: int
    is_offline: bool
    """Nobody but this machine may be asked."""

    @property
    def places(self) -> tuple[str, ...]:
        """All indexes and find-links places, whatever they are for."""
        indexes = (*filter(None, [self.index_url]), *self.extra_index_urls, *self.supplemental_index_urls)
        return (*indexes, *self.explicit_index_urls, *self.find_links)

    @property
    def sources(self) -> tuple[str, ...]:
        """What decides which file answers a pin."""
        indexes = () if self.no_index else (self.index_url or "", *self.extra_index_urls)
        return (*indexes, "|", *self.find_links, "|", *self.supplemental_index_urls)


def read_pip_settings(
    lock: IndexOptions, environment: Mapping[str, str] | None = None, *, is_offline: bool = False
) -> PipSettings:
    """Return pip's settings on this machine, with what the lock says about indexes on top of them."""
    environment = os.environ if environment is None else environment
    found: dict[str, tuple[str, str]] = {}
    for source, name, value in (*_from_files(environment), *_from_variables(environment)):
        found[_ALIASES.get(name, name)] = (value, source)
    values = {name: value for name, (value, _) in found.items()}
    bundle_of_certificates = (
        values.get("cert") or environment.get("REQUESTS_CA_BUNDLE") or environment.get("CURL_CA_BUNDLE")
    )
    settings = PipSettings(
        index_url=choose_address(values.get("index-url"), lock.index_url),
        extra_index_urls=join_addresses(values.get("extra-index-url", "").split(), lock.extra_index_urls),
        supplemental_index_urls=lock.supplemental_index_urls,
        explicit_index_urls=lock.explicit_index_urls,
        find_links=(*map(_expand, values.get("find-links", "").split()), *lock.find_links),
        trusted_hosts=(*values.get("trusted-host", "").split(), *lock.trusted_hosts),
        no_index=lock.no_index or values.get("no-index", "").lower() in _TRUE_WORDS,
        only_binary=(*read_only_binary(values.get("only-binary", "").split()), *lock.only_binary),
        cert=_path(bundle_of_certificates),
        client_cert=_path(values.get("client-cert")),
        proxy=values.get("proxy") or None,
        timeout_seconds=_number(found.get("timeout"), _DEFAULT_TIMEOUT_SECONDS),
        retries=int(_number(found.get("retries"), _DEFAULT_RETRIES)),
        is_offline=is_offline,
    )
    check_addresses(*settings.places, settings.proxy)
    return settings


def check_addresses(*places: str | None) -> None:
    """Raise `AddressError` for a place that nobody can be asked for, such as one with a slash in its login."""
    for place in filter(None, places):
        if problem := address_problem(place):
            raise AddressError(place, problem)


def read_only_binary(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in values of `--only-binary`, each a list with commas; `:none:` takes back those before it."""
    names: set[str] = set()
    for name in ",".join(values).split(","):
        if name.strip() == ":none:":
            names.clear()
        elif name.strip():
            names.add(name if name == ":all:" else standards.normalise_name(name.strip()))
    return tuple(sorted(names))


def _from_files(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for path in _files(environment):
        parser = RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            raise PipSettingsError(str(path), str(error).splitlines()[0]) from error
        for section in _SECTIONS:
            if parser.has_section(section):
                for name, value in parser.items(section):
                    yield f"{path}", name.lower().replace("_", "-").lstrip("-"), value.strip()


def _from_variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    see_beginning("PIP_")
    # Sorted, so that of two names for one setting the plain one, PIP_TIMEOUT, comes after PIP_DEFAULT_TIMEOUT.
    for variable in sorted(environment):
        if variable.startswith("PIP_") and environment[variable]:
            yield variable, variable.removeprefix("PIP_").lower().replace("_", "-"), environment[variable]


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    chosen = environment.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return
    yield from _machine_files(environment)
    if not (chosen and Path(chosen).exists()):
        yield from _user_files(environment)
    yield Path(environment.get("VIRTUAL_ENV") or sys.prefix) / _file_name()
    if chosen:
        yield Path(chosen)


def _machine_files(environment: Mapping[str, str]) -> Iterator[Path]:
    if os.name == "nt":
        yield Path(environment.get("PROGRAMDATA", r"C:\ProgramData"), "pip", "pip.ini")
        return
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    folders = environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    # The folder named first weighs most, so it is read last.
    for folder in reversed(folders.split(os.pathsep)):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")


def _user_files(environment: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environment.get("HOME") or home_folder())
    if os.name == "nt":
        yield home / "pip" / "pip.ini"
        yield Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / "pip" / "pip.ini"
        return
    yield home / ".pip" / "pip.conf"
    mac_folder = home / "Library" / "Application Support" / "pip"
    if sys.platform == "darwin" and mac_folder.is_dir():
        yield mac_folder / "pip.conf"
        return
    yield Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"


def _file_name() -> str:
    return "pip.ini" if os.name == "nt" else "pip.conf"


def _expand(location: str) -> str:
    return str(expand_home(location)) if location.startswith("~") else location


def _path(value: str | None) -> Path | None:
    return expand_home(value) if value else None


def _number(found: tuple[str, str] | None, default: float) -> float:
    if found is None:
        return default
    value, source = found
    try:
        return float(value)
    except ValueError as error:
        raise PipSettingsError(source, f"`{value}` is not a number") from error

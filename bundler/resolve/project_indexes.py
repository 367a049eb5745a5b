"""The package indexes that a project's own settings name, for uv, Poetry, PDM and Pipenv.

uv: https://docs.astral.sh/uv/concepts/indexes/, Poetry: https://python-poetry.org/docs/repositories/, PDM:
https://pdm-project.org/latest/usage/config/#configure-the-package-indexes
"""

import fnmatch
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from bundler import standards
from bundler.addresses import public_address
from bundler.model.wheels import IndexOptions, Pin
from bundler.resolve.uv_settings import read_uv_settings

_Table = Mapping[str, Any]
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
# Poetry and PDM know the public index by this name, whatever its address.
_PUBLIC = "pypi"
_OLDER_PRIORITIES = {"default": "primary", "secondary": "supplemental"}


def uv_indexes(project: _Table, folder: Path) -> IndexOptions:
    """Return uv's indexes, which its variables, `pyproject.toml` in a folder or a `uv.toml` name.

    The default one takes the public index's place. An explicit one is for packages that name it, as the lock does.
    """
    return merge_indexes(
        _uv_indexes(settings, place) for settings, place in read_uv_settings(project, folder, os.environ)
    )


def _uv_indexes(settings: _Table, folder: Path) -> IndexOptions:
    default, extra, explicit = settings.get("index-url"), [], []
    for entry in _tables(settings.get("index")):
        url = _with_login(_local(entry["url"], folder), _read_login(f"UV_INDEX_{_variable(entry)}"))
        if entry.get("explicit"):
            explicit.append(url)
        elif entry.get("default"):
            default = url
        else:
            extra.append(url)
    return IndexOptions(
        index_url=default,
        extra_index_urls=(*extra, *settings.get("extra-index-url", ())),
        explicit_index_urls=tuple(explicit),
        find_links=tuple(_place(place, folder) for place in settings.get("find-links", ())),
        trusted_hosts=tuple(settings.get("allow-insecure-host", ())),
        no_index=settings.get("no-index") is True,
    )


def poetry_indexes(project: _Table) -> IndexOptions:
    """Return Poetry's sources: a primary one takes the public index's place, unless that is named too."""
    urls: dict[str, list[str]] = {"primary": [], "supplemental": [], "explicit": []}
    entries = _tables(project.get("tool", {}).get("poetry", {}).get("source"), needs_url=False)
    for entry in entries:
        if url := entry.get("url"):
            priority = str(entry.get("priority", "primary"))
            priority = _OLDER_PRIORITIES.get(priority, priority)
            urls.setdefault(priority, []).append(_with_login(url, _read_login(f"POETRY_HTTP_BASIC_{_variable(entry)}")))
    is_public_named = any(entry.get("name", "").lower() == _PUBLIC for entry in entries)
    primary = urls["primary"]
    return IndexOptions(
        index_url=primary[0] if primary and not is_public_named else None,
        extra_index_urls=tuple(primary if is_public_named else primary[1:]),
        supplemental_index_urls=tuple(urls["supplemental"]),
        explicit_index_urls=tuple(urls["explicit"]),
    )


def pdm_indexes(project: _Table, folder: Path) -> IndexOptions:
    """Return PDM's sources; one with the public index's name takes its place."""
    entries = _pdm_sources(project)
    indexes = [entry for entry in entries if entry.get("type") != "find_links"]
    public = [_expand(entry["url"]) for entry in indexes if entry.get("name", "").lower() == _PUBLIC]
    others = [_expand(entry["url"]) for entry in indexes if entry.get("name", "").lower() != _PUBLIC]
    return IndexOptions(
        index_url=public[0] if public else None,
        extra_index_urls=tuple(others),
        find_links=tuple(_place(_expand(entry["url"]), folder) for entry in entries if entry not in indexes),
        trusted_hosts=_unverified(indexes),
    )


def pin_pdm_sources(pins: Iterable[Pin], project: _Table) -> list[Pin]:
    """Return pins that each name the source whose `include_packages` have them, as PDM asks no other for these."""
    claims = [
        (standards.normalise_name(pattern), _expand(entry["url"]))
        for entry in _pdm_sources(project)
        for pattern in entry.get("include_packages", ())
    ]
    return [replace(pin, index=_claimed(pin.name, claims) or pin.index) for pin in pins]


def pipenv_indexes(document: _Table) -> IndexOptions:
    """Return what `Pipfile.lock` says of its sources beside their addresses, which its pins have."""
    sources = _pipenv_tables(document)
    return IndexOptions(
        explicit_index_urls=tuple(_expand(source["url"]) for source in sources[1:]), trusted_hosts=_unverified(sources)
    )


def pipenv_sources(document: _Table) -> dict[str, str]:
    """Return the sources of a `Pipfile.lock` by their names, the default first."""
    sources = _pipenv_tables(document)
    return {source.get("name", ""): _expand(source["url"]) for source in sources}


def _pipenv_tables(document: _Table) -> list[_Table]:
    meta = document.get("_meta")
    return _tables(meta.get("sources")) if isinstance(meta, dict) else []


def unset_in_pipenv(document: _Table) -> list[str]:
    """Return the variables that the sources of a `Pipfile.lock` name and that are not set."""
    return _unset(_pipenv_tables(document))


def unset_in_pdm(project: _Table) -> list[str]:
    """Return the variables that PDM's sources name and that are not set."""
    return _unset(_pdm_sources(project))


def merge_indexes(options: Iterable[IndexOptions]) -> IndexOptions:
    """Return several options as one: lists are joined, of what there is one the last counts.

    An address that one of them has with its login and another without, as a lock does, is that with the login.
    """
    merged = IndexOptions()
    for one in options:
        merged = IndexOptions(
            index_url=choose_address(merged.index_url, one.index_url),
            extra_index_urls=join_addresses(merged.extra_index_urls, one.extra_index_urls),
            supplemental_index_urls=join_addresses(merged.supplemental_index_urls, one.supplemental_index_urls),
            explicit_index_urls=join_addresses(merged.explicit_index_urls, one.explicit_index_urls),
            find_links=join_addresses(merged.find_links, one.find_links),
            trusted_hosts=_join(merged.trusted_hosts, one.trusted_hosts),
            no_index=one.no_index or merged.no_index,
            only_binary=_join(merged.only_binary, one.only_binary),
        )
    return merged


def choose_address(one: str | None, other: str | None) -> str | None:
    """Return the other address, if there is one: the first where that is the same with its login."""
    if one is None or other is None:
        return one or other
    is_bare = public_address(other) == other
    return one if is_bare and _public_key(one) == _public_key(other) else other


def join_addresses(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """Return all addresses once, each with its login where one of its like has that."""
    found: dict[str, str] = {}
    for address in (*one, *other):
        key = _public_key(address)
        found[key] = choose_address(found.get(key), address) or address
    return tuple(found.values())


def _public_key(address: str) -> str:
    return public_address(address).rstrip("/")


def _join(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _tables(value: object, *, needs_url: bool = True) -> list[_Table]:
    entries = value if isinstance(value, list) else []
    return [
        entry for entry in entries if isinstance(entry, dict) and (not needs_url or isinstance(entry.get("url"), str))
    ]


def _pdm_sources(project: _Table) -> list[_Table]:
    return _tables(project.get("tool", {}).get("pdm", {}).get("source"))


def _claimed(name: str, claims: Iterable[tuple[str, str]]) -> str | None:
    return next((url for pattern, url in claims if fnmatch.fnmatchcase(name, pattern)), None)


def _unverified(sources: Iterable[_Table]) -> tuple[str, ...]:
    """Return the hosts of sources that are taken without a look at their certificates."""
    return tuple(urlsplit(_expand(one["url"])).hostname or "" for one in sources if one.get("verify_ssl") is False)


def _variable(entry: _Table) -> str:
    """Return an index's name as it stands in the names of environment variables."""
    return re.sub(r"\W", "_", str(entry.get("name", ""))).upper()


def _read_login(prefix: str) -> tuple[str, str] | None:
    user, word = os.environ.get(f"{prefix}_USERNAME"), os.environ.get(f"{prefix}_PASSWORD")
    return (user or "", word or "") if user or word else None


def _with_login(url: str, login: tuple[str, str] | None) -> str:
    parts = urlsplit(url)
    if login is None or "@" in parts.netloc:
        return url
    user, word = (quote(part, safe="") for part in login)
    return urlunsplit(parts._replace(netloc=f"{user}:{word}@{parts.netloc}"))


def _expand(url: str) -> str:
    """Fill in environment variables, as PDM and Pipenv do; one that is not set stays as it is written."""
    return _VARIABLE.sub(lambda found: os.environ.get(found[1] or found[2]) or found[0], url)


def _unset(sources: Iterable[_Table]) -> list[str]:
    found = (match for source in sources for match in _VARIABLE.finditer(source["url"]))
    return list(dict.fromkeys(match[0] for match in found if not os.environ.get(match[1] or match[2])))


def _local(url: str, folder: Path) -> str:
    """Return an address; uv takes the path of a folder for one too."""
    return url if "://" in url else (folder / url).resolve().as_uri()


def _place(place: str, folder: Path) -> str:
    return place if "://" in place else str((folder / place).resolve())

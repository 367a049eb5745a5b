"""Logins and other secrets in addresses: found however they are written, hidden from texts, left out of files.

People write passwords as they are, with `@` and `/` in them, though an address asks for `%40` and `%2F`. So a login
ends at the last `@` before the first slash, and where what follows the colon is no port, at the last one of all.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

_HIDDEN = "***"
_ADDRESS = re.compile(r"(?P<scheme>://)(?P<rest>[^\s`<>]+)")
_AUTHORITY = re.compile(r"[^/?#]*")
_QUERY = re.compile(r"\?[^#'\"]+")
_SHORTEST_SECRET = 3


def hide_secrets(text: str, *addresses: str) -> str:
    """Return a text that may be shown: its addresses have neither logins nor queries, which may be tokens.

    A text about `addresses` may quote parts of their logins, as libraries do: these are hidden wherever they stand.
    """
    hidden = _ADDRESS.sub(lambda found: f"://{_without_secrets(found['rest'], _HIDDEN)}", text)
    for secret in sorted({secret for address in addresses for secret in _secrets(address)}, key=len, reverse=True):
        hidden = hidden.replace(secret, _HIDDEN)
    return hidden


def file_path(url: str) -> str:
    """Return the path that a `file:` address, or one without a scheme, stands for on this machine."""
    from urllib.request import url2pathname  # noqa: PLC0415 - brings HTTP and TLS, and most builds have no such address

    return url2pathname(urlsplit(url).path)


def public_address(url: str) -> str:
    """Return an address that may be written down: without login and query."""
    return _ADDRESS.sub(lambda found: f"://{_without_secrets(found['rest'], '')}", url)


def has_login(text: str) -> bool:
    """Tell whether an address in a text has a login."""
    return any(_login_end(found["rest"]) >= 0 for found in _ADDRESS.finditer(text))


def address_problem(url: str) -> str | None:
    """Say why a text is no address that can be asked; `None` where it is one, or the path of a file."""
    try:
        urlsplit(url).port  # noqa: B018 - it is read when it is asked for
    except ValueError:
        return "it is no address: in a login `%40` stands for `@`, `%2F` for `/`, `%3A` for `:` and `%23` for `#`"
    return None


def _without_secrets(rest: str, mark: str) -> str:
    """Return what stands behind `://`, with a mark in place of each secret; none is put in where the mark is empty."""
    end = _login_end(rest)
    login, place = (f"{mark}@" if mark else "", rest[end + 1 :]) if end >= 0 else ("", rest)
    return login + _QUERY.sub(f"?{mark}" if mark else "", place, count=1)


def _login_end(rest: str) -> int:
    """Return where the `@` behind a login stands in what follows `://`; -1 where there is no login."""
    found = _AUTHORITY.match(rest)
    authority = found[0] if found else ""
    end = authority.rfind("@")
    if end >= 0:
        return end
    _, colon, port = authority.rpartition(":")
    is_port = not port or port.isdecimal() or authority.startswith("[")
    return -1 if not colon or is_port else rest.rfind("@")


def _secrets(address: str) -> Iterator[str]:
    """Yield the login of an address in all the parts that a reader of it may take it apart into."""
    for found in _ADDRESS.finditer(address):
        rest = found["rest"]
        login = rest[: max(_login_end(rest), 0)]
        words = (login, *re.split(r"[:/@?#\[\]]", login))
        for word in (*words, *map(unquote, words)):
            if len(word) >= _SHORTEST_SECRET:
                yield word

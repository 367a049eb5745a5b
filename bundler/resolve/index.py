"""Package indexes and find-links folders as plain lists of files, and their files as streams.

The only file that imports `unearth`, which knows the formats of index pages (PEP 503, PEP 691), netrc and keyring.
Its finder is used for its default index alone: which file fits is decided in `choose.py`, for the target.
"""

import json
import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast
from urllib.parse import urljoin

from unearth import Link, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.collector import (
    IndexPage,
    LinkCollectError,
    collect_links_from_location,
    fetch_page,
    is_secure_origin,
    parse_html_page,
)
from unearth.fetchers import PyPIClient, Response
from unearth.preparer import HTTPErrors

from bundler.addresses import public_address
from bundler.documents import parse_json
from bundler.errors import (
    IndexAccessError,
    IndexNotTrustedError,
    IndexUnreachableError,
    OfflineError,
    PipSettingsError,
)
from bundler.resolve.pip_settings import PipSettings
from bundler.system import cache

Result = TypeVar("Result")

_PAGES = "offered"
_CHUNK_BYTES = 256 * 1024
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_UNAUTHORIZED = 401
_OTHER_TRY = frozenset({408, 425, 429})
_FIRST_ERROR_STATUS = 400
_FIRST_SERVER_ERROR_STATUS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """One file that an index or a find-links place offers."""

    filename: str
    url: str
    hashes: tuple[str, ...]
    """As `sha256:…`; empty where the index gives none."""
    requires_python: str | None
    yanked: str | None = None
    """Why its index asks to use it no more, empty without a reason; `None`: it does not."""

    @property
    def is_local(self) -> bool:
        return self.url.startswith("file:")


class _BrokenTransferError(Exception):
    """A request failed in a way that another try may mend."""


_WORTH_ANOTHER_TRY: Final[tuple[type[Exception], ...]] = (_BrokenTransferError, *HTTPErrors)


class PackageIndex:
    """All places packages come from, behind one set of connections that threads share."""

    def __init__(self, settings: PipSettings) -> None:
        self._tries = 1 + max(settings.retries, 0)
        self._public_url = PackageFinder().sources[0]["url"].rstrip("/")
        urls = () if settings.no_index else (settings.index_url or self._public_url, *settings.extra_index_urls)
        self.index_urls = tuple(url.rstrip("/") for url in urls)
        self._supplemental_urls = () if settings.no_index else settings.supplemental_index_urls
        self._explicit_urls = frozenset(public_address(url).rstrip("/") for url in settings.explicit_index_urls)
        self._find_links = settings.find_links
        self._is_offline = settings.is_offline
        self._client = _make_client(
            settings, (*self.index_urls, *self._supplemental_urls, *settings.explicit_index_urls)
        )
        self._pages = _Pages(self)
        self._linked_files: tuple[IndexFile, ...] | None = None
        # unearth logs what it skips as warnings, which Python would print: what matters to a user is raised here.
        logging.getLogger("unearth").addHandler(logging.NullHandler())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def places_for(self, preferred: str | None) -> tuple[str, ...]:
        """Return where the files of a pin are looked for, in order, to be shown."""
        places = (*self._find_links, *self._own_index(preferred))
        if not self._is_explicit(preferred):
            places += (*self.index_urls, *self._supplemental_urls)
        return tuple(dict.fromkeys(public_address(place) for place in places))

    def read_find_links(self) -> None:
        """List the find-links places once, before threads ask for them."""
        self._linked_files = tuple(
            file for place in self._find_links for file in self._list(_place_link(place), is_folder=True)
        )

    def list_files(self, name: str, preferred: str | None = None) -> tuple[IndexFile, ...]:
        """Return what every place offers for a normalised name, find-links first; other names may be among it.

        `preferred` is an index that a lock names: what it has is taken from there, and from find-links, alone. The
        public index is not preferred, as the user may have put another in its place; without indexes none is. Others
        are asked for what it lacks, unless the project says that it is for these packages only.
        """
        if self._linked_files is None:
            self.read_find_links()
        linked = self._linked_files or ()
        for own in self._own_index(preferred):
            found = self._read_page(Link(f"{own}/{name}/")) or self._list_folder(own)
            if found or self._is_explicit(preferred):
                return (*linked, *found)
        offered = self._list_pages(self.index_urls, name) or self._list_pages(self._supplemental_urls, name)
        return (*linked, *offered)

    def _own_index(self, preferred: str | None) -> tuple[str, ...]:
        url = preferred.rstrip("/") if preferred else self._public_url
        return (url,) if self.index_urls and url != self._public_url else ()

    def _is_explicit(self, preferred: str | None) -> bool:
        return preferred is not None and public_address(preferred).rstrip("/") in self._explicit_urls

    def _list_pages(self, urls: tuple[str, ...], name: str) -> tuple[IndexFile, ...]:
        return tuple(file for url in urls for file in self._read_page(Link(f"{url.rstrip('/')}/{name}/")))

    def download(self, url: str, begin: Callable[[int], None], receive: Callable[[bytes], None]) -> None:
        """Hand a file over in pieces; `begin` is told the size, or 0, before each try starts from nothing."""
        if self._is_offline and not url.startswith("file:"):
            raise OfflineError((f"`{url}`",))

        def transfer() -> None:
            with self._open(url) as response:
                begin(int(response.headers.get("Content-Length") or 0))
                for piece in response.iter_bytes(chunk_size=_CHUNK_BYTES):
                    receive(piece)

        self._try(url, transfer)

    def fetch_page(self, url: str, headers: Mapping[str, str] | None) -> Response:
        """Return the answer to a page's request; any that says no such page is left to the caller."""

        def request() -> Response:
            response = self._client.get(url, headers=dict(headers or {}))
            _check_status(url, response.status_code)
            return cast("Response", response)

        return self._try(url, request)

    def head(self, url: str, headers: Mapping[str, str] | None) -> Response:
        return self._try(url, lambda: cast("Response", self._client.head(url, headers=dict(headers or {}))))

    def iter_secure_origins(self) -> Iterable[tuple[str, str, str]]:
        return self._client.iter_secure_origins()

    def _read_page(self, location: Link) -> tuple[IndexFile, ...]:
        if location.is_file:
            return self._list(location, is_folder=False)
        self._check_trusted(location)
        if self._is_offline:
            return _recall_page(location)
        try:
            page = fetch_page(self._pages, location)
            files = tuple(_page_files(page))
        except LinkCollectError:
            files = ()  # no index has to know every name
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise IndexUnreachableError(location.url, "it is no page of an index", tries=1) from error
        _remember_page(location, files)
        return files

    def _list_folder(self, url: str) -> tuple[IndexFile, ...]:
        """Return the files of a folder on this machine, as a lock may name one in place of an index."""
        return self._list(Link(url), is_folder=True) if url.startswith("file:") else ()

    def _list(self, location: Link, *, is_folder: bool) -> tuple[IndexFile, ...]:
        self._check_trusted(location)
        if self._is_offline and not location.is_file:
            return _recall_page(location)
        links = collect_links_from_location(self._pages, location, expand=is_folder)
        return tuple(_index_file(link) for link in links if link.filename)

    def _check_trusted(self, location: Link) -> None:
        if not is_secure_origin(self._pages, location):
            raise IndexNotTrustedError(location.url, location.parsed.hostname or "")

    @contextmanager
    def _open(self, url: str) -> Iterator[Response]:
        # As pip does: an index that compresses on the way would change the bytes that are hashed.
        with self._client.get_stream(url, headers={"Accept-Encoding": "identity"}) as response:
            _check_status(url, response.status_code)
            if response.status_code >= _FIRST_ERROR_STATUS:
                raise IndexUnreachableError(url, f"status {response.status_code}", tries=1)
            yield cast("Response", response)

    def _try(self, url: str, work: Callable[[], Result]) -> Result:
        pause = _FIRST_PAUSE_SECONDS
        for attempt in count(1):
            try:
                return work()
            except _WORTH_ANOTHER_TRY as error:
                if attempt >= self._tries:
                    reason = str(error).rstrip(".") or type(error).__name__
                    raise IndexUnreachableError(url, reason, tries=attempt) from error
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        raise AssertionError


class _Pages:
    """What unearth's collector asks pages of: our tries and our errors instead of its own."""

    def __init__(self, index: PackageIndex) -> None:
        self._index = index

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        return self._index.fetch_page(url, headers)

    def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        return self._index.head(url, headers)

    def get_stream(self, url: str, *, headers: Mapping[str, str] | None = None) -> AbstractContextManager[Response]:
        raise NotImplementedError

    def iter_secure_origins(self) -> Iterable[tuple[str, str, str]]:
        return self._index.iter_secure_origins()


def _make_client(settings: PipSettings, index_urls: tuple[str, ...]) -> PyPIClient:
    options: dict[str, Any] = {"proxy": settings.proxy} if settings.proxy else {}
    client = PyPIClient(
        trusted_hosts=settings.trusted_hosts,
        verify=_certificates(settings),
        timeout=settings.timeout_seconds,
        follow_redirects=True,
        **options,
    )
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=index_urls)
    return client


def _certificates(settings: PipSettings) -> ssl.SSLContext | bool:
    if settings.cert is None and settings.client_cert is None:
        return True
    cert = settings.cert
    try:
        context = ssl.create_default_context(
            cafile=cert if cert and not cert.is_dir() else None, capath=cert if cert and cert.is_dir() else None
        )
        if settings.client_cert:
            context.load_cert_chain(settings.client_cert)
    except OSError as error:
        name = "client-cert" if settings.client_cert and cert and cert.exists() else "cert"
        raise PipSettingsError(name, f"{settings.cert or settings.client_cert}: {error.strerror or error}") from error
    return context


def _check_status(url: str, status: int) -> None:
    if status == _UNAUTHORIZED:
        raise IndexAccessError(url)
    if status >= _FIRST_SERVER_ERROR_STATUS or status in _OTHER_TRY:
        message = f"status {status}"
        raise _BrokenTransferError(message)


def _place_link(place: str) -> Link:
    return Link(place) if "://" in place else Link.from_path(Path(place).absolute())


def _index_file(link: Link) -> IndexFile:
    # A JSON page gives a table of hashes, an HTML page one in the fragment.
    pairs = link.hashes.items() if link.hashes else [(link.hash_name, link.hash)]
    return IndexFile(
        filename=link.filename,
        url=link.url_without_fragment,
        hashes=tuple(f"{name}:{digest}" for name, digest in pairs if name and digest),
        requires_python=link.requires_python,
        yanked=link.yank_reason,
    )


def _remember_page(location: Link, files: Iterable[IndexFile]) -> None:
    """Keep what a page offers for when nobody can be asked; its addresses may hold logins, and need none then."""
    rows = [(file.filename, public_address(file.url), file.hashes, file.requires_python, file.yanked) for file in files]
    cache.store(_PAGES, location.url, json.dumps(rows).encode())


def _recall_page(location: Link) -> tuple[IndexFile, ...]:
    kept = cache.load_as(_PAGES, location.url, _read_rows)
    if kept is None:
        raise OfflineError((f"`{location.url}`",))
    return kept


def _read_rows(content: bytes) -> tuple[IndexFile, ...]:
    return tuple(
        IndexFile(filename=filename, url=url, hashes=tuple(hashes), requires_python=requires_python, yanked=yanked)
        for filename, url, hashes, requires_python, yanked in parse_json(content)
    )


def _page_files(page: IndexPage) -> Iterator[IndexFile]:
    if "json" not in page.content_type.lower():
        yield from (_index_file(link) for link in parse_html_page(page) if link.filename)
        return
    # PEP 691. unearth's own reading takes a second for a page of some thousand files, a hundred times what this does.
    page_url = page.link.url_without_fragment
    for file in parse_json(page.content)["files"]:
        url = file["url"]
        yield IndexFile(
            filename=file["filename"],
            url=url if "://" in url else urljoin(page_url, url),
            hashes=tuple(f"{name}:{digest}" for name, digest in file.get("hashes", {}).items()),
            requires_python=file.get("requires-python"),
            yanked=_yanked(file.get("yanked")),
        )


def _yanked(value: object) -> str | None:
    """Read PEP 691's mark: true, false or a reason."""
    return (value if isinstance(value, str) else "") if value else None

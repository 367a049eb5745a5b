"""Wheels come from an index into the cache, whole and as promised, and from then on without the index."""

import json
import os
from concurrent.futures import CancelledError

import pytest

from bundler.errors import (
    AddressError,
    CacheUnwritableError,
    FetchError,
    HashMismatchError,
    IndexAccessError,
    IndexNotTrustedError,
    IndexUnreachableError,
    PackageMissingError,
    PipSettingsError,
    WheelMissingError,
)
from bundler.model.project import Architecture
from bundler.model.wheels import FetchProgress, IndexOptions, Lock, Pin
from bundler.resolve import fetch_wheels
from bundler.resolve.choose import ChosenFile
from bundler.resolve.index import PackageIndex
from bundler.resolve.pip_settings import read_pip_settings
from bundler.resolve.transfer import ProgressTally, download_file
from bundler.runtimes import make_target
from bundler.system.cache import cache_folder, kept_file_path
from tests.support.index_server import IndexServer
from tests.support.wheels import digest_of, make_wheel

PAGE = "/simple/one/"
FILE = "/files/one-1.0-py3-none-any.whl"


@pytest.fixture
def fetch(target):
    """Fetch a lock and return the wheels."""

    def fetch(lock, *, target=target, on_progress=lambda _: None):
        return fetch_wheels(lock, target, on_progress=on_progress)

    return fetch


@pytest.fixture
def one(index, tmp_path):
    """Return the wheel `one==1.0`, which the index has."""
    return index.add(make_wheel(tmp_path / "index", "one", "1.0", {"one.py": "x = 1\n" * 1000}), "one")


def kept_wheels():
    return sorted(path.name for path in cache_folder().glob("wheels/**/*") if path.is_file())


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize("has_hashes", [True, False])
def test_fetch(fetch, lock_of, index, one, is_json, has_hashes):
    """A wheel is listed on a JSON or HTML page, fetched, and lies in the cache under its digest and its own name."""
    index.is_json, index.has_hashes = is_json, has_hashes
    digest = digest_of(one)
    lock = lock_of("one==1.0", index=index, hashes=(f"sha256:{digest}",))

    (wheel,) = fetch(lock)

    assert (wheel.pin, wheel.sha256) == (lock.pins[0], digest)
    assert wheel.path == kept_file_path("wheels", digest, one.name)
    assert wheel.path.read_bytes() == one.read_bytes()
    assert wheel.path.stat().st_mode & 0o777 == 0o644
    assert index.requests == [PAGE, FILE]


@pytest.mark.usefixtures("one")
def test_second_build(fetch, lock_of, index):
    """What was fetched once is not asked for again, not even for its page."""
    first = fetch(lock_of("one==1.0", index=index))
    index.requests.clear()
    events = []

    second = fetch(lock_of("one==1.0", index=index), on_progress=events.append)

    assert second == first
    assert index.requests == []
    assert events == []


def test_what_makes_an_answer_old(fetch, lock_of, index, one, tmp_path):
    """Another target, other hashes or another index ask anew, but fetch no file that is already here."""
    fetch(lock_of("one==1.0", index=index))
    index.requests.clear()

    fetch(lock_of("one==1.0", index=index), target=make_target("python3.9", Architecture.ARM64))
    fetch(lock_of("one==1.0", index=index, hashes=(f"sha256:{digest_of(one)}",)))
    fetch(lock_of("one==1.0", index=index, find_links=(str(tmp_path),)))

    assert index.requests == [PAGE, PAGE, PAGE]


@pytest.mark.usefixtures("one")
def test_lost_file(fetch, lock_of, index):
    """A wheel that someone deleted from the cache is fetched again."""
    (wheel,) = fetch(lock_of("one==1.0", index=index))
    wheel.path.unlink()

    (again,) = fetch(lock_of("one==1.0", index=index))

    assert again == wheel
    assert again.path.is_file()


@pytest.mark.parametrize("left", [0, 100])
def test_damaged_file(fetch, lock_of, index, one, left):
    """A wheel of the cache that was cut short is fetched again, for this project and for another."""
    same = lock_of("one==1.0", index=index)
    other = lock_of("one==1.0", index=index, hashes=(f"sha256:{digest_of(one)}",))
    (wheel,) = fetch(same)
    for lock in (same, other):
        wheel.path.write_bytes(one.read_bytes()[:left])

        assert [found.path.read_bytes() for found in fetch(lock)] == [one.read_bytes()]


@pytest.mark.usefixtures("one")
def test_unwritable_cache(fetch, lock_of, index, tmp_path, monkeypatch):
    """A cache that cannot be written is told once, with its place and what names another."""
    index.add(make_wheel(tmp_path / "index", "two", "2.0"), "two")
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "taken"))

    with pytest.raises(CacheUnwritableError) as raised:
        fetch(lock_of("one==1.0", "two==2.0", index=index))

    assert raised.value.message == f"the cache `{tmp_path}/taken/wheels` cannot be written: Not a directory"
    assert raised.value.hints == ("`LBUNDLE_CACHE_DIR` names another place",)


@pytest.mark.usefixtures("one")
def test_progress(fetch, lock_of, index, tmp_path):
    """Progress counts pins and bytes up to all of them, those known before included."""
    two = index.add(make_wheel(tmp_path / "index", "two", "2.0"), "two")
    fetch(lock_of("one==1.0", index=index))
    events = []

    fetch(lock_of("one==1.0", "two==2.0", index=index), on_progress=events.append)

    size = two.stat().st_size
    assert events == [
        FetchProgress(pins_done=1, pins_total=2, bytes_done=0, bytes_total=size, name="two"),
        FetchProgress(pins_done=1, pins_total=2, bytes_done=size, bytes_total=size, name="two"),
        FetchProgress(pins_done=2, pins_total=2, bytes_done=size, bytes_total=size, name="two"),
    ]


def test_stop(index, one):
    """Once stopped, a transfer ends at its next piece and leaves nothing half done."""
    pin = Pin(name="one", version="1.0", hashes=(), origin="")
    chosen = ChosenFile(filename=one.name, url=f"http://{index.host}{FILE}", hashes=())
    tally = ProgressTally(lambda event: tally.stop() if event.bytes_total else None, pins_done=0, pins_total=1)

    with PackageIndex(read_pip_settings(IndexOptions())) as place, pytest.raises(CancelledError):
        download_file(place, pin, chosen, "wheels", tally)

    assert index.requests == [FILE]
    assert list(cache_folder().glob("wheels/**/*")) == []


@pytest.mark.parametrize("fault", ["500", "503", "429", "truncate"])
@pytest.mark.parametrize("path", [PAGE, FILE])
def test_another_try(fetch, lock_of, index, one, path, fault):
    """A server that fails once is asked again, and the file is whole."""
    index.faults[path] = [fault]
    events = []

    (wheel,) = fetch(lock_of("one==1.0", index=index), on_progress=events.append)

    assert wheel.path.read_bytes() == one.read_bytes()
    assert index.requests.count(path) == 2
    assert events[-1].bytes_done == events[-1].bytes_total == one.stat().st_size


@pytest.mark.parametrize(
    ("path", "fault", "reason"),
    [
        (PAGE, "500", "status 500"),
        (FILE, "500", "status 500"),
        (FILE, "404", "status 404"),
        (PAGE, "garbage", "it is no page of an index"),
        (FILE, "truncate", "peer closed connection without sending complete message body"),
    ],
)
@pytest.mark.usefixtures("one")
def test_broken_server(fetch, lock_of, index, path, fault, reason):
    """A server that keeps failing is an error with its address; nothing half is left in the cache."""
    index.faults[path] = [fault] * 2

    with pytest.raises(IndexUnreachableError) as caught:
        fetch(lock_of("one==1.0", index=index))

    assert caught.value.exit_code == 3
    assert caught.value.message.startswith(f"`http://{index.host}{path}` cannot be fetched: {reason}")
    assert caught.value.hints == (
        (
            f"asked {'once' if fault in {'404', 'garbage'} else '2 times'}; pip's own settings count here too: "
            "`index-url`, `proxy`, `cert`, `timeout`, `retries`"
        ),
    )
    assert kept_wheels() == []


@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.usefixtures("one")
def test_endless_redirect(fetch, lock_of, index, path):
    """A server that leads in a circle is an error with its address, not a build without end."""
    index.faults[path] = ["circle"]

    with pytest.raises(IndexUnreachableError) as caught:
        fetch(lock_of("one==1.0", index=index))

    assert caught.value.exit_code == 3
    assert caught.value.message == (
        f"`http://{index.host}{path}` cannot be fetched: Exceeded maximum allowed redirects"
    )
    assert kept_wheels() == []


@pytest.mark.parametrize("fault", ["slow", "trickle"])
@pytest.mark.usefixtures("one")
def test_slow_server(fetch, lock_of, index, monkeypatch, fault):
    """A server that takes longer than pip's `timeout`, before its answer or within it, is given up."""
    monkeypatch.setenv("PIP_TIMEOUT", "0.1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    index.faults[FILE] = [fault]

    with pytest.raises(IndexUnreachableError) as caught:
        fetch(lock_of("one==1.0", index=index))

    assert caught.value.exit_code == 3
    assert caught.value.message == f"`http://{index.host}{FILE}` cannot be fetched: timed out"
    assert kept_wheels() == []


def test_nobody_answers(fetch, lock_of):
    """A host that is not there is an error with its address, its password left out."""
    with pytest.raises(IndexUnreachableError) as caught:
        fetch(lock_of("one==1.0", index_url="http://user:secret@127.0.0.1:9/simple"))

    assert (
        caught.value.message == "`http://***@127.0.0.1:9/simple/one/` cannot be fetched: [Errno 111] Connection refused"
    )


@pytest.mark.parametrize("has_hashes", [True, False])
def test_other_bytes(fetch, lock_of, index, one, has_hashes):
    """A file that is not what the index or the lock promised is thrown away at once, without another try."""
    index.has_hashes = has_hashes
    index.faults[FILE] = ["replace"]
    promised = f"sha256:{digest_of(one)}"

    with pytest.raises(HashMismatchError) as caught:
        fetch(lock_of("one==1.0", index=index, hashes=() if has_hashes else (promised,)))

    error = caught.value
    assert error.exit_code == 3
    assert error.message == f"`{one.name}` is not the file that was promised"
    assert error.hints[:2] == (f"it came from `http://{index.host}{FILE}`", f"expected {promised}")
    assert error.hints[2].startswith("got sha256:")
    assert error.hints[2] != f"got {promised}"
    assert kept_wheels() == []
    assert index.requests.count(FILE) == 1


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize("reason", ["it was broken", ""])
def test_yanked(fetch, lock_of, index, one, is_json, reason):
    """A yanked file is taken, as the lock asks for exactly that version, and known for one in the next build too."""
    index.is_json = is_json
    index.attributes[one.name] = {"yanked": reason or (True if is_json else "")}

    found = [fetch(lock_of("one==1.0", index=index)) for _ in range(2)]

    assert [(wheel.path.name, wheel.yanked) for (wheel,) in found] == [(one.name, reason)] * 2


def test_python_of_a_page(fetch, lock_of, index, one):
    """A file for other Pythons does not fit, and the error says so."""
    index.attributes[one.name] = {"requires-python": "<3.12"}

    with pytest.raises(WheelMissingError) as caught:
        fetch(lock_of("one==1.0", index=index))

    assert caught.value.hints[0] == "there is: one-1.0-py3-none-any.whl (for Python <3.12)"


def test_package_nobody_has(fetch, lock_of, index):
    """A name that is on no index is an error that says where it was looked for."""
    with pytest.raises(PackageMissingError) as caught:
        fetch(lock_of("gone==1.0", index=index))

    assert caught.value.message == "`gone==1.0` is on no index"
    assert caught.value.hints == (f"looked in: {index.url}",)


def test_no_index(fetch, lock_of, index):
    """With `no-index` only find-links count, and the error says that there were none."""
    with pytest.raises(PackageMissingError) as caught:
        fetch(lock_of("one==1.0", index=index, no_index=True))

    assert caught.value.hints == ("there is no index to look in (`no-index`)",)
    assert index.requests == []


@pytest.mark.usefixtures("one")
def test_every_missing_pin_at_once(fetch, lock_of, index, tmp_path):
    """All pins that cannot be had are in one error."""
    index.add(make_wheel(tmp_path, "two", "1.0", tag="cp312-cp312-win_amd64"), "two")

    with pytest.raises(FetchError) as caught:
        fetch(lock_of("gone==1.0", "one==1.0", "two==1.0", index=index))

    assert caught.value.exit_code == 3
    assert caught.value.message == "2 pins of the lock cannot be had"
    assert caught.value.hints[:4] == (
        "`gone==1.0` is on no index",
        f"  looked in: {index.url}",
        "`two==1.0` has no wheel for python3.12 on x86_64",
        "  there is: two-1.0-cp312-cp312-win_amd64.whl",
    )


@pytest.mark.usefixtures("one")
def test_extra_index(fetch, lock_of, index, tmp_path):
    """An extra index and a find-links folder are asked beside the index, and the best wheel of all is taken."""
    with IndexServer() as extra:
        better = extra.add(make_wheel(tmp_path / "extra", "one", "1.0", tag="cp312-none-any"), "one")
        folder = tmp_path / "links"
        linked = make_wheel(folder, "two", "1.0")
        make_wheel(folder, "unlike", "1.0")

        wheels = fetch(
            lock_of("one==1.0", "two==1.0", index=index, extra_index_urls=(extra.url,), find_links=(str(folder),))
        )

    assert [wheel.path.name for wheel in wheels] == [better.name, linked.name]


def test_index_of_the_lock(fetch, index, tmp_path):
    """What a lock has from an index of its own is taken from there, and from the settings' where it is gone."""
    index.add(make_wheel(tmp_path / "index", "one", "1.0"), "one")
    with IndexServer() as own:
        better = own.add(make_wheel(tmp_path / "own", "one", "1.0", build="1"), "one")
        index.add(make_wheel(tmp_path / "index", "two", "1.0"), "two")
        pins = [Pin(name=name, version="1.0", hashes=(), index=own.url, origin="`uv.lock`") for name in ("one", "two")]

        wheels = fetch(Lock(pins=tuple(pins), paths=(), index=IndexOptions(index_url=index.url)))

    assert [wheel.path.name for wheel in wheels] == [better.name, "two-1.0-py3-none-any.whl"]
    assert index.requests == ["/simple/two/", "/files/two-1.0-py3-none-any.whl"]


def test_folder_of_the_lock(fetch, tmp_path, index):
    """A lock may have a folder of wheels in place of an index."""
    make_wheel(tmp_path / "own", "one", "1.0", build="1")
    pin = Pin(name="one", version="1.0", hashes=(), index=(tmp_path / "own").as_uri(), origin="`uv.lock`")

    wheels = fetch(Lock(pins=(pin,), paths=(), index=IndexOptions(index_url=index.url)))

    assert [wheel.path.name for wheel in wheels] == ["one-1.0-1-py3-none-any.whl"]
    assert index.requests == []


def test_files_of_this_machine(fetch, lock_of, index, tmp_path, monkeypatch):
    """pip's settings may name an index of files and pages of links by `file:` address."""
    wheel = make_wheel(tmp_path / "files", "one", "1.0")
    page = tmp_path / "simple" / "one" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="../../files/{wheel.name}#sha256={digest_of(wheel)}">{wheel.name}</a>')
    links = tmp_path / "links.html"
    links.write_text('<a href="files/two-1.0-py3-none-any.whl">two</a>')
    make_wheel(tmp_path / "files", "two", "1.0")
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "simple").as_uri())
    monkeypatch.setenv("PIP_FIND_LINKS", links.as_uri())

    wheels = fetch(lock_of("one==1.0", "two==1.0"))

    assert [wheel.path.name for wheel in wheels] == [wheel.name, "two-1.0-py3-none-any.whl"]


def test_changed_file_of_this_machine(fetch, lock_of, tmp_path):
    """A wheel of this machine that was built anew under the same name is taken anew."""
    lock = lock_of("one==1.0", no_index=True, find_links=(str(tmp_path),))
    make_wheel(tmp_path, "one", "1.0", {"one.py": "old"})
    (old,) = fetch(lock)
    path = make_wheel(tmp_path, "one", "1.0", {"one.py": "new!"})
    os.utime(path, ns=(1, 1))

    (new,) = fetch(lock)

    assert old.sha256 != new.sha256 == digest_of(path)


def test_url(fetch, index, one):
    """A pin with a URL is fetched from there without asking an index, its hash checked."""
    pin = Pin(
        name="one", version="1.0", hashes=(f"sha256:{digest_of(one)}",), url=f"http://{index.host}{FILE}", origin=""
    )

    (wheel,) = fetch(Lock(pins=(pin,), paths=(), index=IndexOptions(no_index=True)))

    assert wheel.path.read_bytes() == one.read_bytes()
    assert index.requests == [FILE]


def test_url_that_does_not_fit(fetch, index):
    """A wheel named by URL that is for another platform is refused before it is fetched."""
    url = f"http://{index.host}/files/one-1.0-cp312-cp312-win_amd64.whl"

    with pytest.raises(WheelMissingError, match=r"`one==1\.0` has no wheel for python3\.12 on x86_64"):
        fetch(Lock(pins=(Pin(name="one", version="1.0", hashes=(), url=url, origin=""),), paths=()))

    assert index.requests == []


def test_login_in_url(fetch, lock_of, index, one):
    """A login in the index's URL is used for its page and its files."""
    index.login = "user:word"

    (wheel,) = fetch(lock_of("one==1.0", index_url=index.url.replace("//", "//user:word@")))

    assert wheel.path.read_bytes() == one.read_bytes()


def test_login_in_netrc(fetch, lock_of, index, tmp_path, monkeypatch):
    """A login in netrc is used like one in the URL."""
    wheel_there = index.add(make_wheel(tmp_path / "index", "one", "1.0"), "one")
    index.login = "user:word"
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    (wheel,) = fetch(lock_of("one==1.0", index=index))

    assert wheel.path.read_bytes() == wheel_there.read_bytes()


def test_login_in_keyring(fetch, lock_of, index, one, tmp_path, monkeypatch):
    """A login that the program `keyring` knows for the index's address is used."""
    index.login = "user:word"
    program = tmp_path / "bin" / "keyring"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$*" in *"get {index.url}"*) printf "user\\nword\\n" ;; *) exit 1 ;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    (wheel,) = fetch(lock_of("one==1.0", index=index))

    assert wheel.path.read_bytes() == one.read_bytes()


def test_proxy(fetch, lock_of, index, one, monkeypatch):
    """An index that only a proxy reaches is asked through the proxy of pip's settings, and so are its files."""
    monkeypatch.setenv("PIP_PROXY", f"http://{index.host}")

    (wheel,) = fetch(lock_of("one==1.0", index_url="http://127.0.0.1:1/simple"))

    assert wheel.path.read_bytes() == one.read_bytes()
    assert FILE in index.requests


@pytest.mark.usefixtures("one")
def test_no_login(fetch, lock_of, index, monkeypatch, tmp_path):
    """An index that asks for an unknown login is an error; nobody is asked on the terminal."""
    index.login = "user:word"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")

    with pytest.raises(IndexAccessError) as caught:
        fetch(lock_of("one==1.0", index=index))

    assert caught.value.exit_code == 3
    assert caught.value.message == f"`http://{index.host}{PAGE}` asks for a login"


def test_unencrypted_index(fetch, lock_of):
    """An index without encryption is refused unless pip's `trusted-host` names it."""
    with pytest.raises(IndexNotTrustedError) as caught:
        fetch(lock_of("one==1.0", index_url="http://index.invalid/simple"))

    assert caught.value.exit_code == 3
    assert caught.value.message == ("`http://index.invalid/simple/one/` is not encrypted and its host is not trusted")
    assert caught.value.hints == ("use https, or set pip's `trusted-host` to `index.invalid`",)


def test_trusted_host(fetch, lock_of):
    """A trusted host is asked, encrypted or not."""
    with pytest.raises(IndexUnreachableError):
        fetch(lock_of("one==1.0", index_url="http://0.0.0.0:9/simple", trusted_hosts=("0.0.0.0",)))


def test_missing_certificates(fetch, lock_of, monkeypatch, tmp_path):
    """A `cert` that is not there is named."""
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "gone.pem"))

    with pytest.raises(PipSettingsError) as caught:
        fetch(lock_of("one==1.0", index_url="https://index.invalid/simple"))

    assert caught.value.message == (
        f"pip's setting in `cert` cannot be read: {tmp_path / 'gone.pem'}: No such file or directory"
    )


def test_logins_of_links_are_not_kept(fetch, lock_of, index, one, monkeypatch):
    """A page may have logins and tokens in its links: they are used, and what is kept of the page has none."""
    page = json.loads(index.page("one"))
    page["files"][0]["url"] = f"http://user:word@{index.host}/files/{one.name}?sign=word"
    monkeypatch.setattr(index, "page", lambda _: json.dumps(page).encode())
    kept = []
    monkeypatch.setattr("bundler.resolve.index.cache.store", lambda *entry: kept.append(entry))

    (wheel,) = fetch(lock_of("one==1.0", index=index))

    assert wheel.path.read_bytes() == one.read_bytes()
    content = next(entry[2] for entry in kept if entry[0] == "offered")
    assert f"http://{index.host}/files/{one.name}".encode() in content
    assert b"word" not in content


@pytest.mark.parametrize("option", ["index_url", "extra_index_urls", "find_links"])
def test_no_address(fetch, lock_of, option):
    """A login with a slash in it makes no address: the error says how to write it and shows none of it."""
    url = "http://user:x/word@127.0.0.1:9/simple"

    with pytest.raises(AddressError) as caught:
        fetch(lock_of("one==1.0", **{option: url if option == "index_url" else (url,)}))

    assert caught.value.exit_code == 3
    assert "`http://***@127.0.0.1:9/simple` cannot be fetched: it is no address" in caught.value.message
    assert "`%2F` for `/`" in caught.value.message


def test_secrets_in_reasons(fetch, lock_of):
    """What a library says of an address that it cannot reach has nothing of the login either."""
    with pytest.raises(IndexUnreachableError) as caught:
        fetch(lock_of("one==1.0", index_url="http://user:x@wordlogin@127.0.0.1:9/simple?token=wordtoken"))

    assert "word" not in f"{caught.value.message} {caught.value.hints}"

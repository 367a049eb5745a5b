"""Tell what a zip was made from, so that a later check can tell an upgrade of lbundle from growth of the user's."""

import hashlib
from collections.abc import Collection

from bundler.model.wheels import Distribution, Site
from bundler.pack.own_contents import OwnContents

_CODE_ENDINGS = (".py", ".pyc", ".so")
_DIGITS = 16
"""Enough to tell contents apart, and few in a file that is committed."""


def describe_sources(site: Site, shipped: Collection[str], contents: OwnContents) -> dict[str, dict[str, str]]:
    """Return what is locked by name, and digests of the project's files that ship or hold code.

    Of other files nothing is told: they may be secrets, and are not the same on every machine.
    """
    return {
        "packages": {found.name: _describe_package(found, site) for found in site.distributions},
        "files": describe_own_files(shipped, contents),
    }


def describe_own_files(shipped: Collection[str], contents: OwnContents) -> dict[str, str]:
    """Return digests of the project's files that ship or hold code, by path."""
    return {
        file.path: contents.digest(file)[:_DIGITS]
        for file in contents.own
        if file.path in shipped or file.path.endswith(_CODE_ENDINGS)
    }


def _describe_package(distribution: Distribution, site: Site) -> str:
    """Return a version, with a digest where files change without it: from a folder, a repository or a URL."""
    if distribution.wheel.pin.is_from_index:
        return distribution.version
    return f"{distribution.version} {_digest_table(distribution.name, site)}"


def _digest_table(name: str, site: Site) -> str:
    files = (file for file in site.files.values() if file.owner == name and ".dist-info/" not in file.path)
    return _digest("\n".join(sorted(f"{file.path} {file.size_bytes} {file.crc}" for file in files)).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]

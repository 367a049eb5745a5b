"""Project → Lock → Site: requirements files and a target come in, the virtual site-packages of that target goes out.

`find_lock` reads the pins, or finds versions where the requirements fix none; `fetch_wheels` brings their wheels into
the cache, `gather_site` lays wheels and own code over each other without unpacking anything. `write_lock`, in a file of
its own as few builds need it, writes the pins down.
"""

from bundler.resolve.fetch import fetch_wheels
from bundler.resolve.find_lock import find_lock
from bundler.resolve.gather import gather_site
from bundler.resolve.locks import read_lock

__all__ = ["fetch_wheels", "find_lock", "gather_site", "read_lock"]

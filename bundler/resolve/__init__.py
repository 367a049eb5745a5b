"""Project → Lock → Site: requirements files and a target come in, the virtual site-packages of that target goes out.

`read_lock` reads the pins, `fetch_wheels` brings their wheels into the cache, `gather_site` lays wheels and own code
over each other without unpacking anything.
"""

from bundler.resolve.fetch import fetch_wheels
from bundler.resolve.gather import gather_site
from bundler.resolve.locks import read_lock

__all__ = ["fetch_wheels", "gather_site", "read_lock"]

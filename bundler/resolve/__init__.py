"""Project → Lock → Site: requirements files and a target come in, the virtual site-packages of that target goes out.

`find_lock` reads the pins, or finds versions where the requirements fix none, `complete_lock` where they fix only
some; `fetch_wheels` brings their wheels into the cache, `gather_site` lays wheels and own code over each other
without unpacking anything, and `find_handlers` looks there for handlers that are no own files. `write_lock`, in a file
of its own as few builds need it, writes the pins down. Of layers, `read_layer_folder` reads one that ships as it is,
`describe_layer` says what a finished one brings, and `leave_to_layers` takes that out of a function's lock.
`naming_unset_variables` adds to what goes wrong which variables the requirements name and nobody has set.
"""

from bundler.resolve.fetch import fetch_wheels
from bundler.resolve.find_lock import complete_lock, find_lock
from bundler.resolve.gather import gather_site
from bundler.resolve.handlers import find_handlers
from bundler.resolve.layers import describe_layer, leave_to_layers, read_layer_folder
from bundler.resolve.locks import read_lock
from bundler.resolve.unset import naming_unset_variables

__all__ = [
    "complete_lock",
    "describe_layer",
    "fetch_wheels",
    "find_handlers",
    "find_lock",
    "gather_site",
    "leave_to_layers",
    "naming_unset_variables",
    "read_layer_folder",
    "read_lock",
]

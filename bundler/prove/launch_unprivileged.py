"""Become another program without root's right to write where permissions forbid it.

Root ignores read-only modes by the capability CAP_DAC_OVERRIDE. An empty bounding set takes every capability away at
the next exec, while root stays the owner of its files, so an interpreter in root's home can be read. Elsewhere than
on Linux, and for other users, there is nothing to give up.
"""

import ctypes
import os
import sys

PR_CAPBSET_DROP = 24
LAST_CAPABILITY = 63


def drop_capabilities() -> None:
    """Leave no capability to the programs that this process becomes."""
    c_library = ctypes.CDLL(None)
    for capability in range(LAST_CAPABILITY + 1):
        c_library.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


if sys.platform == "linux" and os.getuid() == 0:
    drop_capabilities()
os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - a shell would read the arguments

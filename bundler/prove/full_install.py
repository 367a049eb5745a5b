"""Lay out a full install: all that the lock's packages bring, and the code as it would be uploaded with them."""

import stat
from collections.abc import Mapping
from pathlib import Path

from bundler.model.wheels import SiteFile
from bundler.system.files import open_wheel, read_site_file


def lay_out(files: Mapping[str, SiteFile], folder: Path) -> None:
    """Write files of a site at their places below a folder, which must not be there, read-only."""
    folder.mkdir()
    for place, file in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(read_site_file(file))
        path.chmod(0o555 if _is_program(file) else 0o444)


def _is_program(file: SiteFile) -> bool:
    if file.container.is_dir():
        return bool((file.container / file.member).stat().st_mode & stat.S_IXUSR)
    return bool(open_wheel(file.container).getinfo(file.member).external_attr >> 16 & stat.S_IXUSR)

"""Sites and functions made from dicts, for tests of what comes after resolving."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from bundler.model.project import Architecture, BytecodeMode, Function, Handler, Limit, Options, Shake, ShakeMode
from bundler.model.wheels import OWN_CODE, Distribution, NarrowNeed, Pin, Site, SiteFile, Wheel
from bundler.runtimes import make_target

Files = Mapping[str, str | bytes]
WITHOUT_DOUBT = Shake(default=ShakeMode.TRACED)
"""For tests of what names lead to."""


def make_function(folder: Path, handler: str = "app.handle", **options) -> Function:
    module, _, attribute = handler.rpartition(".")
    defaults = {
        "requirements": (),
        "working_folder": folder,
        "include": (),
        "exclude": (),
        "include_modules": (),
        "exclude_modules": (),
        "external": None,
        "bytecode": BytecodeMode.AUTO,
        "limit": Limit(),
    }
    patterns = options.pop("patterns", ())
    runtime = options.pop("runtime", "python3.12")
    return Function(
        name=options.pop("name", "app"),
        handler=Handler(module=module, attribute=attribute),
        handler_path=f"{module.replace('.', '/')}.py",
        target=make_target(runtime, Architecture(options.pop("architecture", "x86_64"))),
        code_root=folder,
        patterns=patterns,
        named=options.pop("named", ()),
        has_foreign_layers=options.pop("has_foreign_layers", False),
        options=Options(**{**defaults, **options}),
    )


def make_site(  # noqa: PLR0913 - one parameter per thing metadata may say
    folder: Path,
    own: Files,
    packages: Mapping[str, Files] | None = None,
    *,
    entry_points: Mapping[str, tuple[tuple[str, str, str], ...]] | None = None,
    requires: Mapping[str, tuple[str, ...]] | None = None,
    narrow: Mapping[str, tuple[str, ...]] | None = None,
    optional: Mapping[str, tuple[str, ...]] | None = None,
    local: Mapping[str, str] | None = None,
) -> Site:
    """Return a site of own files in `folder` and one wheel for each package.

    `local` has the folder of each package that is a local project, relative to `folder`.
    """
    files = {}
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in own.items():
        data = _bytes(content)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        files[path] = _site_file(path, OWN_CODE, data, folder, "")
    distributions = []
    for name, contents in (packages or {}).items():
        # A folder of its own each time: an open wheel is remembered by its path.
        wheel = Path(tempfile.mkdtemp(dir=folder.parent)) / f"{name}-1.0-py3-none-any.whl"
        dist_info = f"{name}-1.0.dist-info"
        metadata = {f"{dist_info}/METADATA": f"Name: {name}\nVersion: 1.0\n", **contents}
        if entry_points and name in entry_points:
            metadata[f"{dist_info}/entry_points.txt"] = "[group]\n"
        with ZipFile(wheel, "w") as archive:
            for path, content in metadata.items():
                # A fixed date, so that a wheel made twice has one digest.
                archive.writestr(ZipInfo(path), _bytes(content))
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        project = folder / local[name] if local and name in local else None
        members = ((path.replace(f"{name}-1.0.data/scripts/", "bin/"), path) for path in metadata)
        made = {
            path: replace(_site_file(path, name, _bytes(metadata[member]), wheel, sha256), member=member)
            for path, member in members
        }
        files |= {path: replace(file, is_local=project is not None) for path, file in made.items()}
        distributions.append(
            Distribution(
                name=name,
                version="1.0",
                dist_info=dist_info,
                wheel=Wheel(
                    pin=Pin(name=name, version="1.0", hashes=(), path=project, origin="test"),
                    path=wheel,
                    sha256=sha256,
                ),
                requires=(requires or {}).get(name, ()),
                narrow=tuple(NarrowNeed(*_split(need)) for need in (narrow or {}).get(name, ())),
                optional=(optional or {}).get(name, ()),
                entry_points=(entry_points or {}).get(name, ()),
            )
        )
    return Site(files=files, distributions=tuple(distributions), warnings=())


def _split(need: str) -> tuple[str, str]:
    name = need.partition("<")[0]
    return name, need.removeprefix(name) or "<2"


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _site_file(path: str, owner: str, content: bytes, container: Path, sha256: str) -> SiteFile:
    return SiteFile(
        path=path,
        owner=owner,
        size_bytes=len(content),
        crc=0,
        container=container,
        container_sha256=sha256,
        member=path,
    )

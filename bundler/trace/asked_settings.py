"""Find the code that may open what does not ship by itself: such a file is data only where it is opened."""

import re
from collections.abc import Iterable
from functools import cache

from bundler.model.imports import EdgeKind
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.own_files import rule_by_name
from bundler.system.files import read_site_file
from bundler.trace.follow import Follower
from bundler.trace.modules import Reason


class AskedSettings:
    """Settings that own code opens, by their names, parts of these, or their folder; other files of tools by that."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._waiting: dict[re.Pattern[str], list[SiteFile]] = {}
        """What finds that code asks for some files → these."""
        self._texts: dict[str, str] = {}
        for path, file in follower.site.files.items():
            if follower.site.held_back.get(path) == "settings":
                self._waiting.setdefault(_asker(path), []).append(file)
            elif file.owner == OWN_CODE and "/" in path and rule_by_name(path) == "junk":
                self._waiting.setdefault(_asker_of_folder(path.rpartition("/")[0]), []).append(file)

    def follow(self) -> None:
        """Lead from code that is reached by now to the settings it may open."""
        sources = [
            source for path in self._reached() if (source := self._follower.site.files[path]).path.endswith(".py")
        ]
        for asks, files in self._waiting.items():
            asking = next((source for source in sources if asks.search(self._text(source))), None)
            for file in files:
                if (opener := asking or self._by_variable(file)) is not None:
                    self._follower.add_files(opener, (file,), Reason(EdgeKind.DATA, 0, file.path, "settings.opened"))

    def _reached(self) -> Iterable[str]:
        function = self._follower.function
        start = {function.handler_path} if function is not None else set()
        return (path for path in sorted(self._follower.reached | start) if self._follower.site.files[path].is_own)

    def _text(self, file: SiteFile) -> str:
        if file.path not in self._texts:
            self._texts[file.path] = read_site_file(file).decode(errors="replace")
        return self._texts[file.path]

    def _by_variable(self, file: SiteFile) -> SiteFile | None:
        """Return the handler's file where a variable of the function names the settings."""
        function, dotted = self._follower.function, file.path.replace("/", ".")
        if function is not None and any(named.name == dotted for named in function.named):
            return self._follower.site.files[function.handler_path]
        return None


@cache
def _asker_of_folder(folder: str) -> re.Pattern[str]:
    """Return what finds, in code, a string that is a relative path of a folder, or of one above it, or a glob in it."""
    top, *below = map(re.escape, folder.split("/"))
    path = top + "".join(f"(?:/{name}" for name in below) + ")?" * len(below)
    return re.compile(rf"""["'](?:\./)?{path}(?:/(?:[^"'\n/]*[*{{%][^"'\n]*)?)?["']""")


@cache
def _asker(path: str) -> re.Pattern[str]:
    """Return what finds, in code, the file's name, its ending behind something unknown, or one of its folders.

    What every project calls so is opened by its whole name.
    """
    *folders, name = path.split("/")
    parts = [rf"""["'/}}]{re.escape(name)}["']"""]
    if rule_by_name(path) is None:
        parts.append(rf"""(?:["'}}*]|%[a-z])\.{re.escape(name.rpartition(".")[2])}["']""")
        parts += [rf"""["'/]{re.escape(folder)}["'/]""" for folder in folders]
    return re.compile("|".join(parts))

"""Find the data files of first-party code that ship: one that does not cannot be read, and leads nowhere."""

from collections.abc import Collection

from bundler.model.project import Function
from bundler.model.wheels import SiteFile
from bundler.own_files import is_brought_back, is_in_app, is_of_tools, may_ship, rule_by_name, ships_by_itself
from bundler.trace.asked_settings import AskedSettings
from bundler.trace.follow import Follower


class SettingsFiles:
    """The data files of first-party code, each told once it is known to ship."""

    def __init__(self, follower: Follower, function: Function) -> None:
        self._follower = follower
        self._function = function
        self._asked = AskedSettings(follower)
        self._waiting = [file for file in follower.site.files.values() if file.is_own and not file.path.endswith(".py")]

    def find_new(self) -> list[SiteFile]:
        """Return the files that ship by now and did not before."""
        self._asked.follow()
        in_use = {self._follower.site.files[path].owner for path in self._follower.reached}
        new = [file for file in self._waiting if self._is_there(file, in_use)]
        there = {file.path for file in new}
        self._waiting = [file for file in self._waiting if file.path not in there]
        return new

    def _is_there(self, file: SiteFile, in_use: Collection[str]) -> bool:
        """Tell whether a file is there when the function runs: it ships by itself, or code that ships opens it.

        What a local project has ships with the project, if that is in use.
        """
        path, is_reached = file.path, file.path in self._follower.reached
        rule = self._follower.site.held_back.get(path) or rule_by_name(path)
        if file.is_local:
            return is_reached or (rule is None and file.owner in in_use)
        if is_reached and rule != "secret":
            return may_ship(path, self._function)
        is_read = not is_of_tools(path) and not is_in_app(path, self._follower.site.app_folders, self._follower.reached)
        return ships_by_itself(path, rule, self._function) and (is_read or is_brought_back(path, self._function))

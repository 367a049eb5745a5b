"""Know what functions the code of each distribution defines that may look through packages."""

from bundler.system.files import read_site_file
from bundler.trace.facts.scanned import defined_scanners
from bundler.trace.read_module import ReadModule


class Definitions:
    """The names of such functions in the files that were reached, which are searched when somebody asks."""

    def __init__(self) -> None:
        self.count = 0
        """How many files there are."""
        self._unsearched: dict[str, list[ReadModule]] = {}
        self._defined: dict[str, set[str]] = {}

    def learn(self, read: ReadModule) -> None:
        """Add a file."""
        if read.file.path.endswith(".py"):
            self.count += 1
            self._unsearched.setdefault(read.file.owner, []).append(read)

    @property
    def owners(self) -> tuple[str, ...]:
        """All distributions with such files."""
        return tuple(self._unsearched.keys() | self._defined.keys())

    def defines(self, owner: str, name: str) -> bool:
        """Tell whether code of a distribution that is reached by now defines something of a name."""
        defined = self._defined.setdefault(owner, set())
        for read in self._unsearched.pop(owner, ()):
            defined.update(defined_scanners(read_site_file(read.file).decode(errors="replace")))
        return name in defined

"""Know what the code of each distribution does somewhere, which gives a meaning to what it says elsewhere."""

from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF, TOP_LEVEL, UNKNOWN
from bundler.trace.read_module import ReadModule

_UNKNOWN_PATH = f"{UNKNOWN}/{FOLDER_OF}{FOLDER_END}"


class Habits:
    """Distributions by what they do with names that only a run can tell."""

    def __init__(self) -> None:
        self.import_by_name: set[str] = set()
        """They import modules by such names."""
        self.load_by_name: set[str] = set()
        """They do so, or hand such names to who does."""
        self.list_packages: set[str] = set()
        """They list the modules of packages."""
        self.list_folders_of_packages: set[str] = set()
        """They do so, or list folders, whichever a run gives them."""
        self.list_everything: set[str] = set()
        """They list all that can be imported from the top."""
        self.read_groups: set[str] = set()
        """They read groups of entry points."""
        self.run_scripts: set[str] = set()
        """They execute files by their path, or import what they find."""
        self.first_party_asks_for_words = False
        """First-party code loads by name what some other part of it says."""

    def learn(self, read: ReadModule) -> None:
        """Add what a module does."""
        owner, facts = read.file.owner, read.facts
        asks = read.file.is_own and bool(facts.asks_for_words or facts.imports_unknown)
        self.first_party_asks_for_words = self.first_party_asks_for_words or asks
        listed = {fact.pattern for fact in facts.listed_packages}
        signs = (
            (self.import_by_name, facts.imports_unknown),
            (self.load_by_name, facts.imports_unknown or facts.sets_up_logging),
            (self.list_packages, UNKNOWN in listed),
            (self.list_folders_of_packages, any(not pattern.strip(_UNKNOWN_PATH) for pattern in listed)),
            (self.list_everything, TOP_LEVEL in listed),
            (self.read_groups, any(not fact.pattern.strip(UNKNOWN) for fact in facts.groups)),
            (self.run_scripts, facts.runs_scripts),
        )
        for owners, sign in signs:
            if sign:
                owners.add(owner)

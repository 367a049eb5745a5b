"""What one source file says about what it needs: the records that are kept, and nothing of how they are read."""

from typing import NamedTuple


class ImportFact(NamedTuple):
    """An import statement: `from .name import names` has a level of 1."""

    name: str
    level: int
    names: tuple[str, ...]
    kind: str
    line: int
    behind: tuple[str, ...] = ()
    """Modules imported before it in the same `try`: it is not reached where one of them is missing."""


class PatternFact(NamedTuple):
    """A module, path, group or distribution given as a string, `*` for what is unknown."""

    pattern: str
    line: int


class ExportFact(NamedTuple):
    """A string that belongs to a name which a lazy module exports; to every name when that is empty."""

    name: str
    text: str
    line: int


class ParameterFact(NamedTuple):
    """The name of a module that a function puts together from what its callers give it."""

    function: str
    template: str
    line: int


class SinkFact(NamedTuple):
    """Where a value that nobody can tell becomes code."""

    sink: str
    """The function that makes it so."""
    line: int


class FoundFact(NamedTuple):
    """What one of the extractors found."""

    kind: str
    value: str
    line: int


class ScanFact(NamedTuple):
    """What may be a package that own code gives to a function which may look for modules in it."""

    function: str
    """Where an import brings it, by its dotted name, else the last part of its name."""
    pattern: str
    line: int
    is_given: bool
    """Whether it is an argument; `scan()` alone may look through the package that calls it."""


class SourceFacts(NamedTuple):
    """What one source file says."""

    imports: tuple[ImportFact, ...] = ()
    dynamic: tuple[PatternFact, ...] = ()
    """Arguments of `import_module` and its like."""
    named_by_words: tuple[PatternFact, ...] = ()
    """Names of modules by the words around them: in calls of functions whose name says that they import, in statements
    inside strings, in entry points that are written down."""
    registered: tuple[PatternFact, ...] = ()
    """Those of them in calls whose value nobody takes: `register_backend("pkg")`."""
    named_by_parameters: tuple[ParameterFact, ...] = ()
    """Arguments of `import_module` that hang on what a function at module level is given."""
    listed_packages: tuple[PatternFact, ...] = ()
    """Packages whose modules are listed: `pkgutil.iter_modules(package.__path__)`."""
    data: tuple[PatternFact, ...] = ()
    """Paths built from the file's own folder or a package's."""
    metadata: tuple[PatternFact, ...] = ()
    """Distributions whose metadata is read."""
    asks_any: tuple[PatternFact, ...] = ()
    """Where it goes through all distributions, or hands on a function that asks for one by its name."""
    recorded: tuple[PatternFact, ...] = ()
    """Those of them whose files are listed, to find some of these."""
    groups: tuple[PatternFact, ...] = ()
    """Entry point groups that are read."""
    strings: tuple[PatternFact, ...] = ()
    """Strings that may name a module: dotted ones, and in a lazy file single words too."""
    templates: tuple[str, ...] = ()
    """Strings that may become the names of modules when their ends, `*`, are put in: `pkg.languages.*`."""
    listed: tuple[PatternFact, ...] = ()
    """Words of own code that come to what uses a package whole, as settings name packages to install."""
    folder_words: tuple[PatternFact, ...] = ()
    """Words of own code that may be folders: what functions are given, and what is named as one."""
    idle_words: tuple[PatternFact, ...] = ()
    """Words of own code in lists and under names that come to nothing of the kind there."""
    asks_for_words: bool = False
    """It is own code that loads by name what its callers or other modules say."""
    programs: tuple[PatternFact, ...] = ()
    """Modules that another Python is told to run or to import: `[sys.executable, "-m", "jobs.nightly"]`."""
    scanned: tuple[ScanFact, ...] = ()
    """What own code gives to functions that may look for modules in it: `scan(shop.views)`."""
    resources: tuple[tuple[str, str, int], ...] = ()
    """Pairs of strings in one call that may be a package and a path inside it."""
    file_names: tuple[PatternFact, ...] = ()
    """Strings that look like the name of a file, or of a path to one."""
    test_folders: tuple[PatternFact, ...] = ()
    """Paths of own code in folders called `tests`, which start where nobody can tell."""
    path_names: tuple[tuple[str, str], ...] = ()
    """Names at module level that hold a path, each with its template: other modules may use them."""
    path_roots: tuple[PatternFact, ...] = ()
    """Folders that are put on `sys.path`, so that what lies in them is imported from the top."""
    exported: tuple[str, ...] = ()
    """What `__all__` lists, as far as it is written down."""
    is_lazy: bool = False
    """It loads modules that strings in it name: a module's `__getattr__`, `import_module(unknown)`."""
    imports_unknown: int = 0
    """The line of the first import of a module nobody can tell, or 0."""
    sinks: tuple[SinkFact, ...] = ()
    """Where it turns a value that nobody can tell into code."""
    runs_programs: bool = False
    """It may run programs."""
    runs_unknown: int = 0
    """The line where it runs one that nobody can tell, or 0."""
    handed_values: tuple[tuple[str, str, int], ...] = ()
    """What own code imports and hands a value that nobody can tell, `jsonpickle.decode(event["body"])`: its name, the
    position or keyword of the value, the line."""
    takes_folder: int = 0
    """The line where it takes the folder of a module that nobody can tell, or 0."""
    asks_callers: tuple[str, ...] = ()
    """Its functions that take the folder of whoever calls them, by their frames."""
    handed: tuple[PatternFact, ...] = ()
    """Modules that it hands to functions: a mark for itself, or what an import brings."""
    reads_stubs: bool = False
    """It names files of stubs, `.pyi`."""
    sets_up_logging: bool = False
    """It hands settings over to `logging.config`, which imports the classes that they name."""
    reads_source: int = 0
    """The line where it reads the Python source of a thing nobody can tell, or 0."""
    source_readers: tuple[str, ...] = ()
    """Its functions and classes that do so."""
    sources_read: tuple[PatternFact, ...] = ()
    """Things that it names to read their source, `inspect.getsource(package.Class)`; a mark for its own."""
    finds_itself: bool = False
    """It asks frames for the path of its own file."""
    opens_resources: bool = False
    """It opens resources of packages that only a run can tell."""
    runs_scripts: bool = False
    """It looks for Python files, and executes or imports what it finds."""
    listed_folders: tuple[PatternFact, ...] = ()
    """Folders that it lists to find Python files in them, as templates of paths."""
    folder_listers: tuple[str, ...] = ()
    """Its functions, methods and classes that list a folder which only their callers can tell."""
    lists_callers: bool = False
    """They may ask frames who calls them."""
    walks_folders: bool = False
    """It looks into folders below folders."""
    folders: tuple[str, ...] = ()
    """What parameters that take a folder are given or have as default: `directory="migrations"`."""
    served: tuple[str, ...] = ()
    """Packages that others are told to open files in: `StaticFiles(packages=["shop"])`."""
    prefixes: tuple[str, ...] = ()
    """Strings that may be the heads of the names of plugins: `flask_`."""
    modules_taken: tuple[str, ...] = ()
    """Modules that are taken out of `sys.modules`: `pkg`, or `pkg:name` where an attribute is all that is asked."""
    is_closed: bool = False
    """What it loads lazily hangs on the name that is asked for, as `exports` and `export_templates` say, and on
    nothing else."""
    exports: tuple[ExportFact, ...] = ()
    export_templates: tuple[PatternFact, ...] = ()
    """Names of modules with `*` for the exported name or a string that belongs to it."""
    deferred: tuple[str, ...] = ()
    """Strings that count for an exported name alone."""
    found: tuple[FoundFact, ...] = ()
    """What the extractors found, each its own kind."""
    error: str = ""
    """Why the file could not be read as Python."""

"""Tables → Project: every function is checked, and every mistake of the file reported at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bundler.configure.deployment import read_deployment
from bundler.configure.environment import join_variables, named_code, read_variables, search_folders, searches_elsewhere
from bundler.configure.handlers import FoundHandler, HandlerError, find_handler, is_elsewhere, split_handler
from bundler.configure.layers import check_use, foreign_notes, layer_folders, read_layer
from bundler.configure.options import check_globs, read_growth, read_options
from bundler.configure.programs import is_program
from bundler.configure.proof_options import read_proof_options
from bundler.configure.service import FunctionTable, LayerTable, Service
from bundler.configure.tables import Mistakes, Setting, suggest
from bundler.errors import UnknownArchitectureError
from bundler.model.names import fold_name, name_problem
from bundler.model.project import Architecture, Function, Layer, Project, Target
from bundler.runtimes import UnknownRuntimeError, deprecation_date, make_target, runtime_names
from bundler.system.files import is_folder

_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asks for in place of the settings."""

    functions: tuple[str, ...]
    runtime: str | None
    architecture: str | None
    are_optional: bool = False
    """A function that cannot be bundled may be asked for: the framework packages it then."""


def make_project(service: Service, everything: Service, root: Path, wishes: Wishes, mistakes: Mistakes) -> Project:
    """Return the project that a service's tables describe; raise `SettingsMistakesError` with all that is wrong.

    `everything` is the service with all of its functions, whichever of them are wanted.
    """
    checker = _Checker(root, wishes, mistakes)
    checked = [(table, checker.check(table)) for table in service.functions]
    functions = tuple(function for _, function in checked if function is not None)
    known = functions if everything is service else _check_quietly(everything, root, wishes)
    layers = checker.layers(service, functions, known)
    growth = read_growth(service.options)
    for table, function in checked:
        if function is not None:
            check_use(function, table, {layer.name: layer for layer in layers})
    mistakes.raise_if_any(service.settings_path.name)
    return Project(
        root=root,
        name=service.name,
        stage=service.stage,
        settings_path=service.settings_path,
        functions=functions,
        growth=growth,
        layers=layers,
        layer_folders=layer_folders(service.layers, root),
        deployment=read_deployment(everything, root, known),
        notes=(*service.notes, *checker.notes, *foreign_notes(service.functions), *_age_notes(functions)),
    )


def _check_quietly(service: Service, root: Path, wishes: Wishes) -> tuple[Function, ...]:
    """Return the functions of a service that nothing is wrong with: mistakes in functions nobody wants do no harm."""
    checker = _Checker(root, replace(wishes, functions=()), Mistakes())
    checked = (checker.check(table) for table in service.functions)
    return tuple(function for function in checked if function is not None)


@dataclass(slots=True)
class _Names:
    """Names of functions, or of layers, each of which is to have a zip of its own in one folder."""

    _seen: dict[str, str] = field(default_factory=dict)

    def check(self, table: FunctionTable | LayerTable) -> None:
        """Note what keeps a name from being that of a file, or from being that of a file of its own."""
        other = self._seen.setdefault(fold_name(table.name), table.name)
        twin = f"on macOS and Windows it is the same as `{other}`" if other != table.name else None
        if problem := name_problem(table.name) or twin:
            table.setting.reject(f"its zip cannot be called `{table.name}.zip`: {problem}")


def _age_notes(functions: Iterable[Function]) -> Iterator[str]:
    """Say of each runtime that AWS no longer supports since when, and who uses it."""
    for runtime in sorted({function.target.runtime for function in functions}, key=runtime_names().index):
        date = deprecation_date(runtime)
        if date is not None and date <= datetime.now(tz=UTC).date().isoformat():
            names = [f"`{function.name}`" for function in functions if function.target.runtime == runtime]
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield (
                f"{runtime} of {', '.join(names[:_NAMED])}{more} is deprecated: AWS ended its support on {date}, "
                "and will let nobody create or update such functions one day"
            )


@dataclass(slots=True)
class _Checker:
    root: Path
    wishes: Wishes
    mistakes: Mistakes
    notes: list[str] = field(default_factory=list)
    _names: _Names = field(default_factory=_Names)

    def check(self, table: FunctionTable) -> Function | None:
        """Return a function, or `None` when it is skipped or something is wrong with it."""
        runtime_setting = _nearest(table, table.words.runtime)
        runtime = runtime_setting.text() if runtime_setting else None
        skipped = table.skipped or _why_not_python(runtime) or self._why_program(table)
        if skipped:
            self._skip(table, skipped)
            return None
        self._names.check(table)
        target = self._target(table, runtime_setting, runtime)
        code_root = self._code_root(table)
        variables = join_variables(read_variables(_environment(table)), table.told)
        folders = search_folders(variables)
        read_proof_options(table.options)  # for its mistakes: no build depends on it
        options = read_options(table.options, self.root, code_root or self.root)
        check_globs(table.setting, table.patterns)
        has_packages = bool(options.requirements or table.layers or table.foreign_layers)
        handler = self._handler(table, code_root, folders, has_packages=has_packages) if code_root else None
        if target is None or code_root is None or handler is None:
            return None
        return Function(
            name=table.name,
            handler=handler.handler,
            handler_path=handler.path,
            handler_problem=handler.problem,
            target=target,
            code_root=code_root,
            patterns=table.patterns,
            options=options,
            layers=table.layers,
            has_foreign_layers=bool(table.foreign_layers) or searches_elsewhere(variables),
            search_folders=folders,
            named=named_code(variables, code_root),
        )

    def layers(
        self, service: Service, functions: tuple[Function, ...], known: tuple[Function, ...]
    ) -> tuple[Layer, ...]:
        """Return the layers that are wanted: all, or those of the functions that the command line names.

        What one is built for, all `known` functions that use it say, so that it is the same whatever is built.
        """
        found = []
        names = _Names()
        for table in service.layers:
            names.check(table)
            users = [function.target for function in known if table.name in function.layers]
            is_wanted = any(table.name in function.layers for function in functions)
            if is_wanted or not self.wishes.functions:
                runtime, architecture = self.wishes.runtime, self.wishes.architecture
                found.append(read_layer(table, self.root, users=users, runtime=runtime, architecture=architecture))
        return tuple(layer for layer in found if layer is not None)

    def _skip(self, table: FunctionTable, reason: str) -> None:
        if table.name in self.wishes.functions and not self.wishes.are_optional:
            table.setting.reject(f"cannot be bundled: {reason}")
        self.notes.append(f"function `{table.name}` is left alone: {reason}")

    def _why_program(self, table: FunctionTable) -> str | None:
        """Return why nothing can be traced from a handler that something else starts as a program."""
        folder = table.code or (_find_nearest(table, table.words.code) if table.words.code else None)
        handler = _find_nearest(table, table.words.handler)
        if handler is None or not isinstance(handler.node.value, str):
            return None
        code_root = self.root / str(folder.node.value if folder is not None else "")
        if not is_program(handler.node.value, code_root, read_variables(_environment(table))):
            return None
        return f"its handler `{handler.node.value}` is a program to start, as Lambda Web Adapter does, not a function"

    def _target(self, table: FunctionTable, setting: Setting | None, runtime: str | None) -> Target | None:
        architecture = self._architecture(table)
        name = self.wishes.runtime or runtime
        if name is None:
            self._report_missing(table, table.words.runtime, "has no runtime, such as `python3.12`")
            return None
        try:
            return make_target(name, architecture)
        except UnknownRuntimeError:
            if self.wishes.runtime or setting is None:
                raise
            setting.reject(f"`{name}` is not a Python runtime of Lambda, {suggest(name, runtime_names())}")
            return None

    def _architecture(self, table: FunctionTable) -> Architecture:
        known = [architecture.value for architecture in Architecture]
        setting = _nearest(table, table.words.architecture)
        word = self.wishes.architecture or (_single_text(setting) if setting else None) or Architecture.X86_64.value
        if word in known:
            return Architecture(word)
        if self.wishes.architecture or setting is None:
            raise UnknownArchitectureError(word, tuple(known))
        setting.reject(f"`{word}` is not an architecture of Lambda, {suggest(word, known)}")
        return Architecture.X86_64

    def _code_root(self, table: FunctionTable) -> Path | None:
        """Return the folder that becomes the root of the zip; `None` for a mistake."""
        word = table.words.code
        setting = table.code or (_nearest(table, word) if word else None)
        if setting is None:
            return None if word and self._is_reported(table, word) else self.root
        text = setting.text()
        if text is None:
            return None
        folder = self.root / text
        if not is_folder(folder):
            there = [path.name for path in self.root.iterdir() if path.is_dir() and not path.name.startswith(".")]
            setting.reject(f"the folder `{text}` is not there, {suggest(text, sorted(there))}")
            return None
        return Path(os.path.normpath(folder))

    def _handler(
        self, table: FunctionTable, code_root: Path, folders: tuple[str, ...], *, has_packages: bool
    ) -> FoundHandler | None:
        setting = _nearest(table, table.words.handler)
        if setting is None:
            self._report_missing(table, table.words.handler, "has no handler, such as `handlers/users.create_user`")
            return None
        text = setting.text()
        if text is None:
            return None
        if text.startswith("./"):
            # Lambda turns slashes into dots and imports `..handlers.users`, a relative import of nothing.
            self.notes.append(f"function `{table.name}`: Lambda cannot import `{text}`, deploy it as `{text[2:]}`")
        try:
            return find_handler(text, code_root, folders)
        except HandlerError as error:
            if has_packages and is_elsewhere(text, code_root, folders):
                problem = f"{setting.place}  {setting.key}: {error}"
                return FoundHandler(handler=split_handler(text), path="", problem=problem)
            setting.reject(str(error))
            return None

    def _report_missing(self, table: FunctionTable, name: str, problem: str) -> None:
        if not self._is_reported(table, name):
            self.mistakes.add(table.setting.place, table.setting.key, problem)

    def _is_reported(self, table: FunctionTable, name: str) -> bool:
        """Tell whether a setting is there but could not be answered, which has been reported under its own key."""
        return any(self.mistakes.has(f"{setting.key}.{name}") for setting in (table.setting, *table.providers))


def _nearest(table: FunctionTable, name: str) -> Setting | None:
    found = (setting.get(name) for setting in (table.setting, *table.providers))
    return next((setting for setting in found if setting is not None), None)


def _find_nearest(table: FunctionTable, name: str) -> Setting | None:
    """Return a setting as `_nearest` does, but note nothing."""
    found = (setting.find(name) for setting in (table.setting, *table.providers))
    return next((setting for setting in found if setting is not None), None)


def _environment(table: FunctionTable) -> Iterator[Setting]:
    """Yield the tables of a function's variables, its own last."""
    for source in (*reversed(table.providers), table.setting):
        found: Setting | None = source
        for word in table.words.environment:
            found = found.find(word) if found is not None else None
        if found is not None:
            yield found


def _single_text(setting: Setting) -> str | None:
    """Return a text, or the only one of a list, as SAM writes `Architectures: [arm64]`."""
    elements = setting.elements()
    return (elements[0] if len(elements) == 1 else setting).text()


def _why_not_python(runtime: str | None) -> str | None:
    return None if runtime is None or runtime.startswith("python") else f"its runtime is `{runtime}`"

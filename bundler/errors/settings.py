"""The project's settings are wrong."""

from bundler.failure import BundleError


class SettingsError(BundleError):
    """The project's settings are wrong or not there."""

    exit_code = 2


class ArgumentError(SettingsError, ValueError):
    """An argument of the Python interface has a value that there is not."""

    def __init__(self, *, argument: str, value: object, wanted: str) -> None:
        super().__init__(f"`{argument}` is {value!r}, and has to be {wanted}")


class SettingsMissingError(SettingsError):
    """The folder holds no settings."""

    def __init__(self, folder: str, looked_for: tuple[str, ...], hints: tuple[str, ...] = ()) -> None:
        names = ", ".join(f"`{name}`" for name in looked_for)
        super().__init__(f"`{folder}` has no settings: looked for {names}", hints=hints)


class SettingsUnreadableError(SettingsError):
    """A settings file cannot be read at all: its syntax, its encoding, its permissions."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        place = f"{file}:{line}" if line else file
        super().__init__(f"`{place}` cannot be read: {problem}")


class SettingsMistakesError(SettingsError):
    """Every mistake found in the settings, each as `file:line  key: what is wrong`."""

    def __init__(self, file: str, mistakes: tuple[str, ...]) -> None:
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__("\n".join((f"`{file}` has {count}:", *(f"  {mistake}" for mistake in mistakes))))
        self.mistakes = mistakes


class UnknownFunctionError(SettingsError):
    """Functions are asked for that the settings do not have."""

    def __init__(self, names: tuple[str, ...], known: tuple[str, ...]) -> None:
        asked = ", ".join(f"`{name}`" for name in names)
        there = ", ".join(f"`{name}`" for name in known) or "none"
        super().__init__(f"there is no function {asked}", hints=(f"the functions are: {there}",))


class SizesMissingError(SettingsError):
    """There is nothing to compare with."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(
            f"no sizes in `{where}`: {problem}",
            hints=("`lbundle baseline` writes `lbundle-sizes.json`, which is made to be committed",),
        )


class SizesConflictError(SettingsError):
    """The baseline was merged by git, which left the choice to the user."""

    def __init__(self, where: str, line: int) -> None:
        super().__init__(
            f"`{where}` has a conflict that git left: line {line}",
            hints=("once the code is merged, `lbundle check --update` writes it anew",),
        )


class GrowthFormError(SettingsError):
    """An allowed growth is neither a share nor a size."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`{text}` is not a growth such as `5%`, `200 kB` or `5% or 200 kB`")


class AmountFormError(SettingsError):
    """A size or an age of the cache is none."""

    def __init__(self, text: str, examples: str) -> None:
        super().__init__(f"`{text}` is not of the form {examples}")


class UnknownArchitectureError(SettingsError):
    """An architecture is asked for that Lambda does not have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        there = ", ".join(f"`{one}`" for one in known)
        super().__init__(f"`{name}` is not an architecture of Lambda", hints=(f"the architectures are: {there}",))


class InterpreterSettingError(SettingsError):
    """A setting names an interpreter that is not the one it should be."""

    def __init__(self, setting: str, path: str, version: str) -> None:
        super().__init__(
            f"`{setting}` names `{path}`, which is not a released CPython {version}",
            hints=(f"set it to the path of a `python{version}`, or unset it to look on this machine",),
        )


class EmulatedSettingError(SettingsError):
    """A setting names an interpreter of another architecture that does not start, or is another."""

    def __init__(self, setting: str, path: str, wanted: str) -> None:
        super().__init__(
            f"`{setting}` names `{path}`, which does not start as {wanted}",
            hints=("it takes qemu's user mode and that architecture's C library, which `QEMU_LD_PREFIX` names",),
        )


class BundleNotDescribedError(SettingsError):
    """A zip is to be verified and nothing says what it was built for."""

    def __init__(self, zip_path: str, metafile: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"nothing says what `{zip_path}` is built for: {', '.join(missing)}",
            hints=(
                f"`{metafile}` beside it would, as `lbundle build` writes it",
                f"or say it: {', '.join(f'`--{name}`' for name in missing)}",
            ),
        )


class MetafileUnreadableError(SettingsError):
    """A metafile is damaged, or of a release that is newer than this one."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"the metafile `{name}` cannot be read: {problem}", hints=("`lbundle build` writes it anew, with its zip",)
        )


class HandlerFormError(SettingsError):
    """A handler is given that names no function of a module."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`{text}` is not of the form `folder/module.function`")


class BundleMissingError(SettingsError):
    """A function is to run whose zip is not there."""

    def __init__(self, function: str, folder: str) -> None:
        super().__init__(
            f"there is no zip of `{function}` in `{folder}`",
            hints=("`lbundle build` makes it, `--folder` names another place",),
        )


class LayerMissingError(SettingsError):
    """A function is to run with a layer whose zip is not there."""

    def __init__(self, function: str, layer: str, path: str) -> None:
        super().__init__(
            f"`{function}` runs with the layer `{layer}`, and there is no `{path}`",
            hints=("`lbundle build` makes it",),
        )


class NotRunnableError(SettingsError):
    """This machine cannot run what is built for the target."""

    def __init__(self, function: str, problem: str) -> None:
        super().__init__(f"`{function}` cannot run here: {problem}")


class NoNamespacesError(NotRunnableError):
    """The network cannot be taken away from a function."""

    def __init__(self, function: str, problem: str) -> None:
        super().__init__(function, f"`--no-network` takes what this machine does not allow: {problem}")


class FunctionUnnamedError(SettingsError):
    """A function is to run and none is named."""

    def __init__(self) -> None:
        super().__init__("no function is named", hints=("`lbundle invoke FUNCTION`, or `--function FUNCTION`",))


class EventsMissingError(SettingsError):
    """The settings name files of events that are not there."""

    def __init__(self, function: str, patterns: tuple[str, ...]) -> None:
        shown = ", ".join(f"`{pattern}`" for pattern in patterns)
        super().__init__(f"`{function}` has no events: nothing fits {shown}", hints=("`events` names files or globs",))


class NoTriggerError(SettingsError):
    """A function has nothing that calls it, of what is known."""

    def __init__(self, function: str, kinds: tuple[str, ...]) -> None:
        super().__init__(
            f"`{function}` has no trigger whose events are known",
            hints=(f"name one of: {', '.join(kinds)}",),
        )


class UnknownTemplateError(SettingsError):
    """An event is asked for of a kind that is not known."""

    def __init__(self, name: str, kinds: tuple[str, ...]) -> None:
        super().__init__(f"`{name}` is no kind of event", hints=(f"the kinds are: {', '.join(kinds)}",))


class EventFormError(SettingsError):
    """An event is no JSON."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"the event in `{file}` is not JSON: {problem}")


class VariableFormError(SettingsError):
    """An environment variable is given without a name or a value."""

    def __init__(self, text: str) -> None:
        super().__init__(f"`{text}` is not of the form `NAME=VALUE`")


class QueryFormError(SettingsError):
    """What Terraform asks is no JSON object of texts, or has keys that are unknown."""

    def __init__(self, unknown: tuple[str, ...], known: tuple[str, ...]) -> None:
        asked, there = (", ".join(f"`{key}`" for key in keys) for keys in (unknown, known))
        problem = f"has unknown keys: {asked}" if unknown else "is not a JSON object of texts"
        super().__init__(f"the query on stdin {problem}", hints=(f"the keys are: {there}",))

"""What Lambda is told of a function beside its code: timeout, memory, variables and how it logs."""

from collections.abc import Iterator

from bundler.configure.service import FunctionTable, Service
from bundler.configure.tables import Setting
from bundler.configure.yaml_lines import Value
from bundler.model.invocation import RunSettings

# What deploys with such settings asks of Lambda where they say nothing: timeout and memory.
_DEFAULTS = {"runtime": (6, 1024), "Runtime": (3, 128)}


def make_run_settings(service: Service, function: str) -> RunSettings:
    """Return what the settings say of a function, with the framework's own defaults."""
    table = next(table for table in service.functions if table.name == function)
    words = table.words
    timeout, memory = (30, 1024) if service.settings_path.suffix == ".toml" else _DEFAULTS[words.runtime]
    variables = dict(_variables(table))
    return RunSettings(
        timeout_seconds=_number(table, words.timeout) or timeout,
        memory_mb=int(_number(table, words.memory) or memory),
        variables=tuple((name, value) for name, value in variables.items() if value is not None),
        unknown_variables=tuple(name for name, value in variables.items() if value is None),
        has_json_logs=_logging(table, "logFormat").upper() == "JSON",
        log_level=_logging(table, "applicationLogLevel").upper(),
    )


def _sources(table: FunctionTable) -> tuple[Setting, ...]:
    """Return the tables that speak of a function, nearest first."""
    return (table.setting, *table.providers)


def _find(setting: Setting | None, *names: str) -> Setting | None:
    for name in names:
        setting = setting.find(name) if setting is not None else None
    return setting


def _number(table: FunctionTable, word: str) -> float | None:
    for source in _sources(table):
        setting = _find(source, word)
        value = setting.node.value if setting is not None else None
        if isinstance(value, str) and value.isdecimal():
            return float(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _variables(table: FunctionTable) -> Iterator[tuple[str, str | None]]:
    """Give each variable with its text, `None` where only a deployment knows it; a later one stands."""
    for source in reversed(_sources(table)):
        setting = _find(source, *table.words.environment)
        for name in setting.node.value if setting is not None and isinstance(setting.node.value, dict) else ():
            value = setting.find(name) if setting is not None else None
            yield name, _text(value.node.value) if value is not None else None


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _logging(table: FunctionTable, key: str) -> str:
    """Return a word of the logging settings, which frameworks keep in different places and cases."""
    for source in _sources(table):
        for place in (("loggingConfig",), ("LoggingConfig",), ("logs",), ("logs", "lambda")):
            config = _find(source, *place)
            for name in (key, key[0].upper() + key[1:]):
                setting = _find(config, name)
                if setting is not None and isinstance(setting.node.value, str):
                    return setting.node.value
    return ""

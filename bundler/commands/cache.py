"""`lbundle cache`: what lbundle keeps between runs, and how that is made smaller."""

import json
import re
from typing import Annotated

import typer

from bundler.commands.options import JsonOption, say_waiting
from bundler.sizes import format_bytes, format_count

app = typer.Typer(
    name="cache",
    help="Tell what lbundle keeps between runs, and make it smaller.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_SIZES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_AGES = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60, "w": 7 * 24 * 60 * 60}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)


@app.command()
def info(*, as_json: JsonOption = False) -> None:
    """Tell where the cache is and what each part of it holds."""
    from bundler.system.home import cache_folder  # noqa: PLC0415 - starts fast
    from bundler.system.upkeep import measure_cache  # noqa: PLC0415 - starts fast

    folder, parts = cache_folder(), measure_cache()
    total = sum(part.size_bytes for part in parts)
    if as_json:
        told = {"folder": str(folder), "bytes": total, "parts": [part._asdict() for part in parts]}
        typer.echo(json.dumps({"schema": "lbundle-cache/1", **told}, indent=1))
        return
    width = max((len(part.name) for part in parts), default=0)
    for part in parts:
        typer.echo(f"{part.name:<{width}}{format_bytes(part.size_bytes):>12}{part.entries:>10,}")
    typer.echo(f"{format_bytes(total)} in {folder}")


@app.command()
def prune(
    *,
    max_size: Annotated[
        str | None, typer.Option("--max-size", metavar="SIZE", help="Keep at most that: what was used last.")
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="AGE", help="Remove what was not used that long: 30d, 12h."),
    ] = None,
) -> None:
    """Remove what was not used for long; without options, for 30 days."""
    from bundler.system.locks import announcing  # noqa: PLC0415 - starts fast
    from bundler.system.upkeep import prune_cache  # noqa: PLC0415 - starts fast

    most_bytes = int(_read(max_size, _SIZES, "`500MB` or `2GB`")) if max_size is not None else None
    if older_than is None and max_size is None:
        older_than = "30d"
    seconds = _read(older_than, _AGES, "`30d` or `12h`") if older_than is not None else None
    with announcing(say_waiting):
        gone = prune_cache(most_bytes=most_bytes, oldest_seconds=seconds)
    typer.echo(f"Removed {format_bytes(gone.size_bytes)} in {format_count(gone.entries, 'file')}")


@app.command()
def clear() -> None:
    """Remove all of it; the next build fetches and works out everything again."""
    from bundler.system.locks import announcing  # noqa: PLC0415 - starts fast
    from bundler.system.upkeep import clear_cache  # noqa: PLC0415 - starts fast

    with announcing(say_waiting):
        gone = clear_cache()
    typer.echo(f"Removed {format_bytes(gone.size_bytes)} in {format_count(gone.entries, 'file')}")


def _read(text: str, units: dict[str, int], examples: str) -> float:
    found = _AMOUNT.fullmatch(text.strip())
    unit = units.get(found[2].lower()) if found else None
    if found is None or unit is None:
        from bundler.errors import AmountFormError  # noqa: PLC0415 - starts fast

        raise AmountFormError(text, examples)
    return float(found[1]) * unit

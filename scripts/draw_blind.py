"""Draw the distributions over which functions are written blind, and split them into two sets.

The list is a table of distributions with tabs between its columns: name, version, month, rank among the most
downloaded, summary. `fixtures/blind/drawn.tsv` holds what a person judged by name and summary; the script asks for what
the draw needs and nobody judged yet, and writes the table anew with places, ranks and sets.
"""

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRAWN = ROOT / "fixtures" / "blind" / "drawn.tsv"
SEED = "blind 1"
MOST_DOWNLOADED = 3000
WANTED, MOST_OTHERS = 100, 60
"""At least 40 are of the kinds that are hard to trace; no more of kind `other` than this stand."""

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])? *==", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A distribution of the draw: taken if it has a kind."""

    name: str
    rank: int
    kind: str
    set: str = ""
    note: str
    """Why it was passed over, or why its function proved impossible."""


def main() -> int:
    """Draw as far as what was judged leads, and write the table when the draw is complete."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("list", type=Path, help="the table of distributions")
    ranked = _read_ranked(parser.parse_args().list)
    judged = _read_judged()
    chance = random.Random(SEED)  # noqa: S311 - a draw that anyone can repeat
    chance.shuffle(ranked)
    drawn, unknown = _draw(ranked, judged)
    if unknown:
        print("to be judged:", *unknown, sep="\n", file=sys.stderr)
        return 1
    _write(_split(drawn, chance))
    return 0


def _read_ranked(path: Path) -> list[tuple[int, str, str]]:
    """Return rank, name and summary of the most downloaded, in their order."""
    with path.open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    rows = [[*row, ""] for row in rows if row[3] and int(row[3]) <= MOST_DOWNLOADED]
    return sorted((int(rank), name, summary) for name, _, _, rank, summary, *_ in rows)


def _read_judged() -> dict[str, tuple[str, str]]:
    with DRAWN.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: (row["kind"], row["note"]) for row in csv.DictReader(lines, delimiter="\t")}


def _draw(ranked: Iterable[tuple[int, str, str]], judged: dict[str, tuple[str, str]]) -> tuple[list[Drawn], list[str]]:
    """Return all that is drawn until enough stand, and the next few for which there is no judgement."""
    drawn: list[Drawn] = []
    applications = set(_find_in_applications())
    for rank, name, summary in ranked:
        taken = [one.kind for one in drawn if one.kind]
        if len(taken) == WANTED:
            break
        if _normalize(name) in applications:
            drawn.append(Drawn(name=name, rank=rank, kind="", note="in an application of fixtures/apps"))
        elif name not in judged:
            return drawn, [f"{name}\t{summary}"]
        else:
            kind, note = judged[name]
            if kind == "other" and taken.count("other") == MOST_OTHERS:
                kind, note = "", "enough of other kinds stand"
            drawn.append(Drawn(name=name, rank=rank, kind=kind, note=note))
    return drawn, []


def _find_in_applications() -> Iterator[str]:
    for path in (ROOT / "fixtures" / "apps").glob("*/requirements.txt"):
        yield from map(_normalize, _PINNED.findall(path.read_text(encoding="utf-8")))


def _normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _split(drawn: list[Drawn], chance: random.Random) -> list[Drawn]:
    first = set(chance.sample(sorted(one.name for one in drawn if one.kind), WANTED // 2))
    return [replace(one, set="first" if one.name in first else "second") if one.kind else one for one in drawn]


def _write(drawn: Iterable[Drawn]) -> None:
    with DRAWN.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", lineterminator="\n")
        table.writerow(["name", "rank", "kind", "set", "note"])
        table.writerows([one.name, one.rank, one.kind, one.set, one.note] for one in drawn)


if __name__ == "__main__":
    sys.exit(main())

"""The page `docs/capacity.md`: what so many matches take. Every number is a measured figure times a stated factor.

The figures are in `docs/measurements.json`, each with what it is, how it was measured, when and where. `make docs`
writes the page of it; `make measurements` takes figures anew from what the benchmarks wrote below `data/`.
"""

import argparse
import math
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from pewstats_assets.fights.ids import fight_id, participant_id
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse.stored import MAX_MATCH_NO

ROOT: Final = Path(__file__).parents[1]
MEASUREMENTS: Final = ROOT / "docs" / "measurements.json"
VOLUMES: Final = (38_000, 1_000_000, 100_000_000)
CORES: Final = (2, 16, 128, 1024)

#: Matches in a batch, batches in a run, as they come.
BATCH_SIZE: Final[int] = Settings.model_fields["batch_size"].default
BATCHES_PER_RUN: Final[int] = Settings.model_fields["batches_per_run"].default
MATCHES_PER_RUN: Final = BATCH_SIZE * BATCHES_PER_RUN
#: The load that is taken here was measured with two runs at once on two cores.
CORES_OF_LOAD: Final = 2
#: PostgreSQL's default, of which it keeps 3 for administrators.
MAX_CONNECTIONS: Final = 100 - 3
#: Keys of batches have five digits.
MAX_BATCHES: Final = 99_999
#: What Dagster's documentation of partitions advises to stay within, for an asset.
DAGSTER_PARTITIONS: Final = 100_000
BIGINT: Final = 2**63 - 1


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure: its value in a unit, what it is, how it was measured, when, and on which machine."""

    value: float
    unit: str
    what: str
    how: str
    when: str
    machine: str


Measurements = Mapping[str, Measured]


class Quantities:
    """What matches take, by the figures that were measured.

    Bytes, seconds and rates, not rounded. `measured` needs the names of `TAKEN_FROM`, and `run_start_s`.
    """

    def __init__(self, measured: Measurements) -> None:
        self._of = {name: one.value for name, one in measured.items()}

    @property
    def core_seconds_a_match(self) -> float:
        """Of a batch at work on all cores, and of the start of its run, which `BATCHES_PER_RUN` batches share."""
        at_work = CORES_OF_LOAD / (self._of["inflate_rate"] * self._of["load_ratio"])
        return at_work + self._of["run_start_s"] / MATCHES_PER_RUN

    def rate(self, cores: int) -> float:
        """Matches a second with a run on each core, if as many cores are as many times as fast."""
        return cores / self.core_seconds_a_match

    def seconds(self, matches: int, cores: int) -> float:
        """A run is one core's, from its first batch to its last: more cores than runs are of no use."""
        rounds = math.ceil(math.ceil(matches / MATCHES_PER_RUN) / cores)
        return rounds * MATCHES_PER_RUN * self.core_seconds_a_match

    def batches(self, matches: int) -> int:
        return math.ceil(matches / BATCH_SIZE)

    def telemetry(self, matches: int) -> float:
        return matches * self._of["telemetry_bytes"]

    def parquet(self, matches: int) -> float:
        return matches * self._of["parquet_bytes"]

    def warehouse(self, matches: int) -> float:
        return matches * self._of["warehouse_bytes"]

    def dagster(self, matches: int) -> float:
        return self.batches(matches) * self._of["dagster_bytes"]

    def all_bytes(self, matches: int) -> float:
        return self.telemetry(matches) + self.parquet(matches) + self.warehouse(matches) + self.dagster(matches)

    def events(self, matches: int) -> float:
        return self.batches(matches) * self._of["events"]

    def fights(self, matches: int) -> float:
        return matches * self._of["fights"]

    def participants(self, matches: int) -> float:
        return matches * self._of["participants"]

    def comparison_s(self, matches: int) -> float:
        return matches * self._of["comparison_s"]

    def memory(self, cores: int) -> float:
        return cores * self._of["run_bytes"]

    def connections(self, cores: int) -> float:
        return self._of["service_connections"] + self._of["run_connections"] * cores

    def runs_within(self, connections: int) -> int:
        """Runs at once that so many connections are enough for."""
        return int((connections - self._of["service_connections"]) // self._of["run_connections"])

    def database_cores(self, cores: int) -> float:
        """Cores of PostgreSQL's own, if all the time of writing and checking were its."""
        return self.rate(cores) * self._of["database_s"]


def largest_ids(matches: int) -> tuple[int, int]:
    """Return the largest ids of a fight and of a participant there can be among so many matches."""
    of_fight = fight_id(matches, 999)
    return of_fight, participant_id(of_fight, 999)


def page(measured: Measurements) -> str:
    """Write the page, in Markdown."""
    take = Quantities(measured)
    of = {name: _value(one.value) for name, one in measured.items()}
    parts = [
        _HEAD,
        "## What matches take\n",
        _table(
            ["", "each number is", *(f"{volume:,} matches" for volume in VOLUMES)],
            [
                [name, how, *(show(quantity(volume)) for volume in VOLUMES)]
                for name, how, quantity, show in _quantities(take, of)
            ],
        ),
        _BATCH_SIZE.format(size=BATCH_SIZE, batches=MAX_BATCHES, needed=_needed_batch_size(VOLUMES[-1])),
        "## How long they take, on so many cores\n",
        _CORES,
        _table(
            ["", "each number is", *(f"{cores:,} cores" for cores in CORES)],
            [
                [name, how, *(show(quantity(cores)) for cores in CORES)]
                for name, how, quantity, show in _by_cores(take, of)
            ],
        ),
        "## Where it breaks first\n",
        _table(["limit", "reached at", "which is", "what to change"], _limits(take, of)),
        _FIRST.format(comparison=_time(take.comparison_s(VOLUMES[1])), terabytes=_bytes(take.all_bytes(VOLUMES[1]))),
        "## What was measured\n",
        _MEASURED,
        _table(
            ["figure", "value", "what", "how", "when", "machine"],
            [
                [f"`{name}`", f"{_value(one.value)} {one.unit}".strip(), one.what, one.how, one.when, one.machine]
                for name, one in measured.items()
            ],
        ),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


_Row = tuple[str, str, Callable[[int], float], Callable[[float], str]]


def _quantities(take: Quantities, of: Mapping[str, str]) -> list[_Row]:
    batches = f"batches of {BATCH_SIZE}"
    return [
        ("batches, which are partitions", f"matches / {BATCH_SIZE}", take.batches, _count),
        ("telemetry, gzip", f"matches x {of['telemetry_bytes']} bytes", take.telemetry, _bytes),
        ("Parquet", f"matches x {of['parquet_bytes']} bytes", take.parquet, _bytes),
        ("PostgreSQL, warehouse", f"matches x {of['warehouse_bytes']} bytes", take.warehouse, _bytes),
        ("PostgreSQL, Dagster", f"{batches} x {of['dagster_bytes']} bytes", take.dagster, _bytes),
        ("Dagster's events", f"{batches} x {of['events']}", take.events, _count),
        ("fights", f"matches x {of['fights']}", take.fights, _count),
        ("participants", f"matches x {of['participants']}", take.participants, _count),
        (
            "largest id of a participant",
            "(matches x 1000 + 999) x 1000 + 999",
            lambda matches: largest_ids(matches)[1],
            _count,
        ),
        ("comparison of players, once a day", f"matches x {of['comparison_s']} s", take.comparison_s, _time),
    ]


def _by_cores(take: Quantities, of: Mapping[str, str]) -> list[_Row]:
    a_match = (
        f"{CORES_OF_LOAD} / ({of['inflate_rate']} x {of['load_ratio']}) + {of['run_start_s']} /"
        f" ({BATCHES_PER_RUN} x {BATCH_SIZE}) core seconds a match"
    )
    return [
        ("matches a second", f"cores / ({a_match})", take.rate, lambda value: f"{value:,.0f}"),
        *(
            (
                f"{volume:,} matches",
                f"runs of {MATCHES_PER_RUN:,} / cores, rounded up, x {MATCHES_PER_RUN:,} / matches a second of a core",
                lambda cores, volume=volume: take.seconds(volume, cores),
                _time,
            )
            for volume in VOLUMES
        ),
        ("memory of the runs, one on each core", f"cores x {of['run_bytes']} bytes", take.memory, _bytes),
        (
            "connections",
            f"{of['service_connections']} + cores x {of['run_connections']}",
            take.connections,
            _count,
        ),
        (
            "cores of PostgreSQL, at most",
            f"matches a second x {of['database_s']} s",
            take.database_cores,
            lambda value: f"{value:,.1f}",
        ),
    ]


def _limits(take: Quantities, of: Mapping[str, str]) -> list[list[str]]:
    hour_of_comparison = 3600 / take.comparison_s(1)
    runs = take.runs_within(MAX_CONNECTIONS)
    return [
        [
            "an hour for the comparison of players",
            f"{hour_of_comparison:,.0f} matches",
            f"3600 s / {of['comparison_s']} s a match; assumed to grow as matches do",
            "stop its schedule, and compare when there is time: nothing else waits for it",
        ],
        [
            "keys of batches: five digits",
            f"{MAX_BATCHES * BATCH_SIZE:,} matches",
            f"{MAX_BATCHES:,} x {BATCH_SIZE}",
            "`PEWSTATS_BATCH_SIZE`, before matches are registered: a match stays in its batch",
        ],
        [
            "partitions of an asset, as Dagster documents them",
            f"{DAGSTER_PARTITIONS * BATCH_SIZE:,} matches",
            f"{DAGSTER_PARTITIONS:,} x {BATCH_SIZE}",
            "the same",
        ],
        [
            "a disk of 1 TB",
            f"{1e12 / take.all_bytes(BATCH_SIZE) * BATCH_SIZE:,.0f} matches",
            "1 TB / all bytes of a match, Dagster's by batches",
            "telemetry and Parquet in an [object store](object-storage.md): they are nine tenths of it",
        ],
        [
            "PostgreSQL's default of 100 connections",
            f"{runs} runs at once, one a core",
            f"({MAX_CONNECTIONS} - {of['service_connections']}) / {of['run_connections']}",
            "`max_connections` of the server: [PostgreSQL at size](postgresql.md#connections)",
        ],
        [
            "a PostgreSQL of 16 cores",
            f"{16 / take.database_cores(1):,.0f} cores at work",
            f"16 / ({of['database_s']} s x matches a second of one core)",
            "a larger server; the rows of a batch do not depend on those of another",
        ],
        [
            "numbers of matches",
            f"{MAX_MATCH_NO:,} matches",
            f"a constraint; a participant's id is {largest_ids(MAX_MATCH_NO)[1] / BIGINT:.1%} of BIGINT's range then",
            "nothing",
        ],
    ]


def _needed_batch_size(matches: int) -> int:
    return math.ceil(matches / MAX_BATCHES)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _value(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _bytes(value: float) -> str:
    return f"{value / 1e12:,.1f} TB" if value >= 1e12 else f"{value / 1e9:,.1f} GB"


def _time(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:,.0f} s"


_HEAD: Final = """\
# Capacity

<!-- Made of docs/measurements.json by `make docs`. Change pewstats_assets_tests/capacity.py, or measure, instead. -->

What a season, a million matches and all of PUBG take. Every number here is a figure that was measured times a factor
that stands beside it; nothing was tried beyond a season. What was measured is [below](#what-was-measured), all of it
with full-size matches (36,000 events) or a season's mix of fights. On your machine: `make bench`, `make bench-growth`
and `make bench-profiles`, then `make measurements docs`.
"""
_BATCH_SIZE: Final = """
Batches are of {size} matches. There can be {batches:,} of them, so 100 million matches want batches of {needed:,} at
least: `PEWSTATS_BATCH_SIZE=2000`, say, which also leaves a twentieth of the events. How much memory a run takes then
was not measured. Dagster's rows are those of one load of every batch; each further load adds as much, until
[`pewstats prune runs`](production.md#retention) removes what it replaced.
"""
_CORES: Final = """\
Measured on 2 cores with two runs at once, PostgreSQL on the same ones. That more cores are as many times as fast is an
assumption, and so is a PostgreSQL that keeps up: the last line says what it needs for that, if all the time of writing
were its own. A machine that inflates faster does the rest faster in about the same ratio. Connections
are the most that were seen; [PostgreSQL at size](postgresql.md#connections) counts with room for people who look.
"""
_FIRST: Final = """
**38 thousand matches**: nothing. One machine of 2 cores, the embedded PostgreSQL, all defaults.

**A million**: the disk, with {terabytes} in all; then patience, for the comparison of players takes {comparison} a day.
More machines are a matter of hours, not of limits: [in production](production.md).

**A hundred million**: keys of batches and Dagster's partitions first, so set the batch size before anything is
registered; then the comparison of players, which does not end within its day; then connections and cores of PostgreSQL,
by how many runs go on at once. Ids have room.
"""
_MEASURED: Final = """\
Times are those of one machine: trust the ratio of loading to inflating. Sizes and counts do not depend on it.
"""

_Files = Mapping[str, Any]


def _row(rows: Sequence[Mapping[str, Any]], **of: object) -> Mapping[str, Any]:
    return next(row for row in rows if all(row[name.replace("_", " ")] == value for name, value in of.items()))


#: Where `make measurements` takes each figure from: which file below `data/`, and what of it.
TAKEN_FROM: Final[Mapping[str, tuple[str, Callable[[Any], float]]]] = {
    "inflate_rate": ("benchmark", lambda it: 1000 / _row(it["stages"], match="full size", stage="inflate")["ms"]),
    "load_ratio": ("benchmark", lambda it: _row(it["batch"], load="2 at once")["x inflate rate"]),
    "run_bytes": ("benchmark", lambda it: _row(it["batch"], load="2 at once")["peak MB"] * 1e6 / 2),
    "database_s": (
        "benchmark_profiles",
        lambda it: sum(row["ms a match"] for row in it["loading"] if row["beside batches"] == 380) / 1000,
    ),
    "comparison_s": ("benchmark_profiles", lambda it: it["refresh"][0]["seconds"] / _matches(it)),
    "warehouse_bytes": (
        "benchmark_profiles",
        lambda it: sum(row["MB"] or 0 for row in it["history"]) * 1e6 / _matches(it),
    ),
    "fights": ("benchmark_profiles", lambda it: _row(it["history"], table="team_fights")["rows"] / _matches(it)),
    "participants": (
        "benchmark_profiles",
        lambda it: _row(it["history"], table="fight_participants")["rows"] / _matches(it),
    ),
    "telemetry_bytes": ("growth", lambda it: it["telemetry bytes a match"]),
    "parquet_bytes": ("growth", lambda it: it["Parquet bytes a match"]),
    "dagster_bytes": ("growth", lambda it: it["Dagster bytes a batch"]),
    "events": ("growth", lambda it: it["events a batch"]),
    "run_connections": ("growth", lambda it: it["connections of a run"]),
    "service_connections": ("growth", lambda it: it["connections of webserver and daemon"]),
}


def _matches(profiles: _Files) -> int:
    return int(_row(profiles["history"], table="matches")["rows"])


def refreshed(measured: Measurements, data: Path, machine: str) -> dict[str, Measured]:
    """Take the figures anew whose files are below `data`; the others stay."""
    new = dict(measured)
    for name, (stem, value) in TAKEN_FROM.items():
        file = data / f"{stem}.json"
        if file.exists():
            taken = value(msgspec.json.decode(file.read_bytes()))
            when = datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()
            new[name] = msgspec.structs.replace(measured[name], value=float(f"{taken:.4g}"), when=when, machine=machine)
    return new


def read() -> dict[str, Measured]:
    """Read the figures."""
    return msgspec.json.decode(MEASUREMENTS.read_bytes(), type=dict[str, Measured])


def main() -> None:
    """Print the page; with `--refresh`, take the figures anew instead."""
    parser = argparse.ArgumentParser(description="Write the capacity page, or take its figures anew.")
    parser.add_argument("--refresh", type=Path, metavar="DATA", help="take figures from the benchmarks' files there")
    arguments = parser.parse_args()
    if arguments.refresh is None:
        sys.stdout.write(page(read()))
        return
    new = refreshed(read(), arguments.refresh, f"{os.cpu_count()} cores, {platform.machine()}")
    MEASUREMENTS.write_bytes(msgspec.json.format(msgspec.json.encode(new), indent=2) + b"\n")


if __name__ == "__main__":
    main()

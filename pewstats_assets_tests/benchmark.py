"""`make bench`: what decoding, detecting and writing cost, as ratios to inflating the same file in the same minute.

No figure of it is asserted anywhere: machines differ, and neighbours disturb. Read the ratios, and repeat.

How the figures are taken:

* **Stages**, per match: this process keeps to one core and polars to one thread. In each of `ROUNDS` rounds every stage
  is run once, one after the other. The time is the median over the rounds; the ratio is the median of the ratios to
  *inflate*, the floor, in the same round. *bytes to fights* is what `pewstats detect` does: inflate, decode the combat
  events, detect. *decode all* is what a batch does: gzip to the typed frames of every kind. Files are the full-size one
  (`--file`) and a simulated match.
* **Growth**: detection for the full-size file's combat events, then for so many copies of them, each with teams and
  players of its own, at the same times and places.
* **Database**: the write of one batch of 20 full-size matches (fights, participants, knocks, squads and `matches`),
  its sums for the profiles, and the rules judged of it afterwards, when it is the first, the tenth and the hundredth in
  the tables: the median of five from there on.
* **Batch**: 100 copies of the full-size file, each with a match id, accounts and names of its own, from gzip files to
  committed rows by `pewstats backfill` on all cores: the assets' Parquet, fights, participants, profiles, all checks,
  and Dagster, but for the start of the process. The inflate rate is that of one core for one of these copies,
  taken just before. The same for two batches in two processes at once, as the daemon runs them. Memory is the
  largest sum of the resident sets of all processes of the backfill, shared pages counted once (PSS), PostgreSQL not
  included.
"""

# ruff: noqa: T201 what it prints is what it is for

import argparse
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import deflate
import msgspec
import polars as pl
import psycopg

from pewstats_assets.fights import MatchFights, detect_fights, find_fights
from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.profiles import sum_profiles
from pewstats_assets.settings import Settings
from pewstats_assets.simulation import simulate_match
from pewstats_assets.tables import print_table, to_json
from pewstats_assets.telemetry import decode_bytes, decode_combat
from pewstats_assets.telemetry.files import inflate
from pewstats_assets.telemetry.identity import definition_at_head
from pewstats_assets.telemetry.store import FrameName
from pewstats_assets.warehouse import connect_databases, replace_fights
from pewstats_assets.warehouse.integrity import RULES, judge
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.warehouse.examples import match_id_of, register_matches

ROUNDS: Final = 40
#: Where the project's own full-size file lies, if it is there.
FULL_SIZE: Final = Path(__file__).parents[2] / "shared" / "telemetry" / "derived"
MATCHES: Final = 100
WRITTEN_AT_ONCE: Final = 20
COPIES: Final = (1, 2, 4, 8)
BATCHES: Final = (1, 10, 100)
#: Batches of which the median is taken, from the first, tenth and hundredth on.
AROUND: Final = 5
TARGETS: Final = {
    "bytes to fights": "at most 5 x inflate",
    "detect": "at most 5 ms where inflate takes 8: 0.63 x",
    "1 batch": "at least 0.2 x the inflate rate of one core",
    "peak MB": "below 1,500",
}

Row = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure decoding, detecting and writing.")
    parser.add_argument("--file", type=Path, help="a full-size telemetry file, gzipped")
    parser.add_argument("--json", type=Path, help="write the figures there as JSON, too")
    arguments = parser.parse_args()
    if pl.thread_pool_size() != 1:
        parser.error("set POLARS_MAX_THREADS=1: the stages are measured with one thread")
    full_size = arguments.file or next(iter(sorted(FULL_SIZE.glob("*.json.gz"))), None)

    figures: dict[str, list[Row]] = {"stages": []}
    simulated = simulate_match(1, 0)
    content = bytes(deflate.gzip_compress(msgspec.json.encode(simulated.events), 6))
    with one_core():
        if full_size is not None:
            _say(f"stages, {full_size.name} ...")
            figures["stages"] += stages("full size", full_size.read_bytes(), full_size)
        _say("stages, simulated match ...")
        figures["stages"] += stages("simulated", content, Path(f"{simulated.match_id}.json.gz"))
        file, path = (full_size.read_bytes(), full_size) if full_size else (content, Path("simulated.json.gz"))
        combat = decode_combat(file, path).combat
        _say("growth ...")
        figures["growth"] = growth(combat)
    with tempfile.TemporaryDirectory(prefix="pewstats-bench-") as scratch:
        _say(f"{max(BATCHES)} batches in the database ...")
        figures["database"] = database(Path(scratch) / "database", file, path)
        _say(f"2 times {MATCHES} files to committed rows ...")
        figures["batch"] = batch(Path(scratch) / "batch", file)

    for name, rows in figures.items():
        print(f"\n{name}")
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    print("Targets: " + "; ".join(f"{name} {target}" for name, target in TARGETS.items()) + ".")
    if full_size is None:
        print("Measured on a simulated match, a sixth of a full-size file: give one with FILE=<telemetry>.json.gz.")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(to_json({"targets": TARGETS, **figures}) + "\n", encoding="utf-8")


def stages(name: str, content: bytes, path: Path) -> list[Row]:
    """Time the stages of one match on one core."""
    json = inflate(content)
    combat = decode_combat(json, path).combat
    timed: Mapping[str, Callable[[], object]] = {
        "inflate": lambda: inflate(content),
        "decode combat": lambda: decode_combat(json, path),
        "detect": lambda: detect_fights(combat),
        "bytes to fights": lambda: detect_fights(decode_combat(content, path).combat),
        "decode all": lambda: decode_bytes(content, path),
    }
    times: dict[str, list[float]] = {stage: [] for stage in timed}
    for _ in range(ROUNDS):
        for stage, run in timed.items():
            times[stage].append(milliseconds(run))
    floor = times["inflate"]
    return [
        {
            "match": name,
            "stage": stage,
            "ms": round(median(of_stage), 2),
            "x inflate": round(median(time / of_floor for time, of_floor in zip(of_stage, floor, strict=True)), 2),
        }
        for stage, of_stage in times.items()
    ]


def growth(combat: pl.DataFrame) -> list[Row]:
    """Time detection for copies of a match's combat events, each with teams of its own."""
    rows: list[Row] = []
    for copies in COPIES:
        crowd = pl.concat(
            combat.with_columns(
                pl.col("actor_team_id", "victim_team_id") + 1000 * copy,
                pl.concat_str(pl.col("actor_name"), pl.lit(f"#{copy}")),
                pl.concat_str(pl.col("victim_name"), pl.lit(f"#{copy}")),
            )
            for copy in range(copies)
        ).sort("event_index", maintain_order=True)
        ms = median(milliseconds(partial(detect_fights, crowd)) for _ in range(ROUNDS // 4))
        rows.append(
            {
                "combat events": f"{copies} x",
                "fights": len(detect_fights(crowd)),
                "detect ms": round(ms, 2),
                "x 1 x": round(ms / rows[0]["detect ms"], 2) if rows else 1.0,
            }
        )
    return rows


def database(home: Path, content: bytes, path: Path) -> list[Row]:
    """Time the write of a batch and its rules when others are in the tables."""
    telemetry = decode_bytes(content, path)
    number = pl.lit(1, pl.Int64()).alias("match_no")
    names: tuple[FrameName, ...] = ("facts", "combat", "positions", "phases", "rosters")
    found = find_fights({name: getattr(telemetry, name).select(number, pl.all()) for name in names})
    (match,) = found.matches
    assert isinstance(match, MatchFights)
    rows: list[Row] = []
    with pewstats_home(home):
        settings = Settings.from_environment()
        databases = connect_databases(settings)
        with databases.connect() as connection:
            numbers = list(range(1, (max(BATCHES) + AROUND - 1) * WRITTEN_AT_ONCE + 1))
            batches = register_matches(connection, numbers, WRITTEN_AT_ONCE).batches
        rules = [rule for rule in RULES if rule.per_batch]
        write_ms: list[float] = []
        profiles_ms: list[float] = []
        rules_ms: list[float] = []
        for present, key in enumerate(batches, start=1):
            mine = numbers[(present - 1) * WRITTEN_AT_ONCE : present * WRITTEN_AT_ONCE]
            detected = [replace(match, match_no=number, match_id=match_id_of(number)) for number in mine]
            details = FightDetails.concat(of_match(found.details, number) for number in mine)
            with databases.connect() as connection:
                run = partial(replace_fights, connection, key, "v2", detected, [], details=details)
                write_ms.append(milliseconds(run))
            with databases.connect() as connection:
                profiles_ms.append(milliseconds(partial(add_to_profiles, connection, key)))
            with databases.connect() as connection:
                rules_ms.append(milliseconds(partial(judge, connection, rules, [key], settings)))
        for present in BATCHES:
            write = median(write_ms[present - 1 : present - 1 + AROUND]) / WRITTEN_AT_ONCE
            profiles = median(profiles_ms[present - 1 : present - 1 + AROUND]) / WRITTEN_AT_ONCE
            ruled = median(rules_ms[present - 1 : present - 1 + AROUND])
            rows.append(
                {
                    "batches": present,
                    "write ms per match": round(write, 2),
                    "write x first": round(write / rows[0]["write ms per match"], 2) if rows else 1.0,
                    "profiles ms per match": round(profiles, 2),
                    "profiles x first": round(profiles / rows[0]["profiles ms per match"], 2) if rows else 1.0,
                    "rules ms per batch": round(ruled, 1),
                    "rules x first": round(ruled / rows[0]["rules ms per batch"], 2) if rows else 1.0,
                }
            )
    return rows


def of_match(details: FightDetails, number: int) -> FightDetails:
    """Take the details of a match as those of another."""
    match_no = pl.lit(number, pl.Int64()).alias("match_no")
    return FightDetails(
        details.participants.with_columns(match_no),
        details.knocks.with_columns(match_no),
        details.squads.with_columns(match_no),
    )


def add_to_profiles(connection: psycopg.Connection, key: str) -> None:
    """Do what the asset does for a batch."""
    replace_profiles(connection, key, sum_profiles(fights_of(connection, key)))


def batch(home: Path, content: bytes) -> list[Row]:
    """Load batches of files by `pewstats backfill`."""
    folder = home / "telemetry"
    file = write_copies(folder, content, 3 * MATCHES)
    with one_core():
        inflate_rate = 1000 / median(milliseconds(partial(inflate, file)) for _ in range(ROUNDS))
    pewstats = Pewstats(home / "data")
    del pewstats.environment["POLARS_MAX_THREADS"]  # that is for the stages
    pewstats.run("register", str(folder))
    rows = []
    for name, batches in {"1 batch": ["batch_00001"], "2 at once": ["batch_00002", "batch_00003"]}.items():
        peak = Peak()
        processes = [pewstats.start("backfill", key) for key in batches]
        with peak.of([process.pid for process in processes]):
            for process in processes:
                _, err = process.communicate()
                if process.returncode:
                    sys.exit(err)
        rate = MATCHES * len(batches) / pewstats_seconds(home / "data", batches)
        rows.append(
            {
                "load": name,
                "matches/s": round(rate, 1),
                "x inflate rate": round(rate / inflate_rate, 3),
                "peak MB": round(peak.bytes / 1e6),
            }
        )
    return rows


def write_copies(folder: Path, content: bytes, copies: int, level: int = 6) -> bytes:
    """Write copies of a telemetry file, each with a match id, accounts and names of its own; return the last."""
    match_id = (definition_at_head(content).match_id or "").encode()
    json = bytes(inflate(content))
    folder.mkdir(parents=True)
    file = b""
    for number in range(1, copies + 1):
        copy = json.replace(match_id, match_id_of(number).encode())
        copy = copy.replace(b'"accountId":"account.', b'"accountId":"account.%03d' % number)
        copy = copy.replace(b'"name":"', b'"name":"%03d' % number)
        file = bytes(deflate.gzip_compress(copy, level))
        (folder / f"{match_id_of(number)}.json.gz").write_bytes(file)
    return file


def pewstats_seconds(home: Path, batches: list[str]) -> float:
    """Seconds from the start of the first of the runs of these batches to the end of the last, as Dagster has them."""
    from pewstats_assets.instance import open_instance  # noqa: PLC0415 the stages are measured without Dagster

    with pewstats_home(home):
        settings = Settings.from_environment()
        with open_instance(settings, connect_databases(settings)) as instance:
            records = [
                record
                for record in instance.get_run_records()
                if record.dagster_run.tags.get("dagster/partition") in batches
            ]
    assert len(records) == len(batches)
    return max(record.end_time or 0 for record in records) - min(record.start_time or 0 for record in records)


class Peak:
    """The most memory that processes and their descendants had at once."""

    def __init__(self) -> None:
        self.bytes = 0

    @contextmanager
    def of(self, pids: list[int]) -> Iterator[None]:
        """Watch processes while the block runs."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.1):
                self.bytes = max(self.bytes, sum(map(_memory, _with_descendants(pids))))

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def _with_descendants(pids: list[int]) -> set[int]:
    found = set(pids)
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid for pid in found if "postgres" not in _command(pid)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _memory(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def milliseconds(run: Callable[[], object]) -> float:
    """Run something; what it made is freed within the time."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process to one of its cores."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def pewstats_home(home: Path) -> Iterator[None]:
    """Let this process work with a home of its own."""
    before = dict(os.environ)
    os.environ.update(Pewstats(home).environment)
    for name in ("DAGSTER_HOME", "PEWSTATS_DATABASE_URL", "PEWSTATS_DAGSTER_DATABASE_URL"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

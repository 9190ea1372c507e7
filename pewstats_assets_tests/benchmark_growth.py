"""`make bench-growth`: what a batch of 100 full-size matches leaves, and how many connections its run takes.

No time is taken, so neighbours do not disturb. Two batches of copies of one full-size file (see `benchmark`) are loaded
by `pewstats backfill`, one after the other. What a batch leaves is what the second added: the first also made what is
there once, such as indexes and the snapshot of the job.

* **Parquet**: bytes of the files of one match that is alone.
* **Warehouse**, **Dagster**: bytes of all tables with their indexes and TOAST.
* **Events** and **results of checks**: rows that Dagster stores.
* **Connections**: the most that `pg_stat_activity` had while the run went on, and while webserver and daemon idled.
"""

# ruff: noqa: T201 what it prints is what it is for

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from pewstats_assets.settings import Settings
from pewstats_assets.tables import print_table, to_json
from pewstats_assets.telemetry import decode_bytes, nothing
from pewstats_assets.telemetry.store import write_part
from pewstats_assets.warehouse import connect_databases
from pewstats_assets_tests.benchmark import FULL_SIZE, MATCHES, pewstats_home, write_copies
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.test_ui import user_interface

#: Long enough for the daemon's threads to have ticked.
IDLE_S: Final = 40

SIZE: Final = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
ROWS: Final = """
SELECT (SELECT count(*) FROM event_logs), (SELECT count(*) FROM asset_check_executions),
    (SELECT sum(octet_length(event)) FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION')
"""
PARTICIPANTS: Final = "SELECT (SELECT count(*) FROM team_fights), (SELECT count(*) FROM fight_participants)"
CONNECTIONS: Final = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what a batch leaves.")
    parser.add_argument("--file", type=Path, help="a full-size telemetry file, gzipped")
    parser.add_argument("--json", type=Path, help="write the figures there as JSON, too")
    arguments = parser.parse_args()
    file = arguments.file or next(iter(sorted(FULL_SIZE.glob("*.json.gz"))), None)
    if file is None:
        parser.error("give a full-size telemetry file")
    content = file.read_bytes()
    with tempfile.TemporaryDirectory(prefix="pewstats-growth-") as scratch:
        figures = {
            "telemetry bytes a match": len(content),
            "Parquet bytes a match": parquet_bytes(Path(scratch), content, file),
            **measure(Path(scratch), content),
        }
    print_table(["figure", "value"], list(figures.items()))
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(to_json(figures) + "\n", encoding="utf-8")


def parquet_bytes(scratch: Path, content: bytes, path: Path) -> int:
    """Bytes of a match that is alone in its folder: of copies in one file, each but the first takes nearly nothing."""
    folder = scratch / "one match"
    folder.mkdir()
    write_part(folder, 0, [(1, decode_bytes(content, path))], nothing)
    return sum(file.stat().st_size for file in folder.iterdir())


def measure(scratch: Path, content: bytes) -> dict[str, int]:
    """Load two batches; what the second added."""
    print(f"2 times {MATCHES} files ...", file=sys.stderr)
    write_copies(scratch / "telemetry", content, 2 * MATCHES, level=1)
    home = scratch / "data"
    pewstats = Pewstats(home)
    pewstats.run("register", str(scratch / "telemetry"))
    pewstats.run("backfill", "batch_00001")
    with pewstats_home(home):
        databases = connect_databases(Settings.from_environment())
        dagster_url = databases.dagster_url.replace("+psycopg2", "")
        with (
            psycopg.connect(databases.warehouse, autocommit=True) as warehouse,
            psycopg.connect(dagster_url, autocommit=True) as dagster,
        ):
            ours = 1  # `dagster`; the one that counts leaves itself out
            before = state(warehouse, dagster)
            with most_connections(warehouse) as of_run:
                pewstats.run("backfill", "batch_00002")
            added = {name: value - before[name] for name, value in state(warehouse, dagster).items()}
            with most_connections(warehouse) as of_services, user_interface(pewstats):
                time.sleep(IDLE_S)
    return {
        "matches a batch": MATCHES,
        **added,
        "connections of a run": of_run[0] - ours,
        "connections of webserver and daemon": of_services[0] - ours,
    }


def state(warehouse: psycopg.Connection, dagster: psycopg.Connection) -> dict[str, int]:
    """What the databases hold."""
    events, checks, materializations = one_row(dagster, ROWS)
    fights, participants = one_row(warehouse, PARTICIPANTS)
    return {
        "warehouse bytes a batch": one_row(warehouse, SIZE)[0],
        "fights": fights,
        "participants": participants,
        "Dagster bytes a batch": one_row(dagster, SIZE)[0],
        "events a batch": events,
        "event bytes of materializations a batch": materializations,
        "results of checks a batch": checks,
    }


def one_row(connection: psycopg.Connection, query: str) -> tuple[Any, ...]:
    return connection.execute(query.encode()).fetchone() or ()


@contextmanager
def most_connections(connection: psycopg.Connection) -> Iterator[list[int]]:
    """Count connections while the block runs; the only element is the most there were."""
    done = threading.Event()
    most = [0]

    def watch() -> None:
        while not done.wait(0.01):  # some are open for 20 ms
            most[0] = max(most[0], one_row(connection, CONNECTIONS)[0])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    main()

"""`make bench-postgres`: the fight tables at size, plain and partitioned; loads again and again; connections.

No figure of it is asserted anywhere: machines differ, and neighbours disturb. Read the ratios, and repeat.

How the figures are taken:

* **The history** is that of `make bench-profiles`, a quarter of it: 1.25 million participants in 95 batches of 100
  matches, in an embedded server with its default settings, but without fsync. It is moved aside, and the fight tables
  are made of it anew, several times over: each copy has matches, fights, participants and players of its own. Knocks,
  squads and profiles are there once. Foreign keys are not verified when they are made, but hold for what is loaded.
* **Partitioned** tables are split by ranges of the fight's id, 10,000 matches in each. PostgreSQL wants that column in
  every unique key: the primary key of participants gets it, and that of a match's fight numbers goes, for the id is
  made of them.
* **Queries**: for players, fights and batches of the first copy, drawn at random. *First* is when nobody has asked for
  that one before, *warm* are some times more. Statements are not prepared: a command runs them once.
* **Loads**: batches of 50 simulated matches, written, summed and checked as the assets do, in place of what an earlier
  load of them has left: the median.
* **Reloads**: 10 batches into empty tables, and the same ones again and again, with autovacuum as PostgreSQL sets it.
* **Connections**: opened and closed, as `Databases.connect` does, and by psycopg alone; and how many there are at most,
  asked 50 times a second, while webserver and daemon run, and while two runs at once load the sample in batches of 2.
"""

# ruff: noqa: T201 what it prints is what it is for

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from pewstats_assets.fights import FoundFights, MatchFights
from pewstats_assets.settings import Settings
from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets.tables import print_table, to_json
from pewstats_assets.warehouse import connect_databases
from pewstats_assets.warehouse.integrity import RULES, judge
from pewstats_assets.warehouse.matches import waiting_batches
from pewstats_assets_tests.backfills import launch, wait
from pewstats_assets_tests.benchmark import milliseconds, pewstats_home
from pewstats_assets_tests.benchmark_profiles import (
    AGAIN,
    QUERIES,
    Cursor,
    Query,
    Row,
    Warehouse,
    row_of,
    say,
    scratch_folder,
    waited,
)
from pewstats_assets_tests.conftest import SAMPLE
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.servers import own_server
from pewstats_assets_tests.test_ui import user_interface

#: A quarter of a season, which is there 4 times for 5 million participants.
BATCHES: Final = 95
PEOPLE: Final = 50_000
COPIES: Final = (4, 16)
MATCHES_A_PARTITION: Final = 10_000
LOADS: Final = 2
MATCHES_A_LOAD: Final = 50
LOADED_AGAIN: Final = 2
ASKED: Final = 100
RELOADED_BATCHES: Final = 10
MATCHES_A_RELOAD: Final = 20
RELOADS: Final = 50
CONNECTIONS: Final = 200

_WITHOUT_FSYNC: Final = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET max_wal_size = '4GB'",
    "ALTER SYSTEM SET maintenance_work_mem = '512MB'",
    "SELECT pg_reload_conf()",
)
#: In this order: none refers to one that follows.
_FIGHT_TABLES: Final = ("team_fights", "fight_participants", "fight_knocks")
#: What the tables are split by; knocks are few.
_PARTITIONED_BY: Final = {"team_fights": "id", "fight_participants": "fight_id"}
_PARTITIONED_KEYS: Final = {
    ("team_fights", "UNIQUE (match_no, fight_no)"): None,
    ("fight_participants", "PRIMARY KEY (id)"): "PRIMARY KEY (id, fight_id)",
}

_KEYS: Final = """
SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::regclass[]) AND contype IN ('p', 'u', 'f')
ORDER BY array_position(%(tables)s::text[], conrelid::regclass::text), contype <> 'p'
"""
_INDEXES: Final = """
SELECT indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY (%(tables)s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""
_COLUMNS: Final = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'history' AND table_name = %(table)s ORDER BY ordinal_position
"""
#: What a copy has of its own; `matches` and `batches` are how many there are in one.
_OF_COPY: Final = {
    "match_no": "match_no + {copy} * {matches}",
    "batch": "'batch_' || lpad((right(batch, 5)::int + {copy} * {batches})::text, 5, '0')",
    "match_id": "('10000000-0000-0000-{copy:04d}-' || right(match_id::text, 12))::uuid",
    "file": "'/copy/{copy}' || file",
    "fight_id": "fight_id + {copy} * {matches} * 1000::bigint",
    "player_account_id": "'account.' || md5(player_account_id || {copy})",
    "player_name": "player_name || '_{copy}'",
}
_ID_OF_COPY: Final = {
    "team_fights": "id + {copy} * {matches} * 1000::bigint",
    "fight_participants": "id + {copy} * {matches} * 1000000::bigint",
}
_SIZES: Final = """
SELECT sum(greatest(c.reltuples, 0))::bigint AS rows, sum(pg_table_size(c.oid))::bigint AS table_bytes,
       sum(pg_indexes_size(c.oid))::bigint AS index_bytes
FROM pg_class c
WHERE c.oid = %(table)s::regclass AND relkind = 'r'
    OR c.oid IN (SELECT relid FROM pg_partition_tree(%(table)s::regclass) WHERE isleaf)
"""
_BYTES: Final = """
SELECT relname AS table, n_live_tup AS rows, n_dead_tup AS dead, autovacuum_count AS autovacuums,
       pg_table_size(relid) AS table_bytes, pg_indexes_size(relid) AS index_bytes,
       pg_total_relation_size(relid) AS bytes
FROM pg_stat_user_tables
WHERE schemaname = 'public' AND n_live_tup + n_dead_tup > 0
ORDER BY relname
"""
_OPEN: Final = """
SELECT datname, count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname LIKE 'pewstats%'
GROUP BY datname
"""
_PLAYERS: Final = """
SELECT player_account_id FROM fight_participants
WHERE id = ANY (ARRAY(
    SELECT match_no * 1000000 + 1000 * (1 + match_no %% 22) + 1 FROM matches WHERE match_no <= %(matches)s
    ORDER BY md5(match_no::text) LIMIT %(asked)s
))
"""
_FIGHTS: Final = """
SELECT id::text FROM team_fights
WHERE id = ANY (ARRAY(
    SELECT match_no * 1000 + 7 FROM matches WHERE match_no <= %(matches)s
    ORDER BY md5('fight ' || match_no) LIMIT %(asked)s
))
"""
_SOME_BATCHES: Final = """
SELECT batch FROM match_batches WHERE right(batch, 5)::int * 100 <= %(matches)s ORDER BY md5(batch) LIMIT %(asked)s / 5
"""


def _asking(query: str) -> Query:
    def ask(connection: psycopg.Connection, what: str) -> None:
        connection.execute(query.encode(), {"what": what}).fetchall()

    return ask


def _rules(connection: psycopg.Connection, batch: str) -> None:
    judge(connection, [rule for rule in RULES if rule.per_batch], [batch], Settings.from_environment())


#: By what is given: accounts, fights, batches.
ASKED_OF: Final[Mapping[str, Mapping[str, Query]]] = {
    _PLAYERS: {
        "fights of a player": _asking(
            "SELECT * FROM fight_participants WHERE player_account_id = %(what)s ORDER BY match_datetime DESC"
        ),
        "page of a player": QUERIES["page of a player"],
    },
    _FIGHTS: {
        "a fight by its primary key": _asking("SELECT * FROM team_fights WHERE id = %(what)s::bigint"),
        "participants of a fight": _asking("SELECT * FROM fight_participants WHERE fight_id = %(what)s::bigint"),
    },
    _SOME_BATCHES: {
        "rows of a batch": _asking("SELECT count(damage_dealt) FROM fight_participants WHERE batch = %(what)s"),
        "rules of a batch": _rules,
    },
}


def main() -> None:
    """Measure what is asked for, and print."""
    parser = argparse.ArgumentParser(description="Measure the fight tables at size.")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS), help="only these")
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--copies", type=int, nargs="+", default=COPIES, help="how often the history is there")
    parser.add_argument("--reloads", type=int, default=RELOADS)
    parser.add_argument("--home", type=Path, help="make the databases below this folder, emptied first, and keep them")
    parser.add_argument("--json", type=Path, help="write the figures there as JSON, too; those of other parts stay")
    arguments = parser.parse_args()
    figures: dict[str, list[Row]] = {}
    if arguments.json and arguments.json.exists():
        figures = json.loads(arguments.json.read_text(encoding="utf-8"))
    with scratch_folder(arguments.home) as folder:
        for part in arguments.parts:
            # As soon as there are some: a large part takes an hour.
            for measured in PARTS[part](folder / part, arguments):
                figures |= measured
                if arguments.json:
                    arguments.json.parent.mkdir(parents=True, exist_ok=True)
                    arguments.json.write_text(to_json(figures) + "\n", encoding="utf-8")
    for name, rows in figures.items():
        print(f"\n{name}")
        print_table(list(rows[0]), [list(row.values()) for row in rows])


Measured = Iterator[Mapping[str, list[Row]]]


def size(folder: Path, arguments: argparse.Namespace) -> Measured:
    """The fight tables, plain and partitioned, with more and more rows."""
    warehouse = Warehouse(folder)
    with warehouse.connect() as connection:
        connection.autocommit = True
        for statement in _WITHOUT_FSYNC:
            connection.execute(statement.encode())
    say(f"The history of {arguments.batches} batches ...")
    warehouse.make_history(arguments.batches, arguments.people)
    matches = arguments.batches * 100
    of_all = [row | {"bytes a match": round(row["bytes"] / matches)} for row in _bytes(warehouse)]
    yield {"bytes": of_all}
    tables = FightTables(warehouse, arguments.batches)
    tables.set_aside(max(arguments.copies))
    say("Simulating what is loaded ...")
    found = _found(warehouse, folder / "telemetry", LOADS, MATCHES_A_LOAD)
    sizes: list[Row] = []
    queries: list[Row] = []
    loads: list[Row] = []
    for copies in arguments.copies:
        for layout in ("plain", "partitioned"):
            say(f"{layout}, {copies} x {arguments.batches} batches ...")
            seconds = milliseconds(partial(tables.make, copies, is_partitioned=layout == "partitioned")) / 1000
            of_tables = tables.sizes()
            where = {"layout": layout, "participants": of_tables[1]["rows"]}
            sizes += [where | row | {"s to make all": round(seconds)} for row in of_tables]
            queries += [where | row for row in tables.ask()]
            loads += [where | row for row in _times_of_loads(warehouse, found)]
            yield {"sizes": sizes, "queries": queries, "loads": loads}


def reloads(folder: Path, arguments: argparse.Namespace) -> Measured:
    """The same batches loaded again and again: do tables and indexes grow without bound."""
    warehouse = Warehouse(folder)
    found = _found(warehouse, folder / "telemetry", RELOADED_BATCHES, MATCHES_A_RELOAD)
    rows: list[Row] = []

    def look(loads: int, state: str, statement: str | None = None) -> None:
        if statement:
            with warehouse.connect() as connection:
                connection.autocommit = True
                connection.execute(statement.encode())
        rows.extend({"loads": loads, "state": state} | row for row in _bytes(warehouse))

    for done in range(1, arguments.reloads + 1):
        for batch, of_batch in found.items():
            warehouse.write(batch, of_batch)
        if done in {1, 2, 5} or done % 10 == 0:
            say(f"Loads of all batches so far: {done} ...")
            look(done, "loaded")
            yield {"reloads": rows}
        if done == 1:
            look(done, "vacuumed", "VACUUM ANALYZE")
    look(arguments.reloads, "vacuumed", "VACUUM ANALYZE")
    look(arguments.reloads, "rewritten", "VACUUM FULL ANALYZE")
    yield {"reloads": rows}


def connections(folder: Path, arguments: argparse.Namespace) -> Measured:
    """What it costs to open and close a connection, and how many are open."""
    del arguments
    folder.mkdir(parents=True)
    with own_server() as server:
        rows = [
            *_costs("Unix socket", folder / "socket", None),
            *_costs("TCP", folder / "tcp", f"{server.url}/pewstats"),
        ]
    yield {"connections": rows}
    yield {"connections": rows, "open connections": _open_ones(folder / "ui")}


def _costs(server: str, home: Path, url: str | None) -> Iterator[Row]:
    databases = connect_databases(Settings(home=home, database_url=url))

    def open_one(connect: Callable[[], AbstractContextManager[psycopg.Connection]]) -> None:
        with connect() as connection:
            connection.execute("SELECT 1")

    with databases.connect() as connection:
        for what, run in (
            ("by Databases.connect", partial(open_one, databases.connect)),
            ("by psycopg alone", partial(open_one, partial(psycopg.connect, databases.warehouse))),
            ("one that is open", lambda: connection.execute("SELECT 1")),
        ):
            times = [milliseconds(run) for _ in range(CONNECTIONS)]
            rows = {"ms": round(median(times), 2), "P95": round(float(np.percentile(times, 95)), 2)}
            yield {"server": server, "connection": what, **rows}


def _open_ones(home: Path) -> list[Row]:
    """How many connections webserver, daemon and two runs at once hold, at most."""
    pewstats = Pewstats(home)
    pewstats.environment["PEWSTATS_BATCHES_PER_RUN"] = "1"
    pewstats.run("register", str(SAMPLE), "--batch-size", "2")
    with pewstats_home(home):
        databases = connect_databases(Settings.from_environment())
    with (
        psycopg.connect(databases.warehouse, autocommit=True) as watching,
        user_interface(pewstats) as ask,
        ThreadPoolExecutor(1) as executor,
    ):
        batches = [batch for (batch,) in watching.execute("SELECT batch FROM match_batches")]
        idle = _most(watching, executor.submit(time.sleep, 10))
        busy = _most(watching, executor.submit(lambda: wait(ask, launch(ask, batches))))
    return [{"database": database, "idle": idle.get(database, 0), "two runs": most} for database, most in busy.items()]


def _most(connection: psycopg.Connection, until: Future[Any]) -> dict[str, int]:
    most: dict[str, int] = {}
    while not until.done():
        counts: dict[str, int] = dict(connection.execute(_OPEN).fetchall())
        counts["both"] = sum(counts.values())
        most = {name: max(most.get(name, 0), counts.get(name, 0)) for name in most | counts}
        time.sleep(0.02)
    until.result()
    return most


PARTS: Final[Mapping[str, Callable[[Path, argparse.Namespace], Measured]]] = {
    "size": size,
    "reloads": reloads,
    "connections": connections,
}


class FightTables:
    """Fights, participants and knocks, made anew of a history that is set aside."""

    def __init__(self, warehouse: Warehouse, batches: int) -> None:
        self._warehouse = warehouse
        self._batches = batches
        with warehouse.connect() as connection:
            tables = {"tables": list(_FIGHT_TABLES)}
            self._keys = connection.execute(_KEYS, tables).fetchall()
            self._indexes = [index for (index,) in connection.execute(_INDEXES, tables)]

    def set_aside(self, copies: int) -> None:
        """Move the history away, and register the matches of so many copies."""
        with self._warehouse.connect() as connection:
            connection.execute("CREATE SCHEMA history")
            for table in _FIGHT_TABLES:
                name = sql.Identifier(table)
                connection.execute(sql.SQL("ALTER TABLE {} SET SCHEMA history").format(name))
            connection.execute("SET session_replication_role = replica")
            for table in ("match_batches", "matches"):
                connection.execute(
                    sql.SQL("CREATE TABLE history.{0} AS SELECT * FROM {0}").format(sql.Identifier(table))
                )
            for copy in range(1, copies):
                for table in ("match_batches", "matches"):
                    self._add(connection, table, copy)
        with self._warehouse.connect() as connection:
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE matches, match_batches")

    def make(self, copies: int, *, is_partitioned: bool) -> None:
        """Make the tables, in place of those that there are."""
        with self._warehouse.connect() as connection:
            connection.execute("SET session_replication_role = replica; SET synchronize_seqscans = off")
            for table in reversed(_FIGHT_TABLES):
                connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table)))
            for table in _FIGHT_TABLES:
                column = _PARTITIONED_BY.get(table) if is_partitioned else None
                self._create(connection, table, column, copies)
                for copy in range(1 if table == "fight_knocks" else copies):
                    self._add(connection, table, copy)
            for table, key in self._keys:
                definition = _PARTITIONED_KEYS.get((table, key), key) if is_partitioned else key
                if definition:
                    unverified = " NOT VALID" if key.startswith("FOREIGN") else ""
                    connection.execute(f"ALTER TABLE {table} ADD {definition}{unverified}".encode())
            for index in self._indexes:
                connection.execute(index.encode())
        with self._warehouse.connect() as connection:
            connection.autocommit = True
            connection.execute(f"VACUUM ANALYZE {', '.join(_FIGHT_TABLES)}".encode())

    def sizes(self) -> list[Row]:
        """Rows and bytes of each table."""
        rows = []
        with self._warehouse.connect() as connection:
            for table in _FIGHT_TABLES:
                found = connection.execute(_SIZES, {"table": table}).fetchone()
                assert found is not None
                count, of_table, of_indexes = found
                rows.append(
                    {
                        "table": table,
                        "rows": count,
                        "table MB": round(of_table / 1e6),
                        "index MB": round(of_indexes / 1e6),
                        "table bytes a row": round(of_table / count),
                        "index bytes a row": round(of_indexes / count),
                    }
                )
        return rows

    def ask(self) -> list[Row]:
        """Time the queries."""
        rows = []
        with pewstats_home(self._warehouse.home), self._warehouse.connect() as connection:
            connection.prepare_threshold = None
            connection.cursor_factory = Cursor
            for drawing, queries in ASKED_OF.items():
                drawn = {"matches": self._batches * 100, "asked": ASKED}
                asked = [what for (what,) in connection.execute(drawing.encode(), drawn)]
                for name, query in queries.items():
                    first, warm = [], []
                    for what in asked:
                        first.append(waited(partial(query, connection, what)))
                        warm += [waited(partial(query, connection, what)) for _ in range(AGAIN)]
                    rows.append(row_of(name, first, warm))
        return rows

    def _create(self, connection: psycopg.Connection, table: str, column: str | None, copies: int) -> None:
        create = f"CREATE TABLE {table} (LIKE history.{table} INCLUDING ALL EXCLUDING INDEXES)"
        if column is None:
            connection.execute(create.encode())
            return
        connection.execute(f"{create} PARTITION BY RANGE ({column})".encode())
        last = copies * self._batches * 100 // MATCHES_A_PARTITION
        for number in range(last + 1):
            lowest = number * MATCHES_A_PARTITION * 1000
            highest = str(lowest + MATCHES_A_PARTITION * 1000) if number < last else "MAXVALUE"
            limits = f"FOR VALUES FROM ({lowest}) TO ({highest})"
            connection.execute(f"CREATE TABLE {table}_{number} PARTITION OF {table} {limits}".encode())

    def _add(self, connection: psycopg.Connection, table: str, copy: int) -> None:
        """Add a copy of the history's rows to a table; the first is as it is."""
        columns = [name for (name,) in connection.execute(_COLUMNS, {"table": table})]
        own = _OF_COPY | ({"id": _ID_OF_COPY[table]} if table in _ID_OF_COPY else {}) if copy else {}
        values = [
            own.get(name, name).format(copy=copy, matches=self._batches * 100, batches=self._batches)
            for name in columns
        ]
        names = ", ".join(columns)
        insert = f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM history.{table}"
        connection.execute(insert.encode())


def _bytes(warehouse: Warehouse) -> list[Row]:
    """Rows, dead rows and bytes of every table that has some."""
    with warehouse.connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BYTES).fetchall()


def _found(warehouse: Warehouse, folder: Path, batches: int, matches: int) -> dict[str, FoundFights]:
    """Simulate and register batches, and find the fights in them."""
    for _ in write_season(batches * matches, 1, folder, Size.SMALL, processes=os.cpu_count() or 1):
        pass
    warehouse.pewstats.run("register", str(folder), "--batch-size", str(matches))
    with warehouse.connect() as connection:
        keys = sorted(waiting_batches(connection))
    return {batch: warehouse.detect(batch) for batch in keys}


def _times_of_loads(warehouse: Warehouse, found: Mapping[str, FoundFights]) -> list[Row]:
    for batch, of_batch in found.items():
        warehouse.write(batch, of_batch)
    times = [warehouse.write(batch, of_batch) for _ in range(LOADED_AGAIN) for batch, of_batch in found.items()]
    matches = [match for of_batch in found.values() for match in of_batch.matches]
    rows = sum(match.participants for match in matches if isinstance(match, MatchFights))
    return [
        {
            "part": part,
            "ms a batch": round(median(time[part] for time in times)),
            "ms a match": round(median(time[part] for time in times) / MATCHES_A_LOAD, 2),
            "participants a batch": round(rows / len(found)),
        }
        for part in times[0]
    ]


if __name__ == "__main__":
    main()

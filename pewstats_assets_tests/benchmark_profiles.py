"""`make bench-profiles`: what a coach waits for, on a database of 380 batches: 5 million participants, 200,000 players.

No figure of it is asserted anywhere: machines differ, and neighbours disturb. Read the ratios, and repeat.

How the figures are taken:

* **The history** is made by SQL (`profile_history.sql`), in an embedded server of its own: fights, participants,
  knocks, squads and all sums, with a few players who play all the time and many who hardly do. Indexes are made when
  the rows are there, foreign keys are verified, and all tables are vacuumed as autovacuum would have done.
* **Refresh**: one run of what the asset `player_populations` does.
* **Queries**: all that `pewstats player` reads for a page, the top 50 of a mode, the squads of a player; for players
  drawn as often as they fight, and for the one with the most fights. The time is what the server is waited for. Each is
  run once, *first*, when nobody has asked for that player since the server's start, and then some times more, *warm*;
  between them, a fight is looked up by its primary key. Statements are not prepared: a command runs them once.
* **Loading**: batches of 20 simulated matches, written and summed as the assets do, beside 10 batches and beside 380,
  in turns: the median of so many.
"""

# ruff: noqa: T201 what it prints is what it is for

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final, Self

import dagster as dg
import numpy as np
import psycopg
from psycopg import sql

from pewstats_assets.assets.fights import materialize_fights
from pewstats_assets.assets.populations import materialize_populations
from pewstats_assets.assets.profiles import materialize_profiles
from pewstats_assets.assets.telemetry import materialize_telemetry
from pewstats_assets.checks import BATCH_CHECK_SPECS, evaluate
from pewstats_assets.fights import FoundFights, find_fights, joined
from pewstats_assets.player_report import report_on
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.simulation.season import Size, write_season
from pewstats_assets.tables import print_table, to_json
from pewstats_assets.warehouse.players import find_players, squads_of
from pewstats_assets_tests.benchmark import milliseconds, pewstats_home
from pewstats_assets_tests.processes import Pewstats

HISTORY: Final = Path(__file__).with_name("profile_history.sql")
BATCHES: Final = 380
FEW_BATCHES: Final = 10
PEOPLE: Final = 200_000
#: Players whose pages are read, and how often each is read again.
PLAYERS: Final = 100
AGAIN: Final = 3
LOADS: Final = 7
MATCHES_A_LOAD: Final = 20
TARGETS: Final = {
    "page, top 50, squads": "below 50 ms",
    "load beside 380 batches": "0.8 to 1.2 x that beside 10",
}

_PLAIN_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'match_batches'
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""
_FOREIGN_KEYS: Final = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_SIZES: Final = """
SELECT relname AS table, n_live_tup AS rows, round(pg_total_relation_size(relid) / 1e6) AS mb
FROM pg_stat_user_tables WHERE n_live_tup > 0 ORDER BY 3 DESC
"""
_PLAYERS: Final = """
SELECT player_account_id FROM fight_participants
WHERE id = ANY (ARRAY(
    SELECT match_no * 1000000 + 1000 * (1 + match_no %% 22) + 1 FROM matches
    ORDER BY md5(match_no::text) LIMIT %(players)s
))
"""
_BUSIEST: Final = "SELECT player_account_id FROM player_profile_sums GROUP BY 1 ORDER BY sum(fights) DESC LIMIT 1"
_FIGHT: Final = "SELECT * FROM team_fights WHERE id = %(id)s"

#: The best of the mode that the account has played, with their last names.
_TOP: Final = """
SELECT (SELECT player_name FROM player_names n WHERE n.player_account_id = f.player_account_id
        ORDER BY last_seen_at DESC LIMIT 1), f.*
FROM player_figures f
WHERE figure = 'damage_dealt_per_fight' AND (game_mode, match_type) = (
    SELECT game_mode, match_type FROM player_profile_sums WHERE player_account_id = %(account)s LIMIT 1
)
ORDER BY shrunk DESC
LIMIT 50
"""

Row = dict[str, Any]
Query = Callable[[psycopg.Connection, str], object]


class Cursor(psycopg.Cursor[Any]):
    """Knows how long the server has been waited for."""

    waited_ms = 0.0

    def execute(self, *arguments: Any, **keywords: Any) -> Self:
        start = time.perf_counter()
        try:
            return super().execute(*arguments, **keywords)
        finally:
            Cursor.waited_ms += (time.perf_counter() - start) * 1000


def _page(connection: psycopg.Connection, account: str) -> None:
    report_on(connection, find_players(connection, account)[0], None, None)


def _top(connection: psycopg.Connection, account: str) -> None:
    connection.execute(_TOP, {"account": account}).fetchall()


QUERIES: Final[Mapping[str, Query]] = {
    "page of a player": _page,
    "top 50 of a mode": _top,
    "squads of a player": squads_of,
}


def main() -> None:
    """Make the history, measure and print."""
    parser = argparse.ArgumentParser(description="Measure what is asked about players, on a database of 380 batches.")
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--home", type=Path, help="make the databases below this folder, emptied first, and keep them")
    parser.add_argument("--json", type=Path, help="write the figures there as JSON, too")
    arguments = parser.parse_args()
    with scratch_folder(arguments.home) as folder:
        few, many = Warehouse(folder / "few"), Warehouse(folder / "many")
        figures: dict[str, list[Row]] = {}
        say(f"The history of {arguments.batches} batches ...")
        figures["history"] = many.make_history(arguments.batches, arguments.people)
        say("The populations ...")
        figures["refresh"] = [many.refresh()]
        say("The queries ...")
        figures["queries"] = many.ask()
        say(f"Loading beside {FEW_BATCHES} batches and beside {arguments.batches} ...")
        few.make_history(FEW_BATCHES, arguments.people)
        figures["loading"] = loading(folder / "telemetry", {FEW_BATCHES: few, arguments.batches: many})
    for name, rows in figures.items():
        print(f"\n{name}")
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    print("Targets: " + "; ".join(f"{name} {target}" for name, target in TARGETS.items()) + ".")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(to_json({"targets": TARGETS, **figures}) + "\n", encoding="utf-8")


@contextmanager
def scratch_folder(home: Path | None) -> Iterator[Path]:
    """Give the folder for databases, emptied; without one that is to be kept, a temporary one."""
    if home is None:
        with tempfile.TemporaryDirectory(prefix="pewstats-bench-") as scratch:
            yield Path(scratch)
    else:
        shutil.rmtree(home, ignore_errors=True)
        yield home.resolve()


class Warehouse:
    """A database below a folder, in a server of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pewstats = Pewstats(home)
        home.mkdir(parents=True)
        self._resource = WarehouseResource()
        with pewstats_home(home):
            self._resource.setup_for_execution(dg.build_init_resource_context())

    def connect(self) -> AbstractContextManager[psycopg.Connection]:
        """Open a connection, as a run does."""
        return self._resource.connect()

    def make_history(self, batches: int, people: int) -> list[Row]:
        """Fill the tables."""
        start = time.monotonic()
        with self.connect() as connection:
            connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'; SET jit = off")
            indexes = connection.execute(_PLAIN_INDEXES).fetchall()
            for name, _ in indexes:
                connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
            # Parameters are bound here: the server takes none in statements that make a table.
            cursor = psycopg.ClientCursor(connection)
            for statement in HISTORY.read_text(encoding="utf-8").split(";\n"):
                cursor.execute(statement.encode(), {"batches": batches, "people": people})
            for _, definition in indexes:
                connection.execute(definition)
            connection.execute("SET session_replication_role = origin")
            for table, name, definition in connection.execute(_FOREIGN_KEYS).fetchall():
                names = sql.Identifier(table), sql.Identifier(name)
                connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*names))
                connection.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(*names) + sql.SQL(definition))
        with self.connect() as connection:
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")
            rows = [dict(zip(("table", "rows", "MB"), row, strict=True)) for row in connection.execute(_SIZES)]
        return [*rows, {"table": "seconds to make it", "rows": round(time.monotonic() - start), "MB": None}]

    def refresh(self) -> Row:
        """Compare the players of all modes once."""
        seconds = milliseconds(partial(materialize_populations, _LOG, self._resource)) / 1000
        with self.connect() as connection:
            (rows,) = connection.execute("SELECT count(*) FROM player_figures").fetchone() or (0,)
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE player_figures")
        return {"seconds": round(seconds, 1), "figures of players": rows}

    def detect(self, batch: str) -> FoundFights:
        """Decode a registered batch, and find its fights."""
        with pewstats_home(self.home):
            store = TelemetryStoreResource().store()
            _, parts = materialize_telemetry(_LOG, self._resource, store, batch, find_fights)
            return joined(parts)

    def write(self, batch: str, found: FoundFights) -> dict[str, float]:
        """Load a batch as a run does, once its fights are found; the milliseconds of what touches the database."""
        with pewstats_home(self.home):
            store = TelemetryStoreResource().store()
            checks = [spec.key for spec in BATCH_CHECK_SPECS]
            return {
                "fights": milliseconds(partial(materialize_fights, _LOG, self._resource, store, batch, found)),
                "profiles": milliseconds(partial(materialize_profiles, _LOG, self._resource, batch)),
                "checks": milliseconds(lambda: list(evaluate(_LOG, self._resource, checks, batch))),
            }

    def ask(self) -> list[Row]:
        """Time the queries."""
        with self.connect() as connection:
            connection.prepare_threshold = None
            players = [account for (account,) in connection.execute(_PLAYERS, {"players": PLAYERS})]
            busiest = [account for (account,) in connection.execute(_BUSIEST)]
            fights = [fight for (fight,) in connection.execute("SELECT id FROM team_fights TABLESAMPLE SYSTEM (1)")]
            connection.cursor_factory = Cursor
            chance = Random(1)

            def look_up() -> float:
                return waited(lambda: connection.execute(_FIGHT, {"id": chance.choice(fights)}).fetchall())

            look_ups = [look_up() for _ in range(PLAYERS)]
            rows: list[Row] = []
            for name, query in QUERIES.items():
                for of, accounts in (("players", players), ("the busiest player", busiest)):
                    first, warm = [], []
                    for account in accounts:
                        look_ups.append(look_up())
                        first.append(waited(partial(query, connection, account)))
                        warm += [waited(partial(query, connection, account)) for _ in range(AGAIN)]
                    rows.append({"of": of} | row_of(name, first, warm))
            floor = median(look_ups)
            rows.append({"of": ""} | row_of("a fight by its primary key", look_ups, look_ups))
        return [row | {"x primary key": round(row["warm ms"] / floor, 1)} for row in rows]


def waited(query: Callable[[], object]) -> float:
    """Milliseconds that a query, or several, wait for the server."""
    Cursor.waited_ms = 0.0
    query()
    return Cursor.waited_ms


def row_of(query: str, first: Sequence[float], warm: Sequence[float]) -> Row:
    """What a query took: in the middle, and at worst of twenty."""
    return {
        "query": query,
        "first ms": round(median(first), 2),
        "first ms, P95": round(float(np.percentile(first, 95)), 2),
        "warm ms": round(median(warm), 2),
        "warm ms, P95": round(float(np.percentile(warm, 95)), 2),
    }


def loading(folder: Path, beside: Mapping[int, Warehouse]) -> list[Row]:
    """Load new batches, each into every database, in turns."""
    for _ in write_season(LOADS * MATCHES_A_LOAD, 1, folder, Size.SMALL, processes=os.cpu_count() or 1):
        pass
    times: dict[int, list[dict[str, float]]] = {}
    for batches, warehouse in beside.items():
        warehouse.pewstats.run("register", str(folder), "--batch-size", str(MATCHES_A_LOAD))
        times[batches] = []
    for number in range(1, LOADS + 1):
        for batches, warehouse in beside.items():
            batch = f"batch_{batches + number:05d}"
            times[batches].append(warehouse.write(batch, warehouse.detect(batch)))
    few = times[min(beside)]
    return [
        {
            "beside batches": batches,
            "part": part,
            "ms a match": round(median(load[part] for load in loads) / MATCHES_A_LOAD, 2),
            f"x beside {min(beside)}": round(
                median(load[part] / of_few[part] for load, of_few in zip(loads, few, strict=True)), 2
            ),
        }
        for batches, loads in times.items()
        for part in loads[0]
    ]


_LOG: Final = logging.getLogger(__name__)


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

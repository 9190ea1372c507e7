"""`make season`: a season in one backfill, as a person launches it in the UI, and what the engine costs.

Small matches are simulated and registered as batches of 100; the real webserver and daemon start; one backfill of all
batches is launched through GraphQL as the UI does. Then the same again with a batch whose write fails half way, an
alert, and the backfill's re-execution from failure. Whatever does not come out as it must ends with an exit code of 1.

How the figures are taken:

* **wall seconds**: from the launch to the daemon's word that the backfill is complete. The daemon looks at backfills
  every 30 s: some of these pass before the first run, and some after the last, however long the season.
* **seconds a batch** and **matches/s**: from the start of the first run to the end of the last.
* **engine overhead**: what part of that time is Dagster's: the same batches are loaded once more,
  into empty tables as before, by as many bare processes as there may be runs at once, by the functions that the assets
  call, checks included.
"""

# ruff: noqa: T201 what it prints is what it is for

import argparse
import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from psycopg import sql

from pewstats_assets.assets.fights import materialize_fights
from pewstats_assets.assets.profiles import materialize_profiles
from pewstats_assets.assets.telemetry import materialize_telemetry
from pewstats_assets.checks import BATCH_CHECK_SPECS, evaluate
from pewstats_assets.fights import find_fights, joined
from pewstats_assets.instance import open_instance
from pewstats_assets.resources import TelemetryStoreResource, WarehouseResource
from pewstats_assets.settings import Settings
from pewstats_assets.tables import print_table, to_json
from pewstats_assets.warehouse import Databases, connect_databases
from pewstats_assets_tests.backfills import State, launch, retry, wait
from pewstats_assets_tests.benchmark import pewstats_home
from pewstats_assets_tests.processes import PEWSTATS, Pewstats
from pewstats_assets_tests.receivers import http_receiver
from pewstats_assets_tests.test_ui import GraphQL, user_interface

# A batch is written fight by fight: this is when half of its participants are on their way.
FAIL_HALF_WAY = """
CREATE FUNCTION fail_half_way() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE 'the season makes % fail half way', NEW.batch; END$$;
CREATE TRIGGER fail_half_way BEFORE INSERT ON fight_participants FOR EACH ROW
    WHEN (NEW.fight_id = {fight}) EXECUTE FUNCTION fail_half_way()
"""
MEND = "DROP TRIGGER fail_half_way ON fight_participants; DROP FUNCTION fail_half_way()"
# Without a file as its main module, of which each process that decodes would import everything again.
BARE = "import sys; from pewstats_assets_tests.season import load_without_engine; load_without_engine(sys.argv[1:])"
WRITTEN = (
    "team_fights",
    "fight_participants",
    "fight_knocks",
    "match_squads",
    "player_profile_sums",
    "player_names",
    "squad_profile_sums",
    "squad_finishes",
)
EMPTY = f"TRUNCATE {', '.join(WRITTEN)}"
MIDDLE = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM team_fights WHERE batch = %(batch)s"
ROWS = """
SELECT batch, count(*), md5(string_agg(v::text, '|' ORDER BY v::text))
FROM (SELECT * FROM {table}) AS v
GROUP BY batch
"""


class SeasonError(Exception):
    """Something did not come out as it must."""


def must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 as in an assert
    """Stop with a sentence if something does not hold."""
    if not holds:
        raise SeasonError(otherwise)


Figure = tuple[str, Any]


def main() -> None:
    """Run the season and print."""
    parser = argparse.ArgumentParser(description="Run a simulated season through one backfill.")
    parser.add_argument("--matches", type=int, default=1200)
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--telemetry", type=Path, help="a folder of telemetry to load, instead of simulated matches")
    parser.add_argument("--load-only", action="store_true", help="leave out the batch that fails half way")
    parser.add_argument("--dagster-yaml", type=Path, help="the configuration of Dagster's instance, to try another")
    parser.add_argument("--home", type=Path, default=Path("data/season"), help="emptied first")
    parser.add_argument("--json", type=Path, help="write the figures there as JSON, too")
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    shutil.rmtree(home, ignore_errors=True)
    (home / "dagster").mkdir(parents=True)
    if arguments.dagster_yaml:
        shutil.copyfile(arguments.dagster_yaml, home / "dagster" / "dagster.yaml")
    pewstats = Pewstats(home)
    telemetry = arguments.telemetry or home / "simulated"
    if arguments.telemetry is None:
        season = ["--matches", str(arguments.matches), "--seed", str(arguments.seed), "--size", arguments.size]
        subprocess.run([PEWSTATS, "simulate", *season, "--out", telemetry], check=True, stdout=sys.stderr)
    try:
        with pewstats_home(home), http_receiver() as receiver:
            pewstats.environment["PEWSTATS_ALERT_URLS"] = receiver.url
            _say("Registering it ...")
            pewstats.run("register", str(telemetry), "--batch-size", str(arguments.batch_size))
            loaded = Season(pewstats, connect_databases(Settings.from_environment()))
            with user_interface(pewstats) as ask:
                figures = loaded.loads(ask)
                if not arguments.load_only:
                    figures += loaded.survives_a_failing_batch(ask, receiver.told_of)
            figures += loaded.engine_overhead(dict(figures))
    except SeasonError as error:
        sys.exit(f"The season did not come out as it must: {error}")
    print_table(["figure", "value"], figures)
    print(f"Look at it: PEWSTATS_HOME={arguments.home} make ui")
    if arguments.json:
        arguments.json.write_text(to_json(dict(figures)) + "\n", encoding="utf-8")


class Season:
    """A registered season, and what is done with it."""

    def __init__(self, pewstats: Pewstats, databases: Databases) -> None:
        self._pewstats = pewstats
        self._databases = databases
        self._batches: list[str] = [status["batch"] for status in pewstats.json("status")["batches"]]

    def loads(self, ask: GraphQL) -> list[Figure]:
        """Load all batches by one backfill."""
        _say(f"One backfill over {len(self._batches)} batches ...")
        start = time.time()
        ended = wait(ask, launch(ask, self._batches))
        wall = time.time() - start
        self._require(ended, "COMPLETED_SUCCESS", failed=0)
        self._pewstats.run("verify")
        statuses = self._pewstats.json("status")["batches"]
        first = min(run["startTime"] for run in ended["runs"])
        busy = max(run["endTime"] for run in ended["runs"]) - first
        total = {name: sum(status[name] for status in statuses) for name in statuses[0] if name != "batch"}
        must(total["loaded"] == total["matches"], f"not every match is loaded: {total}")
        must(not total["null_fight_ids"] and not total["orphan_fight_ids"], f"participants without a fight: {total}")
        return [
            ("batches", len(self._batches)),
            ("matches", total["matches"]),
            ("runs", len(ended["runs"])),
            ("batches a run", Settings.from_environment().batches_per_run),
            ("wall seconds", round(wall, 1)),
            ("seconds before the first run", round(first - start, 1)),
            ("seconds after the last run", round(wall - busy - (first - start), 1)),
            ("seconds a batch", round(busy / len(self._batches), 2)),
            ("matches/s", round(total["matches"] / busy, 1)),
            ("fights", total["fights"]),
            ("participants", total["participants"]),
            ("null fight_ids", total["null_fight_ids"]),
            ("orphan fight_ids", total["orphan_fight_ids"]),
        ]

    def survives_a_failing_batch(self, ask: GraphQL, told_of: Callable[[str], Sequence[object]]) -> list[Figure]:
        """Load all batches again while one fails half way through its write, then that one alone."""
        broken = self._batches[len(self._batches) // 2]
        _say(f"The same again, and {broken} fails half way ...")
        before = self._rows()
        with self._databases.connect() as connection:
            (fight,) = connection.execute(MIDDLE, {"batch": broken}).fetchone() or (None,)
            connection.execute(sql.SQL(FAIL_HALF_WAY).format(fight=sql.Literal(fight)))
        backfill = launch(ask, self._batches)
        ended = wait(ask, backfill)
        self._require(ended, "COMPLETED_FAILED", failed=1)
        must(self._rows() == before, "the rows are not those of before")
        _say("The alert ...")
        deadline = time.monotonic() + 60
        while not told_of("Run failed"):
            must(time.monotonic() < deadline, "nobody was told of the failed run")
            time.sleep(1)
        with self._databases.connect() as connection:
            connection.execute(MEND)
        _say(f"{broken} again, by re-executing the backfill from failure ...")
        again = wait(ask, retry(ask, backfill))
        must(again["status"] == "COMPLETED_SUCCESS", f"the re-execution ended as {again['status']}")
        of_fights = again["assets"]["team_fights"]
        must(of_fights == {"targeted": 1, "materialized": 1, "failed": 0}, f"it was not of one batch: {of_fights}")
        must(self._rows() == before, "the rows are not those of before")
        self._pewstats.run("verify")
        return [
            ("batches complete beside a failing one", len(self._batches) - 1),
            ("alerts of the failed run", len(told_of("Run failed"))),
            ("batches in the re-execution from failure", 1),
        ]

    def engine_overhead(self, figures: dict[str, Any]) -> list[Figure]:
        """Load the batches by bare processes, and compare."""
        with open_instance(Settings.from_environment(), self._databases) as instance:
            queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        processes = queue.max_concurrent_runs
        _say(f"The same without Dagster, in {processes} processes ...")
        with self._databases.connect() as connection:
            connection.execute(EMPTY)
        shares = [self._batches[number::processes] for number in range(processes)]
        bare = [
            subprocess.Popen([sys.executable, "-c", BARE, *share], stdout=subprocess.PIPE, text=True)
            for share in shares
        ]
        times = [[float(moment) for moment in process.communicate()[0].split()] for process in bare]
        must(not any(process.returncode for process in bare), "a batch could not be loaded")
        seconds = max(end for _, end in times) - min(start for start, _ in times)
        busy = figures["seconds a batch"] * figures["batches"]
        return [
            ("seconds a batch without Dagster", round(seconds / len(self._batches), 2)),
            ("engine overhead", f"{1 - seconds / busy:.0%}"),
        ]

    def _require(self, ended: State, status: str, failed: int) -> None:
        targeted = len(self._batches)
        must(ended["status"] == status, f"the backfill ended as {ended['status']} instead of {status}")
        for asset, counts in ended["assets"].items():
            of_asset = 0 if asset == "telemetry" else failed  # it is complete before anything is written
            expected = {"targeted": targeted, "materialized": targeted - of_asset, "failed": of_asset}
            must(counts == expected, f"{asset} is not as it must be: {counts} instead of {expected}")

    def _rows(self) -> dict[str, list[Any]]:
        """What the tables hold, batch by batch, told from checksums of the rows."""
        with self._databases.connect() as connection:
            return {
                table: sorted(connection.execute(sql.SQL(ROWS).format(table=sql.Identifier(table))))
                for table in WRITTEN
            }


def load_without_engine(batches: Sequence[str]) -> None:
    """Do what a run does for batches, without a run; print when it began, everything being imported, and ended."""
    log = logging.getLogger(__name__)
    start = time.time()
    warehouse = WarehouseResource()
    warehouse.setup_for_execution(dg.build_init_resource_context())
    store = TelemetryStoreResource().store()
    for batch in batches:
        _, parts = materialize_telemetry(log, warehouse, store, batch, find_fights)
        materialize_fights(log, warehouse, store, batch, joined(parts))
        materialize_profiles(log, warehouse, batch)
        evaluations = list(evaluate(log, warehouse, [spec.key for spec in BATCH_CHECK_SPECS], batch))
        failed = [one.check_name for one in evaluations if one.blocking and not one.passed]
        must(not failed, f"{batch} breaks {failed}")
    print(start, time.time())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

"""Four batches of the sample, what an undisturbed load makes of them, and what must hold whenever one was disturbed."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from pewstats_assets.telemetry import workers
from pewstats_assets_tests.conftest import SAMPLE
from pewstats_assets_tests.processes import Pewstats
from pewstats_assets_tests.season import WRITTEN

BATCHES: Final = ("batch_00001", "batch_00002", "batch_00003", "batch_00004")
PATIENCE_S: Final = 300
_LARGE: Final = 6
#: Transactions of `pewstats` that have written: their number, and their age in seconds.
_WRITES: Final = """
SELECT backend_xid::text, extract(epoch FROM clock_timestamp() - xact_start)::float8
FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_CLIENTS: Final = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
# What was found in the matches of a batch is written by one transaction, all rows of the others being gone.
_WRITERS: Final = """
SELECT batch, count(DISTINCT writer)
FROM (
    SELECT batch, xmin::text AS writer FROM team_fights
    UNION SELECT batch, xmin::text FROM fight_participants
    UNION SELECT batch, xmin::text FROM fight_knocks
    UNION SELECT batch, xmin::text FROM match_squads
    UNION SELECT batch, xmin::text FROM matches WHERE status <> 'excluded'
) AS rows
GROUP BY batch
"""
_PROFILE_WRITERS: Final = """
SELECT batch, count(DISTINCT writer)
FROM (
    SELECT batch, xmin::text AS writer FROM player_profile_sums
    UNION SELECT batch, xmin::text FROM player_names
    UNION SELECT batch, xmin::text FROM squad_profile_sums
    UNION SELECT batch, xmin::text FROM squad_finishes
) AS rows
GROUP BY batch
"""
_WRONG_COUNTS: Final = """
SELECT m.match_no, m.status, m.fights, m.participants, count(DISTINCT tf.id), count(fp.id)
FROM matches m
LEFT JOIN team_fights tf USING (match_no)
LEFT JOIN fight_participants fp ON fp.fight_id = tf.id
GROUP BY m.match_no
HAVING (coalesce(m.fights, 0), coalesce(m.participants, 0)) <> (count(DISTINCT tf.id), count(fp.id))
"""


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a load gives that nothing disturbs, and how long it takes from start to end."""

    rows: dict[str, str]
    seconds: float


def write_sample(folder: Path) -> None:
    """Write matches of the sample: for the first batch as JSON, so that it is large enough for worker processes."""
    files = [file for file in sorted(SAMPLE.glob("*.json.gz")) if not file.name.endswith(".match.json.gz")]
    whole = [file for file in files if not _is_cut_off(file)]
    for name, of_batch in (("large", whole[:_LARGE]), ("small", whole[_LARGE:])):
        (folder / name).mkdir(parents=True)
        for file in of_batch:
            content = file.read_bytes()
            target = folder / name / (file.stem if name == "large" else file.name)
            target.write_bytes(gzip.decompress(content) if name == "large" else content)
    assert sum(file.stat().st_size for file in (folder / "large").iterdir()) >= workers.MIN_BYTES


def _is_cut_off(file: Path) -> bool:
    try:
        gzip.decompress(file.read_bytes())
    except EOFError:
        return True
    return False


def register_sample(pewstats: Pewstats, folder: Path) -> None:
    """Register the files of `write_sample`: a batch of 6 large files, and three of 2."""
    pewstats.run("register", str(folder / "large"), "--batch-size", str(_LARGE))
    pewstats.run("register", str(folder / "small"), "--batch-size", "2")
    assert [batch["batch"] for batch in pewstats.json("status")["batches"]] == list(BATCHES)


def rows_of(database_url: str) -> dict[str, str]:
    """The MD5 of all rows of each table."""
    with psycopg.connect(database_url) as connection:
        md5 = {}
        for table in WRITTEN:
            text = f"SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM {table} t"
            md5[table] = str((connection.execute(text.encode()).fetchone() or ("",))[0])
        return md5


def assert_nothing_is_half_written(connection: psycopg.Connection, when: str) -> None:
    """Every batch has the rows of one transaction, and every match as many as it says."""
    wait_until(lambda: not connection.execute(_CLIENTS.encode()).fetchall(), f"{when}: its connections end")
    assert connection.execute(_WRONG_COUNTS).fetchall() == [], when
    for query in (_WRITERS, _PROFILE_WRITERS):
        assert {batch: 1 for batch, _ in connection.execute(query.encode())} == dict(
            connection.execute(query.encode()).fetchall()
        ), when


def assert_complete(pewstats: Pewstats, database_url: str, expected: Undisturbed) -> None:
    """Everything is loaded, as by an undisturbed load, and every rule holds."""
    assert "every registered batch is complete" in pewstats.run("backfill")[1]
    assert rows_of(database_url) == expected.rows
    pewstats.run("verify")


def assert_store_is_clean(home: Path) -> None:
    """There is one version of every batch's folder, and nothing else but locks."""
    versions = [path for path in (home / "telemetry" / ".versions").iterdir() if path.suffix != ".lock"]
    links = {(home / "telemetry" / batch).resolve() for batch in BATCHES}
    assert set(versions) == links


def open_writes(connection: psycopg.Connection) -> dict[str, float]:
    """Transactions that have written and are not over, with their age in seconds."""
    return dict(connection.execute(_WRITES).fetchall())


@contextmanager
def watch(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection that sees what happens at once."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)

"""What an update of the software does to a warehouse that holds something: nobody's profile is lost."""

from collections.abc import Iterator

import polars as pl
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from polars.testing import assert_frame_equal
from sqlalchemy import create_engine

from pewstats_assets.profiles import sum_profiles
from pewstats_assets.profiles.frames import PLAYER_KEY, PLAYER_NAMES, PLAYER_SUMS
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import connect_databases
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles

#: Two batches of three matches of two fights each, with a renamed player, a bot, and somebody without an account; the
#: third batch has fights, but no profiles: a blocking check failed.
FIGHTS = """
INSERT INTO match_batches (batch, closed_at, awaits_run)
SELECT 'batch_0000' || b, now(), false FROM generate_series(1, 3) b;
ALTER TABLE matches DISABLE TRIGGER USER;
INSERT INTO matches (match_no, match_id, batch, file, status, map_name, game_mode, match_type, fights, participants,
                     loaded_at)
SELECT n, ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'batch_0000' || (n + 2) / 3, n || '.json',
       'loaded', CASE WHEN n % 3 > 0 THEN 'map ' || n % 2 END, CASE WHEN n <> 2 THEN 'squad-fpp' END, 'official', 2, 10,
       now()
FROM generate_series(1, 9) n;
ALTER TABLE matches ENABLE TRIGGER USER;
INSERT INTO team_fights
SELECT match_no * 1000 + f, batch, match_no, match_id, f, 'v2', '2026-07-01Z'::timestamptz + match_no * interval '1 h'
       + f * interval '1 min', '2026-07-01Z'::timestamptz + match_no * interval '1 h' + f * interval '2 min', 60,
       '{1,2}', 1, 2, NULL, 9, 9, 900, 9, 'DECISIVE_WIN', 1, 2, '{"1": "WON", "2": "LOST"}', 'because', 1, 1, 1,
       map_name, game_mode, match_type, NULL
FROM matches, generate_series(1, 2) f;
INSERT INTO fight_participants
SELECT tf.id * 1000 + p, batch, tf.id, p, match_id,
       CASE WHEN p = 1 AND match_no > 2 THEN 'new name' ELSE 'name ' || p END,
       CASE p WHEN 4 THEN 'ai.7' WHEN 5 THEN NULL ELSE 'account.' || p END, 1 + p % 2, (p + match_no) % 3, p % 2,
       p * 33.3 + match_no / 7.0, p * 7.7, NULL, NULL, p = 2, p = 3, p <> 3, CASE WHEN p = 2 THEN fight_start_time END,
       CASE WHEN p = 3 THEN fight_end_time END, map_name, game_mode, match_type, NULL
FROM team_fights tf, generate_series(1, 5) p;
INSERT INTO player_profile_sums
SELECT batch, player_account_id, max(player_name), count(DISTINCT match_id), count(*), 0, 0, count(*), 0, 0, 0, 0, 0,
       now()
FROM fight_participants
WHERE starts_with(player_account_id, 'account.') AND batch <> 'batch_00003'
GROUP BY batch, player_account_id
"""


@pytest.fixture
def old_url(server_url: str) -> Iterator[str]:
    """A warehouse with the schema before participants were described, with fights and profiles."""
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE of_long_ago")
    url = f"{server_url}/of_long_ago"
    config = Config()
    config.set_main_option("script_location", "pewstats_assets.warehouse:migrations")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    engine.dispose()
    with psycopg.connect(url) as connection:
        connection.execute(FIGHTS.encode())
    yield url
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE of_long_ago WITH (FORCE)")
        server.execute("DROP DATABASE IF EXISTS of_long_ago_dagster WITH (FORCE)")


def test_profiles_are_summed_again_from_the_fights_that_are_there(
    old_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEWSTATS_DATABASE_URL", old_url)
    databases = connect_databases(Settings.from_environment(), upgrade=True)
    with databases.connect() as connection:
        migrated = {
            batch: (rows(connection, "player_profile_sums", PLAYER_SUMS, batch, PLAYER_KEY), names(connection, batch))
            for batch in ("batch_00001", "batch_00002", "batch_00003")
        }
        assert [players.height for players, _ in migrated.values()] == [9, 9, 0]
        for batch in ("batch_00001", "batch_00002"):
            replace_profiles(connection, batch, sum_profiles(fights_of(connection, batch)))
            players, of_names = migrated[batch]
            # As if the batches had been summed by the software of today.
            assert_frame_equal(
                players, rows(connection, "player_profile_sums", PLAYER_SUMS, batch, PLAYER_KEY), rel_tol=1e-12
            )
            assert_frame_equal(of_names, names(connection, batch))
        profiles = connection.execute(
            "SELECT player_name, fights, kills_dealt FROM player_profiles ORDER BY 1"
        ).fetchall()
    assert profiles == [("name 2", 12, 0), ("name 3", 12, 12), ("new name", 12, 12)]


def names(connection: psycopg.Connection, batch: str) -> pl.DataFrame:
    return rows(connection, "player_names", PLAYER_NAMES, batch, ("player_account_id", "player_name"))


def rows(
    connection: psycopg.Connection, table: str, schema: pl.Schema, batch: str, order: tuple[str, ...]
) -> pl.DataFrame:
    found = connection.execute(f"SELECT {', '.join(schema)} FROM {table} WHERE batch = %s".encode(), [batch]).fetchall()
    return pl.DataFrame(found, schema=schema, orient="row").sort(order)

"""Profiles in PostgreSQL: read from the fights, written per batch, merged by the view."""

import psycopg

from pewstats_assets.profiles import sum_profiles
from pewstats_assets.warehouse import replace_fights
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles
from pewstats_assets_tests.warehouse.examples import details_of, detected, register_matches


def load(connection: psycopg.Connection, batch: str, match_no: int, fights: int) -> None:
    with connection.transaction():
        matches = [detected(match_no, fights)]
        replace_fights(connection, batch, "v2", matches, [], details=details_of(matches))
    with connection.transaction():
        replace_profiles(connection, batch, sum_profiles(fights_of(connection, batch)))


def test_the_view_merges_all_batches(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    load(connection, "batch_00001", 1, fights=2)
    load(connection, "batch_00002", 2, fights=3)
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    profiles = {row["player_name"]: row for row in cursor.execute("SELECT * FROM player_profiles").fetchall()}
    assert profiles.keys() == {"winner", "helper", "loser"}
    winner, loser = profiles["winner"], profiles["loser"]
    assert (winner["matches"], winner["fights"], winner["wins"], winner["losses"], winner["draws"]) == (2, 5, 5, 0, 0)
    assert (winner["knocks_dealt"], winner["kills_dealt"], winner["damage_dealt"]) == (5, 5, 502.5)
    assert (winner["win_rate"], winner["survival_rate"], winner["fights_per_match"]) == (1.0, 1.0, 2.5)
    assert (winner["damage_dealt_per_fight"], winner["knocks_per_fight"], winner["kills_per_fight"]) == (
        100.5,
        1.0,
        1.0,
    )
    assert (loser["wins"], loser["losses"], loser["survivals"], loser["survival_rate"]) == (0, 5, 0, 0.0)
    assert loser["damage_taken_per_fight"] == 150.5


def test_writing_replaces_what_the_batch_had(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    load(connection, "batch_00001", 1, fights=5)
    load(connection, "batch_00002", 2, fights=3)
    load(connection, "batch_00001", 1, fights=1)
    rows = connection.execute(
        "SELECT batch, fights FROM player_profile_sums WHERE player_name = 'winner' ORDER BY batch"
    )
    assert rows.fetchall() == [("batch_00001", 1), ("batch_00002", 3)]


def test_a_batch_that_lost_its_fights_loses_its_profiles(connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    load(connection, "batch_00001", 1, fights=2)
    load(connection, "batch_00001", 1, fights=0)
    assert connection.execute("SELECT count(*) FROM player_profiles").fetchone() == (0,)

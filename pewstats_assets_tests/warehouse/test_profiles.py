"""Profiles in PostgreSQL: read from the fights, written per batch, merged by the views."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
import pytest

from pewstats_assets.profiles import sum_profiles
from pewstats_assets.warehouse import Databases, WrittenBatch, replace_fights
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


def test_fights_that_were_written_are_read_once_somebody_has_written_others(
    databases: Databases, connection: psycopg.Connection
) -> None:
    register_matches(connection, [1])

    def write(fights: int) -> WrittenBatch:
        with databases.connect() as writer:
            matches = [detected(1, fights)]
            return replace_fights(writer, "batch_00001", "v2", matches, [], details=details_of(matches))

    first = write(fights=2)
    connection.execute("UPDATE fight_participants SET player_name = 'renamed' WHERE player_name = 'winner'")
    names = fights_of(connection, "batch_00001", first).participants["player_name"]
    assert "winner" in names
    write(fights=3)
    assert fights_of(connection, "batch_00001", first).participants.height == 9


def one(connection: psycopg.Connection, query: str) -> dict[str, Any]:
    (row,) = connection.cursor(row_factory=psycopg.rows.dict_row).execute(query.encode()).fetchall()
    return row


def test_what_was_summed_comes_back_as_it_was(connection: psycopg.Connection) -> None:
    """Every column, of players, names, squads and finishes."""
    register_matches(connection, [1, 2])
    matches = [detected(1, fights=2), detected(2, fights=3)]
    with connection.transaction():
        replace_fights(connection, "batch_00001", "v2", matches, [], details=details_of(matches))
        sums = sum_profiles(fights_of(connection, "batch_00001"))
        replace_profiles(connection, "batch_00001", sums)
    for table, frame in (
        ("player_profile_sums", sums.players),
        ("player_names", sums.names),
        ("squad_profile_sums", sums.squads),
        ("squad_finishes", sums.finishes),
    ):
        assert frame.height > 0
        query = f"SELECT {', '.join(frame.columns)} FROM {table} WHERE batch = 'batch_00001'".encode()
        assert sorted(map(repr, connection.execute(query).fetchall())) == sorted(map(repr, python_rows(frame)))


def python_rows(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """With times as the driver has them."""
    zone = ZoneInfo("Etc/UTC")
    return [
        tuple(value.astimezone(zone) if isinstance(value, datetime) else value for value in row) for row in frame.rows()
    ]


def test_modes_are_merged_over_batches_maps_and_halves(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2, 3], batch_size=1)
    for number, fights in ((1, 2), (2, 3), (3, 4)):
        load(connection, f"batch_0000{number}", number, fights)
    connection.execute(
        "UPDATE player_profile_sums SET map_name = NULL WHERE batch = 'batch_00002';"
        "UPDATE player_profile_sums SET game_mode = NULL WHERE batch = 'batch_00003'"
    )
    names = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'player_profile_sums'"
        " AND data_type IN ('integer', 'bigint', 'double precision')"
    ).fetchall()
    sums = ", ".join(f"sum({name}) AS {name}" for (name,) in names)
    winner = "player_account_id = 'account.winner'"
    for mode in ("game_mode = 'squad-fpp'", "game_mode IS NULL"):
        merged = one(connection, f"SELECT * FROM player_mode_profiles WHERE {winner} AND {mode}")
        expected = one(connection, f"SELECT {sums} FROM player_profile_sums WHERE {winner} AND {mode}")
        assert {name: merged[name] for name in expected} == expected
        assert merged.keys() - expected.keys() == {
            "player_account_id", "game_mode", "match_type", "first_fight_at", "last_fight_at",
        }  # fmt: skip
    assert one(connection, f"SELECT * FROM player_mode_profiles WHERE {winner} AND game_mode IS NULL")["fights"] == 4


def test_squads_are_merged_and_found_by_any_of_their_accounts(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    load(connection, "batch_00001", 1, fights=2)
    load(connection, "batch_00002", 2, fights=3)
    (squad,) = connection.execute("SELECT DISTINCT squad_id FROM squad_profile_sums").fetchall()
    connection.execute(
        "UPDATE squad_profile_sums SET trade_opportunities = 4, trades = 1, focused_damage = fights * 30.1"
    )
    row = one(connection, "SELECT * FROM squads WHERE player_account_ids @> ARRAY['account.helper']")
    assert row["player_account_ids"] == ["account.helper", "account.winner"]
    assert (row["squad_id"], row["matches"], row["wins_of_matches"], row["match_win_rate"]) == (*squad, 2, 2, 1.0)
    assert (row["fights"], row["wins"], row["win_rate"], row["knocks_dealt"]) == (5, 5, 1.0, 5)
    assert (row["trade_opportunities"], row["trade_rate"], row["damage_dealt"]) == (8, 0.25, 752.5)
    assert row["focus_share"] == pytest.approx(0.2)
    assert (
        connection.execute("SELECT * FROM squads WHERE player_account_ids @> ARRAY['account.loser']").fetchall() == []
    )
    pairs = connection.execute("SELECT * FROM squad_finish_pairs").fetchall()
    assert pairs == [(*squad, "account.winner", "account.winner", 5)]


@pytest.mark.parametrize(
    ("figures", "playstyle"),
    [
        ((100, 150, 65, 0), "Elite Fragger"),
        ((100, 149, 65, 0), "Calculated Aggressive"),
        ((100, 150, 64, 0), "Balanced Fighter"),
        ((100, 120, 59, 0), "High Risk Aggressive"),
        ((100, 120, 60, 0), "Balanced Fighter"),
        ((100, 119, 59, 0), "Balanced Fighter"),
        ((100, 80, 65, 0), "Calculated Aggressive"),
        ((100, 79, 65, 0), "Balanced Fighter"),
        ((100, 0, 54, 12_000), "Heavy Trader"),
        ((100, 0, 54, 11_999), "Passive/Struggling"),
        ((100, 49, 55, 12_000), "Balanced Fighter"),
        ((100, 79, 70, 0), "Defensive/Survivor"),
        ((100, 50, 54, 0), "Balanced Fighter"),
        ((20, 9, 11, 0), "Balanced Fighter"),  # 55 % to the dot, which is more in doubles
    ],
)
def test_the_playstyle_of_the_earlier_system(
    connection: psycopg.Connection, figures: tuple[int, int, int, float], playstyle: str
) -> None:
    """By fights, knocks, survivals, damage."""
    fights, knocks, survivals, damage = figures
    connection.execute(
        """
        INSERT INTO player_profile_sums
        SELECT 'batch_00001', 'account.a', 'map', 'squad', 'official', half, 'a', now(), now(), %(fights)s / 2,
               %(fights)s / 2, 0, 0, %(fights)s / 2, CASE half WHEN 0 THEN %(survivals)s / 2
               ELSE %(survivals)s - %(survivals)s / 2 END, 0, CASE half WHEN 0 THEN %(knocks)s ELSE 0 END, 0, 0, 0, 0,
               %(damage)s / 2.0, 0, 0, 0
        FROM generate_series(0, 1) half
        """,
        {"fights": fights, "survivals": survivals, "knocks": knocks, "damage": damage},
    )
    assert one(connection, "SELECT playstyle_v2 FROM player_profiles")["playstyle_v2"] == playstyle


def test_kills_per_death_is_null_for_who_never_died(connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    load(connection, "batch_00001", 1, fights=2)
    rows = connection.execute("SELECT player_name, deaths, kills_per_death FROM player_profiles ORDER BY 1").fetchall()
    assert rows == [("helper", 0, None), ("loser", 2, 0.0), ("winner", 0, None)]

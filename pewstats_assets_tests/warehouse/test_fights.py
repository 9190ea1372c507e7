"""The batch write: all of a batch or nothing of it, the same rows every time, on constraints that hold."""

import threading
import time
from dataclasses import replace
from typing import Any

import polars as pl
import psycopg
import pytest
from msgspec import structs

from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.warehouse import Databases, QuarantinedMatch, WrittenBatch, replace_fights
from pewstats_assets.warehouse.fights import IncompleteWriteError
from pewstats_assets_tests.warehouse.examples import START, details_of, detected, match_id_of, register_matches

BATCH = "batch_00001"
SET_NEAR = "UPDATE fight_participants SET (mates_within_25m, mates_within_50m, mates_within_100m, is_alone)"


def write(
    connection: psycopg.Connection,
    *matches: Any,
    quarantined: tuple[QuarantinedMatch, ...] = (),
    details: FightDetails | None = None,
) -> WrittenBatch:
    with connection.transaction():
        return replace_fights(connection, BATCH, "v2", matches, quarantined, details=details or details_of(matches))


def all_rows(connection: psycopg.Connection) -> list[Any]:
    return [
        connection.execute(query).fetchall()
        for query in (
            b"SELECT * FROM team_fights ORDER BY id",
            b"SELECT * FROM fight_participants ORDER BY id",
            b"SELECT * FROM fight_knocks ORDER BY fight_id, knock_no",
            b"SELECT * FROM match_squads ORDER BY match_no, team_id",
            b"SELECT match_no, status, fights, participants FROM matches ORDER BY match_no",
        )
    ]


def test_ids_are_made_of_match_and_fight(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    written = write(connection, detected(1), detected(2))
    assert (written.matches, written.quarantined) == (2, 0)
    assert (written.fights, written.participants, written.knocks, written.squads) == (4, 12, 4, 4)
    fights = connection.execute("SELECT id, match_no, fight_no FROM team_fights ORDER BY id").fetchall()
    assert fights == [(1001, 1, 1), (1002, 1, 2), (2001, 2, 1), (2002, 2, 2)]
    participants = connection.execute(
        "SELECT id, fight_id, participant_no, player_name FROM fight_participants WHERE fight_id = 2001 ORDER BY id"
    ).fetchall()
    assert participants == [
        (2001001, 2001, 1, "winner"),
        (2001002, 2001, 2, "helper"),
        (2001003, 2001, 3, "loser"),
    ]


def test_every_column_holds_what_was_detected(connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    match = detected(1, fights=1)
    write(connection, match)
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    fight = match.fights[0]
    row = cursor.execute("SELECT * FROM team_fights").fetchone() or {}
    assert row["team_outcomes"] == {"1": "WON", "2": "LOST"}
    assert (str(row["match_id"]), row["ruleset"], row["match_datetime"]) == (match_id_of(1), "v2", START)
    for column in row.keys() & set(fight.__struct_fields__) - {"team_outcomes"}:
        assert row[column] == getattr(fight, column), column
    loser = cursor.execute("SELECT * FROM fight_participants WHERE player_name = 'loser'").fetchone() or {}
    for column in loser.keys() & set(fight.participants[2].__struct_fields__):
        assert loser[column] == getattr(fight.participants[2], column), column


def test_matches_know_what_became_of_them(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    query = "SELECT status, reason, detail, byte_offset, fights, participants FROM matches ORDER BY match_no"
    first = ("loaded", None, None, None, 2, 6)
    write(connection, detected(1), quarantined=(QuarantinedMatch(2, "broken_json", "Not JSON.", 3_000_000_000),))
    assert connection.execute(query).fetchall() == [
        first,
        ("quarantined", "broken_json", "Not JSON.", 3_000_000_000, None, None),
    ]
    write(connection, detected(1), detected(2))
    assert connection.execute(query).fetchall() == [first, first]


def test_writing_again_gives_identical_rows(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1), detected(2))
    before = all_rows(connection)
    write(connection, detected(1), detected(2))
    assert all_rows(connection) == before


def test_writing_replaces_what_the_batch_had(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1, fights=5), detected(2))
    write(connection, detected(1, fights=1), quarantined=(QuarantinedMatch(2, "empty_file", "No bytes."),))
    assert connection.execute("SELECT id FROM team_fights").fetchall() == [(1001,)]
    for table in ("fight_participants", "fight_knocks"):
        assert connection.execute(f"SELECT DISTINCT fight_id FROM {table}".encode()).fetchall() == [(1001,)]
    assert connection.execute("SELECT DISTINCT match_no FROM match_squads").fetchall() == [(1,)]


def test_other_batches_are_left_alone(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2], batch_size=1)
    with connection.transaction():
        replace_fights(connection, "batch_00002", "v2", [detected(2)], [], details=details_of([detected(2)]))
    write(connection, detected(1))
    for table, rows in {"team_fights": 2, "fight_participants": 6, "fight_knocks": 2, "match_squads": 2}.items():
        counts = connection.execute(f"SELECT batch, count(*) FROM {table} GROUP BY 1 ORDER BY 1".encode()).fetchall()
        assert counts == [("batch_00001", rows), ("batch_00002", rows)]


def test_a_result_for_every_match_is_required(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1), detected(2))
    before = all_rows(connection)
    with pytest.raises(IncompleteWriteError, match="2 matches to process, but results for 1"):
        write(connection, detected(1))
    assert all_rows(connection) == before


def test_every_participant_needs_details_and_nobody_else_has_any(connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    match = detected(1)
    write(connection, match)
    before = all_rows(connection)
    details = details_of([match])
    for participants, message in (
        (details.participants.head(-1), "6 participants were found, but 5 are described"),
        (details_of([detected(1, fights=3)]).participants, "6 participants were found, but 9 are described"),
        (details.participants.with_columns(fight_no=pl.col("fight_no") + 1), "6 participants .* 6 are described"),
    ):
        with pytest.raises(IncompleteWriteError, match=message):
            write(connection, match, details=replace(details, participants=participants))
        assert all_rows(connection) == before


@pytest.mark.parametrize("table", ["fight_participants", "team_fights", "fight_knocks", "match_squads"])
def test_rows_that_the_database_loses_are_noticed_before_the_commit(connection: psycopg.Connection, table: str) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1, fights=1), detected(2, fights=1))
    before = all_rows(connection)
    # What the earlier system suffered from, as a trigger: rows of the second match vanish on their way in.
    connection.execute("ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_fkey")
    connection.execute("ALTER TABLE fight_knocks DROP CONSTRAINT fight_knocks_fight_id_fkey")
    connection.execute("CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    key = {"fight_knocks": "fight_id", "match_squads": "match_no"}.get(table, "id")
    trigger = f"CREATE TRIGGER lose BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.{key}::text LIKE '2%')"
    connection.execute(f"{trigger} EXECUTE FUNCTION lose()".encode())
    with pytest.raises(IncompleteWriteError, match=r"matches \[2\]"):
        write(connection, detected(1, fights=2), detected(2, fights=2))
    assert all_rows(connection) == before


@pytest.mark.parametrize("table", ["team_fights", "fight_participants", "fight_knocks", "match_squads", "matches"])
def test_a_write_whose_connection_dies_in_the_middle_leaves_the_old_rows(
    databases: Databases, connection: psycopg.Connection, table: str
) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1, fights=1), detected(2, fights=1))
    before = all_rows(connection)
    connection.execute(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'"
    )
    connection.execute(
        f"CREATE TRIGGER wait BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION wait()".encode()
    )

    def write_and_die() -> None:
        with databases.connect() as own, pytest.raises(psycopg.OperationalError):
            write(own, detected(1, fights=7), detected(2, fights=7))

    writer = threading.Thread(target=write_and_die)
    writer.start()
    sleeping = b"SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    while not (servers := connection.execute(sleeping).fetchall()):
        assert writer.is_alive()
        time.sleep(0.01)
    connection.execute("SELECT pg_terminate_backend(%s, 10000)", servers[0])
    writer.join()
    assert all_rows(connection) == before


def test_two_writers_of_a_batch_take_turns(databases: Databases, connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    together = threading.Barrier(2)

    def write_fights(fights: int) -> None:
        with databases.connect() as own:
            together.wait()
            for _ in range(10):
                with own.transaction():
                    matches = [detected(1, fights)]
                    replace_fights(own, BATCH, "v2", matches, [], details=details_of(matches))

    threads = [threading.Thread(target=write_fights, args=(fights,)) for fights in (3, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM team_fights), (SELECT count(*) FROM fight_participants), fights FROM matches"
    ).fetchone()
    assert counts in [(3, 9, 3), (30, 90, 30)]


def test_a_reader_sees_the_old_rows_until_the_commit(databases: Databases, connection: psycopg.Connection) -> None:
    register_matches(connection, [1])
    write(connection, detected(1, fights=3))
    with databases.connect() as writer:
        matches = [detected(1, fights=1)]
        replace_fights(writer, BATCH, "v2", matches, [], details=details_of(matches))
        assert connection.execute("SELECT count(*) FROM team_fights").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM fight_participants").fetchone() == (9,)
        assert connection.execute("SELECT count(*) FROM fight_knocks").fetchone() == (3,)
    assert connection.execute("SELECT count(*) FROM team_fights").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fight_participants SET fight_id = NULL",
        "UPDATE fight_participants SET fight_id = 999001, id = 999001001 WHERE id = 1001001",
        "DELETE FROM team_fights",
        "UPDATE fight_participants SET player_name = 'winner' WHERE player_name = 'helper'",
        "UPDATE fight_participants SET player_name = ''",
        "UPDATE fight_participants SET id = id + 7",
        "UPDATE fight_participants SET participant_no = 1",
        "UPDATE fight_participants SET survived = was_killed",
        "UPDATE fight_participants SET killed_at = NULL",
        "UPDATE fight_participants SET was_knocked = true",
        "UPDATE fight_participants SET knocks_dealt = -1",
        "UPDATE fight_participants SET took_first_hit = NULL",
        "UPDATE fight_participants SET took_first_hit = dealt_first_hit",
        "UPDATE fight_participants SET damage_to_knocked = NULL",
        "UPDATE fight_participants SET damage_to_standing = 'NaN'",
        "UPDATE fight_participants SET knocks_finished_by_self = 2 WHERE player_name = 'winner'",
        "UPDATE fight_participants SET knocks_bled_out = NULL",
        "UPDATE fight_participants SET enemy_knocks = NULL WHERE player_name = 'loser'",
        "UPDATE fight_participants SET enemy_knocks_taken = 1",
        "UPDATE fight_participants SET knocks_taken_revived = 1",
        "UPDATE fight_participants SET knocks_taken_traded = 1",
        "UPDATE fight_participants SET trades_by_self = 1",
        "UPDATE fight_participants SET trades_by_team = NULL",
        f"{SET_NEAR} = (1, NULL, NULL, NULL)",
        f"{SET_NEAR} = (2, 1, 2, NULL)",
        f"{SET_NEAR} = (0, 0, 1, true)",
        f"{SET_NEAR} = (0, 0, 0, false)",
        "UPDATE fight_participants SET first_hit_distance_m = 'Infinity'",
        "UPDATE fight_participants SET mean_speed_mps = -1",
        "UPDATE fight_participants SET height_over_opponent_m = 'NaN'",
        "UPDATE fight_participants SET zone_phase = -1",
        "UPDATE fight_participants SET damage_by_weapon = '{}'",
        "UPDATE fight_participants SET numbers = 'many'",
        "UPDATE fight_knocks SET fight_id = NULL",
        "UPDATE fight_knocks SET fight_id = 999001",
        "UPDATE fight_knocks SET knock_no = 0",
        "UPDATE fight_knocks SET fate = 'lost'",
        "UPDATE fight_knocks SET dbno_id = NULL",
        "UPDATE fight_knocks SET ended_at = NULL",
        "UPDATE fight_knocks SET fate = 'open'",
        "UPDATE fight_knocks SET traded_after_s = 10.001",
        "UPDATE fight_knocks SET traded_by_account_id = 'account.winner'",
        "UPDATE match_squads SET match_no = 7",
        "UPDATE match_squads SET team_id = 1",
        "UPDATE match_squads SET squad_id = 'winners'",
        "UPDATE match_squads SET player_account_ids = '{}'",
        "UPDATE team_fights SET match_no = 2, id = 2001 WHERE id = 1001",
        "UPDATE team_fights SET fight_no = 1",
        "UPDATE team_fights SET fight_no = 1000, id = 2000",
        "UPDATE team_fights SET duration_seconds = 240.001",
        "UPDATE team_fights SET fight_end_time = fight_start_time - interval '1 s'",
        "UPDATE team_fights SET winning_team_id = 3",
        "UPDATE team_fights SET loser_team_id = 3",
        "UPDATE team_fights SET team_ids = '{}'",
        "UPDATE team_fights SET outcome = 'WON'",
        "UPDATE team_fights SET total_kills = -1",
        "UPDATE matches SET status = 'lost'",
        "UPDATE matches SET status = 'quarantined'",
        "UPDATE matches SET fights = NULL",
        "UPDATE matches SET byte_offset = 1",
        "UPDATE matches SET batch = 'batch_1'",
        "DELETE FROM matches",
    ],
)
def test_the_database_refuses_what_must_not_be(connection: psycopg.Connection, statement: str) -> None:
    register_matches(connection, [1])
    write(connection, detected(1))
    with pytest.raises(psycopg.IntegrityError):
        connection.execute(statement.encode())


@pytest.mark.parametrize("table", ["fight_participants", "fight_knocks"])
def test_the_foreign_key_is_in_the_catalogue(connection: psycopg.Connection, table: str) -> None:
    row = connection.execute(
        """
        SELECT kcu.table_name, kcu.column_name, ccu.table_name, ccu.column_name
        FROM information_schema.table_constraints tc
        JOIN information_schema.key_column_usage kcu USING (constraint_name)
        JOIN information_schema.constraint_column_usage ccu USING (constraint_name)
        WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_name = %s
        """,
        [table],
    ).fetchone()
    assert row == (table, "fight_id", "team_fights", "id")


def test_a_broken_write_of_a_match_leaves_the_whole_batch_as_it_was(connection: psycopg.Connection) -> None:
    register_matches(connection, [1, 2])
    write(connection, detected(1), detected(2))
    before = all_rows(connection)
    bad = structs.replace(detected(2).fights[0], duration_seconds=-1.0)
    with pytest.raises(psycopg.IntegrityError):
        write(connection, detected(1, fights=7), replace(detected(2), fights=[bad]))
    assert all_rows(connection) == before

"""The way out of quarantine: what is registered anew, and that nothing else is."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from pewstats_assets.warehouse import Databases, QuarantinedMatch, replace_fights
from pewstats_assets.warehouse.matches import NewMatch, matches_of, register, waiting_batches
from pewstats_assets.warehouse.quarantine import MatchInQuarantine, PutBack, in_quarantine, put_back
from pewstats_assets_tests.warehouse.examples import details_of, detected, match_id_of, new_match

BATCH = "batch_00001"


@pytest.fixture
def quarantine(connection: psycopg.Connection) -> psycopg.Connection:
    """Match 1 is loaded, match 2 is quarantined, and so is match 3, of which nobody knows the id."""
    with connection.transaction():
        register(connection, [new_match(1), new_match(2), replace(new_match(3), match_id=None)], 100)
        broken = [QuarantinedMatch(2, "broken_json", "Not JSON.", 17), QuarantinedMatch(3, "no_events", "No events.")]
        replace_fights(connection, BATCH, "v2", [detected(1)], broken, details=details_of([detected(1)]))
    return connection


def retry(connection: psycopg.Connection, match_no: int, found: NewMatch) -> PutBack | None:
    with connection.transaction():
        return put_back(connection, match_no, found)


def test_quarantined_matches_are_listed_by_number(quarantine: psycopg.Connection) -> None:
    assert in_quarantine(quarantine) == [
        MatchInQuarantine(BATCH, 2, match_id_of(2), "broken_json", "Not JSON.", 17, new_match(2).file),
        MatchInQuarantine(BATCH, 3, None, "no_events", "No events.", None, new_match(3).file),
    ]


def test_the_file_is_registered_as_it_is_now_and_the_batch_waits(quarantine: psycopg.Connection) -> None:
    assert waiting_batches(quarantine) == set()
    found = replace(new_match(2), checksum="2" * 64, match_object="/telemetry/2.match.json", match_type="competitive")
    result = retry(quarantine, 2, found)
    assert result == PutBack("registered", is_same_file=False, match_id=match_id_of(2), registered_with=None)
    row = quarantine.execute(
        "SELECT status, reason, detail, byte_offset, checksum, match_object, match_type FROM matches WHERE match_no = 2"
    ).fetchone()
    assert row == ("registered", None, None, None, "2" * 64, "/telemetry/2.match.json", "competitive")
    assert waiting_batches(quarantine) == {BATCH}
    assert [match.match_no for match in in_quarantine(quarantine)] == [3]


def test_an_unchanged_file_is_told_and_put_back(quarantine: psycopg.Connection) -> None:
    result = retry(quarantine, 2, new_match(2))
    assert result == PutBack("registered", is_same_file=True, match_id=match_id_of(2), registered_with=None)


def test_a_match_that_is_not_quarantined_is_left_alone(quarantine: psycopg.Connection) -> None:
    before = matches_of(quarantine, BATCH)
    assert retry(quarantine, 1, replace(new_match(1), checksum="9" * 64)) is None
    assert matches_of(quarantine, BATCH) == before


def test_a_run_that_is_writing_the_batch_is_waited_for(quarantine: psycopg.Connection, databases: Databases) -> None:
    def retry_meanwhile() -> PutBack | None:
        with databases.connect() as connection:
            return put_back(connection, 2, new_match(2))

    waits = b"SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with databases.connect() as writer, ThreadPoolExecutor(1) as pool:
        writer.execute("SELECT FROM matches WHERE batch = %s FOR UPDATE", [BATCH])
        retried = pool.submit(retry_meanwhile)
        while quarantine.execute(waits).fetchone() is None:
            assert not retried.done()
            time.sleep(0.01)
        broken = [QuarantinedMatch(3, "no_events", "No events.")]
        matches = [detected(1), detected(2)]
        replace_fights(writer, BATCH, "v2", matches, broken, details=details_of(matches))
        writer.commit()
        assert retried.result() is None
    assert [match.match_no for match in in_quarantine(quarantine)] == [3]


def test_an_unknown_match_id_is_added_and_a_known_one_stays(quarantine: psycopg.Connection) -> None:
    for match_no, expected in ((3, match_id_of(7)), (2, match_id_of(2))):
        result = retry(quarantine, match_no, replace(new_match(match_no), match_id=match_id_of(7)))
        assert result is not None
        assert result.match_id == expected


def test_the_match_id_of_another_match_is_not_taken(quarantine: psycopg.Connection) -> None:
    result = retry(quarantine, 3, replace(new_match(3), match_id=match_id_of(1)))
    assert result == PutBack("registered", is_same_file=True, match_id=None, registered_with=new_match(1).file)


def test_a_match_of_a_type_that_is_not_processed_is_excluded(quarantine: psycopg.Connection) -> None:
    result = retry(quarantine, 2, new_match(2, "Matches of type arcade are not processed."))
    assert result is not None
    assert result.status == "excluded"
    row = quarantine.execute("SELECT status, reason, detail FROM matches WHERE match_no = 2").fetchone()
    assert row == ("excluded", "match_type", "Matches of type arcade are not processed.")
    assert waiting_batches(quarantine) == set()

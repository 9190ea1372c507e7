"""Matches read back from the warehouse are what was detected."""

from uuid import UUID

import psycopg
import pytest

from pewstats_assets.warehouse import QuarantinedMatch, replace_fights
from pewstats_assets.warehouse.stored import MAX_MATCH_NO, stored_match
from pewstats_assets_tests.warehouse.examples import details_of, detected, match_id_of, register_matches


@pytest.fixture
def loaded(connection: psycopg.Connection) -> psycopg.Connection:
    """Of three matches two are loaded, with many fights and with none, and one is quarantined."""
    register_matches(connection, [1, 2, 3], batch_size=3)
    register_matches(connection, [4])
    with connection.transaction():
        broken = QuarantinedMatch(3, "broken_json", "Not JSON.")
        matches = [detected(1, fights=12), detected(2, fights=0)]
        replace_fights(connection, "batch_00001", "v2", matches, [broken], details=details_of(matches))
    return connection


def test_fights_with_participants_are_those_that_were_detected(loaded: psycopg.Connection) -> None:
    stored = stored_match(loaded, 1)
    assert stored is not None
    assert (stored.batch, stored.status, stored.reason) == ("batch_00001", "loaded", None)
    assert stored.match == detected(1, fights=12)
    assert stored_match(loaded, UUID(match_id_of(1))) == stored


def test_a_match_may_have_no_fights(loaded: psycopg.Connection) -> None:
    stored = stored_match(loaded, 2)
    assert stored is not None
    assert stored.match.fights == []


def test_a_match_that_is_not_loaded_says_why(loaded: psycopg.Connection) -> None:
    for match_no, status, reason in ((3, "quarantined", "broken_json"), (4, "registered", None)):
        stored = stored_match(loaded, match_no)
        assert stored is not None
        assert (stored.status, stored.reason, stored.match.fights) == (status, reason, [])


def test_there_is_no_such_match(loaded: psycopg.Connection) -> None:
    assert stored_match(loaded, 5) is None
    assert stored_match(loaded, MAX_MATCH_NO) is None
    assert stored_match(loaded, UUID(int=5)) is None

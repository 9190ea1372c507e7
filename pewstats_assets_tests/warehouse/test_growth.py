"""Batches that are loaded again and again take up no more room, as long as vacuum runs: nothing is left behind."""

import psycopg

from pewstats_assets.fights import DEFAULT_RULESET
from pewstats_assets.profiles import sum_profiles
from pewstats_assets.warehouse import replace_fights
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles
from pewstats_assets_tests.warehouse.examples import details_of, detected, register_matches

MATCHES = 20
LOADS = 12
#: What there is between loads is at most the old rows and the new ones.
FACTOR = 2.5
SIZES = """
SELECT relname, pg_table_size(relid), pg_indexes_size(relid) FROM pg_stat_user_tables
WHERE schemaname = 'public' AND pg_relation_size(relid) > 0
"""


def load(connection: psycopg.Connection, batches: dict[str, list[int]]) -> None:
    for batch, numbers in batches.items():
        matches = [detected(number, fights=40) for number in numbers]
        with connection.transaction():
            replace_fights(connection, batch, DEFAULT_RULESET, matches, [], details=details_of(matches))
        with connection.transaction():
            replace_profiles(connection, batch, sum_profiles(fights_of(connection, batch)))


def sizes(connection: psycopg.Connection) -> dict[str, int]:
    """Bytes of each table, and of its indexes."""
    found: dict[str, int] = {}
    for name, table, indexes in connection.execute(SIZES):
        found |= {f"{name}, table": table, f"{name}, indexes": indexes}
    return found


def test_loading_the_same_batches_again_and_again_takes_up_bounded_room(connection: psycopg.Connection) -> None:
    half = MATCHES // 2
    register_matches(connection, list(range(1, MATCHES + 1)), batch_size=half)
    batches = {"batch_00001": list(range(1, half + 1)), "batch_00002": list(range(half + 1, MATCHES + 1))}
    load(connection, batches)
    connection.execute("VACUUM")
    once = sizes(connection)
    assert once["fight_participants, table"] > 500_000
    for _ in range(LOADS):
        load(connection, batches)
        connection.execute("VACUUM")
    often = sizes(connection)
    assert {name: size for name, size in often.items() if size > FACTOR * once[name] + 65_536} == {}
    assert often["fight_participants, table"] < FACTOR * once["fight_participants, table"]

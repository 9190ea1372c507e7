"""The rules between fights and participants: each holds for what is written, and each can fail."""

import psycopg
import pytest

from pewstats_assets.warehouse import replace_fights
from pewstats_assets.warehouse.integrity import RULES, judge
from pewstats_assets_tests.warehouse.examples import detected, match_id_of, register_matches

BATCH = "batch_00001"

#: How to break each rule, and the ids that break it then. Batch 1 is match 1 with the fights 1001 and 1002.
BREAKAGES = {
    "fight_id_is_not_null": (
        """
        ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL;
        UPDATE fight_participants SET fight_id = NULL WHERE id IN (1001001, 1002002)
        """,
        [1001001, 1002002],
    ),
    "every_fight_id_has_a_fight": (
        """
        ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_fkey,
                                       DROP CONSTRAINT id_is_made_of_fight_and_participant;
        UPDATE fight_participants SET fight_id = 7007 WHERE id = 1001003
        """,
        [1001003],
    ),
    "every_fight_has_participants": ("DELETE FROM fight_participants WHERE fight_id = 1002", [1002]),
    "match_id_is_that_of_the_fight": (
        f"UPDATE fight_participants SET match_id = '{match_id_of(99)}' WHERE id = 1002001",
        [1002001],
    ),
}


@pytest.fixture
def loaded(connection: psycopg.Connection) -> psycopg.Connection:
    register_matches(connection, [1, 2], batch_size=1)
    for match_no in (1, 2):
        with connection.transaction():
            replace_fights(connection, f"batch_0000{match_no}", "v2", [detected(match_no)], [])
    return connection


def broken_rules(connection: psycopg.Connection, batch: str) -> dict[str, list[int]]:
    findings = {rule.name: judge(connection, rule, batch) for rule in RULES}
    return {name: finding.examples for name, finding in findings.items() if not finding.passed}


def test_what_is_written_keeps_every_rule(loaded: psycopg.Connection) -> None:
    assert broken_rules(loaded, BATCH) == {}


def test_every_rule_is_tried() -> None:
    assert BREAKAGES.keys() == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", BREAKAGES)
def test_exactly_the_broken_rule_is_found_in_its_batch_and_the_repair_helps(
    loaded: psycopg.Connection, rule: str
) -> None:
    damage, ids = BREAKAGES[rule]
    loaded.execute(damage.encode())
    assert broken_rules(loaded, BATCH) == {rule: ids}
    assert broken_rules(loaded, "batch_00002") == {}
    with loaded.transaction():
        replace_fights(loaded, BATCH, "v2", [detected(1)], [])
    assert broken_rules(loaded, BATCH) == {}


def test_all_violations_are_counted_and_a_few_named(loaded: psycopg.Connection) -> None:
    loaded.execute(b"ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
    loaded.execute(b"UPDATE fight_participants SET fight_id = NULL")
    finding = judge(loaded, RULES[0], BATCH)
    assert (finding.violations, finding.examples) == (6, [1001001, 1001002, 1001003, 1002001, 1002002])

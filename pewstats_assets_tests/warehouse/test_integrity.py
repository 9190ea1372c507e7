"""The catalogue of rules: each holds for what is written, each can fail by itself, and holds again after the repair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec import structs
from psycopg import sql

from pewstats_assets.fights import MatchFights
from pewstats_assets.profiles import sum_profiles
from pewstats_assets.settings import Settings
from pewstats_assets.warehouse import QuarantinedMatch, replace_fights
from pewstats_assets.warehouse.integrity import RULES, Finding, Rule, Severity, judge, together
from pewstats_assets.warehouse.integrity.page import page
from pewstats_assets.warehouse.profiles import fights_of, replace_profiles
from pewstats_assets.warehouse.status import batch_statuses
from pewstats_assets_tests.warehouse.examples import details_of, detected, match_id_of, register_matches

#: 30 matches, from which on averages are judged, with two fights of three participants each: match 1 has the fights
#: 1001 and 1002, with the participants 1001001 (winner), 1001002 (helper), 1001003 (loser) and so on.
BATCH = "batch_00001"
#: One such match, number 31.
OTHER_BATCH = "batch_00002"


def write(
    connection: psycopg.Connection, matches: Sequence[MatchFights], quarantined: Sequence[QuarantinedMatch] = ()
) -> None:
    """Make the fights and the profiles of the batch, as a run does."""
    with connection.transaction():
        replace_fights(connection, BATCH, "v2", matches, quarantined, details=details_of(matches))
        replace_profiles(connection, BATCH, sum_profiles(fights_of(connection, BATCH)))


def materialize(connection: psycopg.Connection) -> None:
    numbers = connection.execute("SELECT match_no FROM matches WHERE batch = %s ORDER BY match_no", [BATCH]).fetchall()
    write(connection, [detected(match_no) for (match_no,) in numbers])


@pytest.fixture
def loaded(connection: psycopg.Connection) -> psycopg.Connection:
    register_matches(connection, list(range(1, 31)))
    materialize(connection)
    register_matches(connection, [31])
    with connection.transaction():
        replace_fights(connection, OTHER_BATCH, "v2", [detected(31)], [], details=details_of([detected(31)]))
        replace_profiles(connection, OTHER_BATCH, sum_profiles(fights_of(connection, OTHER_BATCH)))
    return connection


@pytest.fixture
def bands(settings: Settings) -> Settings:
    """Settings by which the small fights above are usual."""
    return settings.model_copy(update={"fights_per_match": (1.0, 3.0), "participants_per_fight": (2.0, 4.0)})


def broken_rules(connection: psycopg.Connection, bands: Settings, batch: str = BATCH) -> dict[str, Finding]:
    judged = judge(connection, RULES, [batch], bands)
    findings = {rule.name: together(of_rule) for rule, of_rule in judged.items()}
    return {name: finding for name, finding in findings.items() if not finding.passed}


@dataclass(frozen=True)
class Breakage:
    """A way to break a rule.

    Attributes:
        rule: the rule's name.
        damage: what breaks it.
        violations: rows that are found.
        also: rules that cannot but be broken with it.
        restore: SQL that is needed besides materializing the batch again.
        profiles_follow: whether the profiles are made of the damaged rows.
    """

    rule: str
    damage: str | Callable[[psycopg.Connection], None]
    violations: int = 1
    also: frozenset[str] = frozenset()
    restore: str = ""
    profiles_follow: bool = False


def quarantine(connection: psycopg.Connection, number: int) -> None:
    broken = [QuarantinedMatch(match_no, "broken_json", "Not JSON.") for match_no in range(1, number + 1)]
    write(connection, [detected(match_no) for match_no in range(number + 1, 31)], broken)


def crowd(connection: psycopg.Connection) -> None:
    """Give every fight more participants than usual."""

    def crowded(match: MatchFights) -> MatchFights:
        fights = []
        for fight in match.fights:
            helper = fight.participants[1]
            others = [structs.replace(helper, player_name=f"helper {number}", damage_dealt=0.0) for number in range(2)]
            fights.append(structs.replace(fight, participants=[*fight.participants, *others]))
        return replace(match, fights=fights)

    write(connection, [crowded(detected(match_no)) for match_no in range(1, 31)])


IN_FORCE = frozenset({"constraints_are_in_force"})
BELONGS = frozenset({"every_row_belongs_to_its_batch"})
LOST_KNOCK = frozenset({"every_knock_is_stored"})
NO_SQUAD = frozenset({"everybody_is_in_a_squad"})
LOSER = "player_account_id = 'account.loser'"
FOREIGN_KEY = """
ALTER TABLE fight_participants ADD CONSTRAINT fight_participants_fight_id_fkey
FOREIGN KEY (fight_id) REFERENCES team_fights (id)
"""
#: Rows about the winner that keep every rule.
FIGURE = """
INSERT INTO player_figures VALUES
    ('account.winner', 'squad-fpp', 'official', 'win_rate', 60, 60, 0.5, 0.4, 0.6, 0.55, 0.5, 0.58, 0.7)
"""
PLAYSTYLE = """
INSERT INTO player_playstyles VALUES
    ('account.winner', 'squad-fpp', 'official', 60, 'Balanced Fighter', 'Hunter', 0, 1, 0.5, 0.5, 0.5)
"""
#: What makes the winner a bot: in such a row, and in the sums of the batch.
AS_BOT = f"""
player_account_id = 'ai.7';
UPDATE player_profile_sums SET player_account_id = 'ai.7'
WHERE player_account_id = 'account.winner' AND batch = '{BATCH}'
"""
BREAKAGES = [
    Breakage(
        "every_fight_has_participants",
        "DELETE FROM fight_participants WHERE fight_id = 1002; UPDATE matches SET participants = 3 WHERE match_no = 1",
        profiles_follow=True,
    ),
    Breakage(
        "team_ids_are_those_of_the_participants",
        """
        UPDATE team_fights SET team_ids = '{1,2,3}', team_outcomes = team_outcomes || '{"3": "DRAW"}' WHERE id = 1001
        """,
    ),
    Breakage(
        "team_ids_are_those_of_the_participants",
        "UPDATE fight_participants SET team_id = 9 WHERE id = 1001002",
        also=NO_SQUAD,
        profiles_follow=True,
    ),
    Breakage(
        "team_ids_are_those_of_the_participants",
        "UPDATE team_fights SET team_ids = '{2,1}' WHERE match_no = 1",
        violations=2,
    ),
    Breakage("winner_and_loser_are_teams_of_the_fight", "UPDATE team_fights SET winning_team_id = 3 WHERE id = 1001"),
    Breakage(
        "winner_and_loser_are_teams_of_the_fight",
        "UPDATE team_fights SET winning_team_id = NULL, loser_team_id = 3 WHERE id = 1001",
    ),
    Breakage("duration_is_0_to_240_s", "UPDATE team_fights SET duration_seconds = 240.001 WHERE id = 1001"),
    Breakage("duration_is_0_to_240_s", "UPDATE team_fights SET duration_seconds = 'NaN' WHERE id = 1001"),
    Breakage(
        "fight_numbers_have_no_gaps",
        """
        WITH renumbered AS (UPDATE team_fights SET fight_no = 3, id = 1003 WHERE id = 1002),
             moved AS (UPDATE fight_knocks SET fight_id = 1003 WHERE fight_id = 1002)
        UPDATE fight_participants SET fight_id = 1003, id = id + 1000 WHERE fight_id = 1002
        """,
    ),
    Breakage(
        "team_outcomes_name_the_teams", """UPDATE team_fights SET team_outcomes = '{"1": "WON"}' WHERE id = 1001"""
    ),
    Breakage(
        "team_outcomes_name_the_teams",
        """UPDATE team_fights SET team_outcomes = team_outcomes || '{"x": "WON"}' WHERE id = 1001""",
    ),
    Breakage("team_outcomes_name_the_teams", """UPDATE team_fights SET team_outcomes = '["1", "2"]' WHERE id = 1001"""),
    Breakage(
        "every_match_has_a_final_status",
        f"""
        UPDATE match_batches SET closed_at = NULL WHERE batch = '{BATCH}';
        INSERT INTO matches (match_no, match_id, batch, file, status)
        VALUES (32, '{match_id_of(32)}', '{BATCH}', '/telemetry/new.json.gz', 'registered')
        """,
    ),
    Breakage("quarantined_below_5_percent", lambda connection: quarantine(connection, 2)),
    Breakage(
        "quarantined_below_25_percent",
        lambda connection: quarantine(connection, 8),
        also=frozenset({"quarantined_below_5_percent"}),
    ),
    Breakage(
        "fights_per_match_are_usual",
        lambda connection: write(connection, [detected(match_no, fights=4) for match_no in range(1, 31)]),
    ),
    Breakage(
        "fight_id_is_not_null",
        """
        ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL;
        UPDATE fight_participants SET fight_id = NULL WHERE id IN (1001001, 1002002)
        """,
        violations=2,
        also=IN_FORCE | BELONGS,
        restore="ALTER TABLE fight_participants ALTER COLUMN fight_id SET NOT NULL",
    ),
    Breakage(
        "every_fight_id_has_a_fight",
        """
        SET session_replication_role = replica;
        UPDATE fight_participants SET fight_id = 7007 WHERE id = 1001002;
        RESET session_replication_role
        """,
        also=BELONGS,
    ),
    Breakage(
        "no_player_is_twice_in_a_fight",
        """
        ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_player_name_key;
        UPDATE fight_participants SET player_name = 'winner' WHERE id = 1001002
        """,
        profiles_follow=True,
        also=IN_FORCE,
        restore="ALTER TABLE fight_participants ADD UNIQUE (fight_id, player_name)",
    ),
    Breakage(
        "match_id_is_that_of_the_fight",
        f"UPDATE fight_participants SET match_id = '{match_id_of(99)}' WHERE id = 1002001",
    ),
    Breakage(
        "survived_unless_killed",
        "UPDATE fight_participants SET survived = was_killed WHERE id = 1001001",
        profiles_follow=True,
    ),
    Breakage(
        "knocked_and_killed_during_the_fight",
        """
        UPDATE fight_participants SET was_knocked = true, knocks_taken = 1, knocked_at = '2026-07-01 18:01:00.001Z'
        WHERE id = 1001001
        """,
    ),
    Breakage(
        "knocked_and_killed_during_the_fight",
        "UPDATE fight_participants SET killed_at = '2026-07-01 17:59:59.999Z' WHERE id = 1001003",
    ),
    Breakage(
        "knocks_and_kills_are_within_the_totals",
        "UPDATE team_fights SET total_knocks = 0 WHERE id = 1001",
        also=LOST_KNOCK,
    ),
    Breakage("knocks_and_kills_are_within_the_totals", "UPDATE team_fights SET total_kills = 0 WHERE id = 1001"),
    Breakage("damage_is_within_the_total", "UPDATE team_fights SET total_damage = 150.49 WHERE id = 1001"),
    Breakage("everything_detected_is_stored", "UPDATE matches SET fights = 3 WHERE match_no = 1"),
    Breakage(
        "everything_detected_is_stored", "DELETE FROM fight_participants WHERE id = 1001002", profiles_follow=True
    ),
    Breakage(
        "everything_detected_is_stored",
        """
        UPDATE matches SET status = 'quarantined', reason = 'broken_json', fights = NULL, participants = NULL,
                           loaded_at = NULL
        WHERE match_no = 1
        """,
    ),
    Breakage("participants_per_fight_are_usual", crowd),
    *(
        Breakage(
            "profiles_are_the_sums_of_the_participants",
            f"{damage} AND player_account_id = 'account.winner' AND half = 0",
        )
        for damage in (
            f"UPDATE player_profile_sums SET fights = fights + 1, wins = wins + 1 WHERE batch = '{BATCH}'",
            f"UPDATE player_profile_sums SET knocks_dealt = 0 WHERE batch = '{BATCH}'",
            f"UPDATE player_profile_sums SET kills_dealt = kills_dealt + 1 WHERE batch = '{BATCH}'",
            f"UPDATE player_profile_sums SET damage_dealt = damage_dealt + 0.01 WHERE batch = '{BATCH}'",
            f"DELETE FROM player_profile_sums WHERE batch = '{BATCH}'",
        )
    ),
    Breakage(
        "profiles_are_the_sums_of_the_participants",
        f"""
        INSERT INTO player_profile_sums
        SELECT (jsonb_populate_record(p, '{{"player_account_id": "account.nobody"}}')).*
        FROM player_profile_sums p WHERE batch = '{BATCH}' AND player_account_id = 'account.winner' AND half = 0
        """,
    ),
    Breakage(
        "percentiles_are_0_to_1",
        f"{FIGURE}; UPDATE player_figures SET percentile = 1.01",
        restore="DELETE FROM player_figures",
    ),
    Breakage(
        "percentiles_are_0_to_1",
        f"{PLAYSTYLE}; UPDATE player_playstyles SET mobility = -0.01, range = 'NaN'",
        violations=2,
        restore="DELETE FROM player_playstyles",
    ),
    *(
        Breakage(
            "figures_are_within_their_intervals",
            f"{FIGURE}; UPDATE player_figures SET {damage}",
            restore="DELETE FROM player_figures",
        )
        for damage in ("low = 0.51", "high = 0.49", "shrunk = 0.59", "shrunk_high = 'NaN', shrunk = 'NaN'")
    ),
    *(
        Breakage(
            "only_people_with_fights_are_compared",
            f"{row}; UPDATE {table} SET {damage}",
            also=also,
            restore=f"DELETE FROM {table}",
        )
        for table, row in (("player_figures", FIGURE), ("player_playstyles", PLAYSTYLE))
        for damage, also in (
            ("player_account_id = 'account.nobody'", frozenset[str]()),
            ("game_mode = 'duo'", frozenset[str]()),
            (AS_BOT, frozenset({"profiles_are_the_sums_of_the_participants"})),
        )
    ),
    Breakage(
        "every_knock_has_a_fight",
        """
        ALTER TABLE fight_knocks DROP CONSTRAINT fight_knocks_pkey;
        ALTER TABLE fight_knocks ALTER COLUMN fight_id DROP NOT NULL;
        UPDATE fight_knocks SET fight_id = NULL, knocker_name = '' WHERE fight_id = 1001
        """,
        also=IN_FORCE | BELONGS | LOST_KNOCK,
        restore="ALTER TABLE fight_knocks ADD PRIMARY KEY (fight_id, knock_no)",
    ),
    Breakage(
        "every_knock_has_a_fight",
        """
        SET session_replication_role = replica;
        UPDATE fight_knocks SET fight_id = 7007 WHERE fight_id = 1001;
        RESET session_replication_role
        """,
        also=BELONGS | LOST_KNOCK,
    ),
    Breakage("every_knock_is_stored", "DELETE FROM fight_knocks WHERE fight_id = 1001"),
    Breakage(
        "every_knock_is_stored",
        """
        INSERT INTO fight_knocks
        SELECT (jsonb_populate_record(k, '{"knock_no": 2}')).* FROM fight_knocks k WHERE fight_id = 1001
        """,
    ),
    *(
        Breakage(
            "how_participants_fought_is_possible",
            f"UPDATE fight_participants SET {damage} WHERE id = 1001001",
            profiles_follow=True,
        )
        for damage in (
            "mean_speed_mps = -0.1",
            "zone_phase = -1",
            "took_first_hit = true",
            "knocks_bled_out = 1",
            "enemy_knocks = 2",
            "knocks_taken = 1",
            "enemy_knocks_taken = 1",
            "knocks_taken_revived = 1",
            "knocks_taken_traded = 1",
            "trade_opportunities = 1, trades_by_self = 1, trades_by_team = 1",
            "mates_within_25m = 1, mates_within_50m = 0",
            "mates_within_50m = 1, mates_within_100m = 0",
            "mates_within_100m = 1, is_alone = true",
            "damage_to_standing = 0.01",
        )
    ),
    Breakage(
        "everybody_is_in_a_squad",
        "DELETE FROM match_squads WHERE match_no = 1 AND team_id = 2",
        violations=2,
        profiles_follow=True,
    ),
    Breakage(
        "everybody_is_in_a_squad",
        "UPDATE match_squads SET player_account_ids = '{account.else}' WHERE match_no = 1 AND team_id = 2",
        violations=2,
        profiles_follow=True,
    ),
    Breakage("names_are_those_of_the_participants", f"DELETE FROM player_names WHERE batch = '{BATCH}' AND {LOSER}"),
    Breakage(
        "names_are_those_of_the_participants",
        f"UPDATE player_names SET matches = matches + 1 WHERE batch = '{BATCH}' AND {LOSER}",
    ),
    Breakage(
        "names_are_those_of_the_participants",
        f"UPDATE player_names SET player_name = 'another' WHERE batch = '{BATCH}' AND {LOSER}",
        violations=2,
    ),
    *(
        Breakage("squads_are_the_sums_of_their_matches", f"{damage} WHERE batch = '{BATCH}'")
        for damage in (
            "UPDATE squad_profile_sums SET matches = matches + 1",
            "UPDATE squad_profile_sums SET wins_of_matches = 0",
            "UPDATE squad_profile_sums SET fights = fights + 1",
            "UPDATE squad_profile_sums SET knocks_dealt = 0",
            "UPDATE squad_profile_sums SET kills_dealt = 0",
            "UPDATE squad_profile_sums SET damage_dealt = damage_dealt + 0.01",
            "DELETE FROM squad_profile_sums",
        )
    ),
    Breakage(
        "squads_are_the_sums_of_their_matches",
        f"UPDATE squad_profile_sums SET game_mode = 'duo' WHERE batch = '{BATCH}'",
        violations=2,
    ),
    Breakage(
        "constraints_are_in_force",
        "ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_fkey",
        restore=FOREIGN_KEY,
    ),
    Breakage(
        "constraints_are_in_force",
        f"ALTER TABLE fight_participants DROP CONSTRAINT fight_participants_fight_id_fkey; {FOREIGN_KEY} NOT VALID",
        restore="ALTER TABLE fight_participants VALIDATE CONSTRAINT fight_participants_fight_id_fkey",
    ),
    Breakage(
        "constraints_are_in_force",
        "ALTER TABLE fight_participants DISABLE TRIGGER ALL",
        restore="ALTER TABLE fight_participants ENABLE TRIGGER ALL",
    ),
    Breakage(
        "constraints_are_in_force",
        "ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL",
        restore="ALTER TABLE fight_participants ALTER COLUMN fight_id SET NOT NULL",
    ),
    Breakage(
        "constraints_are_in_force",
        "ALTER TABLE match_squads DROP CONSTRAINT match_squads_match_no_fkey",
        restore="ALTER TABLE match_squads ADD FOREIGN KEY (match_no) REFERENCES matches",
    ),
    Breakage(
        "constraints_are_in_force",
        "ALTER TABLE team_fights DROP CONSTRAINT team_fights_match_no_fight_no_key",
        restore="ALTER TABLE team_fights ADD UNIQUE (match_no, fight_no)",
    ),
    Breakage(
        "constraints_are_in_force",
        "DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE player_profile_sums DROP CONSTRAINT %I', conname) FROM"
        " pg_constraint WHERE conrelid = 'player_profile_sums'::regclass AND contype = 'u'); END $$",
        restore="ALTER TABLE player_profile_sums ADD UNIQUE NULLS NOT DISTINCT"
        " (batch, player_account_id, map_name, game_mode, match_type, half)",
    ),
    Breakage(
        "every_row_belongs_to_its_batch",
        """
        INSERT INTO player_profile_sums
        SELECT (jsonb_populate_record(p, '{"batch": "batch_09999"}')).*
        FROM player_profile_sums p WHERE batch = 'batch_00002'
        """,
        restore="DELETE FROM player_profile_sums WHERE batch = 'batch_09999'",
    ),
    *(
        Breakage(
            "every_row_belongs_to_its_batch",
            f"""
            INSERT INTO {table}
            SELECT (jsonb_populate_record(p, '{{"batch": "batch_09999"}}')).*
            FROM {table} p WHERE batch = '{OTHER_BATCH}' LIMIT 1
            """,
            restore=f"DELETE FROM {table} WHERE batch = 'batch_09999'",
        )
        for table in ("player_names", "squad_profile_sums", "squad_finishes")
    ),
    Breakage(
        "every_row_belongs_to_its_batch",
        """
        INSERT INTO fight_knocks
        SELECT (jsonb_populate_record(k, '{"batch": "batch_09999", "knock_no": 2}')).*
        FROM fight_knocks k WHERE fight_id = 31001
        """,
        restore="DELETE FROM fight_knocks WHERE batch = 'batch_09999'",
    ),
    Breakage(
        "every_row_belongs_to_its_batch",
        """
        INSERT INTO match_squads
        SELECT (jsonb_populate_record(s, '{"batch": "batch_09999", "team_id": 3}')).*
        FROM match_squads s WHERE match_no = 31 AND team_id = 2
        """,
        restore="DELETE FROM match_squads WHERE batch = 'batch_09999'",
    ),
    Breakage(
        "every_row_belongs_to_its_batch",
        "CREATE TABLE stray AS SELECT * FROM fight_participants WHERE id = 31001003;"
        " UPDATE stray SET id = id + 1, batch = 'batch_09999', player_name = 'stray';"
        " INSERT INTO fight_participants SELECT * FROM stray",
        restore="DELETE FROM fight_participants WHERE batch = 'batch_09999'",
    ),
    Breakage(
        "every_row_belongs_to_its_batch",
        "CREATE TABLE stray AS SELECT * FROM team_fights WHERE id = 31002;"
        " UPDATE stray SET id = id + 1, batch = 'batch_09999', fight_no = 3;"
        " INSERT INTO team_fights SELECT * FROM stray",
        restore="DELETE FROM team_fights WHERE batch = 'batch_09999'",
    ),
]


def drop_checks(connection: psycopg.Connection) -> None:
    """Drop the constraints of single rows, which would refuse most of the damage."""
    checks = connection.execute(
        """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace
        """
    ).fetchall()
    for (statement,) in checks:
        connection.execute(statement.encode())


def test_what_is_written_keeps_every_rule(loaded: psycopg.Connection, bands: Settings) -> None:
    assert broken_rules(loaded, bands) == {}
    assert broken_rules(loaded, bands, OTHER_BATCH) == {}


def test_every_rule_can_be_broken() -> None:
    assert {breakage.rule for breakage in BREAKAGES} == {rule.name for rule in RULES}


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.rule)
def test_exactly_the_broken_rule_is_found_in_its_batch_and_the_repair_helps(
    loaded: psycopg.Connection, bands: Settings, breakage: Breakage
) -> None:
    drop_checks(loaded)
    if isinstance(breakage.damage, str):
        loaded.execute(breakage.damage.encode())
    else:
        breakage.damage(loaded)
    if breakage.profiles_follow:
        replace_profiles(loaded, BATCH, sum_profiles(fights_of(loaded, BATCH)))

    broken = broken_rules(loaded, bands)
    assert broken.keys() == {breakage.rule} | breakage.also
    finding = broken[breakage.rule]
    assert (finding.violations, len(finding.samples)) == (breakage.violations, breakage.violations)
    whole_tables = {rule.name for rule in RULES if not rule.per_batch}
    assert broken_rules(loaded, bands, OTHER_BATCH).keys() <= whole_tables

    materialize(loaded)
    loaded.execute(breakage.restore.encode())
    assert broken_rules(loaded, bands) == {}


def rule_named(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


def test_all_violations_are_counted_and_ten_are_shown(loaded: psycopg.Connection, bands: Settings) -> None:
    loaded.execute(b"ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
    loaded.execute(b"UPDATE fight_participants SET fight_id = NULL, player_name = E'\\x1b[31m<b>@everyone'")
    (finding,) = judge(loaded, [rule_named("fight_id_is_not_null")], [BATCH], bands).popitem()[1]
    assert (finding.batch, finding.violations, len(finding.samples)) == (BATCH, 180, 10)
    assert finding.samples[0] == {
        "batch": BATCH,
        "id": 1001001,
        "match_id": match_id_of(1),
        "player_name": "\x1b[31m<b>@everyone",
    }
    assert [sample["id"] for sample in finding.samples[:4]] == [1001001, 1001002, 1001003, 1002001]


def test_many_batches_are_judged_at_once_each_by_itself(connection: psycopg.Connection, bands: Settings) -> None:
    register_matches(connection, list(range(1, 26)), batch_size=1)
    batches = [f"batch_{number:05d}" for number in range(1, 26)]
    for number, batch in enumerate(batches, start=1):
        with connection.transaction():
            replace_fights(connection, batch, "v2", [detected(number)], [], details=details_of([detected(number)]))
            replace_profiles(connection, batch, sum_profiles(fights_of(connection, batch)))
    connection.execute(b"UPDATE team_fights SET total_damage = 0 WHERE id IN (3001, 3002, 25001)")
    rule = rule_named("damage_is_within_the_total")
    findings = judge(connection, [rule], batches, bands)[rule]
    assert [finding.batch for finding in findings] == batches
    assert {finding.batch: finding.violations for finding in findings if not finding.passed} == {
        "batch_00003": 2,
        "batch_00025": 1,
    }
    assert [sample["fight_id"] for sample in together(findings).samples] == [3001, 3002, 25001]


def test_no_rule_compares_each_row_with_each_where_the_planner_takes_them_for_few(
    connection: psycopg.Connection, bands: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("ANALYZE")  # of empty tables
    register_matches(connection, list(range(1, 31)))
    materialize(connection)
    execute = connection.execute
    plans: list[str] = []

    def explain_first(query: Any, parameters: Any = None) -> psycopg.Cursor[Any]:
        if parameters is not None:
            plans.extend(line for (line,) in execute(sql.SQL("EXPLAIN ") + query, parameters))
        return execute(query, parameters)

    monkeypatch.setattr(connection, "execute", explain_first)
    judge(connection, [rule for rule in RULES if rule.per_batch], [BATCH], bands)
    assert any("Hash" in line for line in plans)
    assert not [line for line in plans if "Nested Loop" in line or "Merge" in line]


def test_rounding_breaks_no_rule(loaded: psycopg.Connection, bands: Settings) -> None:
    loaded.execute(b"UPDATE team_fights SET total_damage = total_damage * (1 - 1e-11)")
    loaded.execute(b"UPDATE player_profile_sums SET damage_dealt = damage_dealt * (1 - 1e-11)")
    assert broken_rules(loaded, bands) == {}


def test_no_damage_is_too_much_to_be_judged(loaded: psycopg.Connection, bands: Settings) -> None:
    loaded.execute(b"UPDATE fight_participants SET damage_dealt = 1e308 WHERE id IN (1001001, 1001002, 1002001)")
    loaded.execute(b"UPDATE fight_participants SET damage_dealt = -1e308 WHERE id = 1002002")
    broken = broken_rules(loaded, bands)
    assert broken.keys() == {
        "damage_is_within_the_total",
        "how_participants_fought_is_possible",
        "profiles_are_the_sums_of_the_participants",
        "squads_are_the_sums_of_their_matches",
    }


def test_bots_and_whoever_has_no_account_need_no_profile(loaded: psycopg.Connection, bands: Settings) -> None:
    loaded.execute(b"UPDATE fight_participants SET player_account_id = 'ai.7' WHERE id % 3 = 0")
    loaded.execute(b"UPDATE fight_participants SET player_account_id = NULL WHERE id % 3 = 1")
    loaded.execute(b"UPDATE fight_participants SET player_account_id = '' WHERE id % 6 = 2")
    assert broken_rules(loaded, bands).keys() == {
        "profiles_are_the_sums_of_the_participants",
        "names_are_those_of_the_participants",
        "squads_are_the_sums_of_their_matches",
    }
    replace_profiles(loaded, BATCH, sum_profiles(fights_of(loaded, BATCH)))
    assert broken_rules(loaded, bands) == {}


def test_averages_of_few_matches_are_not_judged(loaded: psycopg.Connection, settings: Settings) -> None:
    """By the default settings, the small fights are unusual."""
    unusual = {"fights_per_match_are_usual", "participants_per_fight_are_usual"}
    assert broken_rules(loaded, settings).keys() == unusual
    loaded.execute(b"UPDATE matches SET map_name = 'Desert_Main' WHERE match_no = 1")
    assert broken_rules(loaded, settings) == {}


def test_status_counts_what_the_rules_find(loaded: psycopg.Connection, bands: Settings) -> None:
    loaded.execute(b"ALTER TABLE fight_participants ALTER COLUMN fight_id DROP NOT NULL")
    loaded.execute(b"UPDATE fight_participants SET fight_id = NULL WHERE fight_id = 1001")
    loaded.execute(b"SET session_replication_role = replica")
    loaded.execute(b"DELETE FROM team_fights WHERE id IN (2001, 2002)")
    first, second = batch_statuses(loaded, [BATCH, OTHER_BATCH])
    assert (first.matches, first.loaded, first.fights, first.participants) == (30, 30, 58, 180)
    assert (first.null_fight_ids, first.orphan_fight_ids) == (3, 6)
    assert (second.matches, second.null_fight_ids, second.orphan_fight_ids) == (1, 0, 0)
    broken = broken_rules(loaded, bands)
    assert broken["fight_id_is_not_null"].violations == first.null_fight_ids
    assert broken["every_fight_id_has_a_fight"].violations == first.orphan_fight_ids


def test_what_only_warns_never_blocks() -> None:
    assert not any(rule.blocking for rule in RULES if rule.severity is Severity.WARN or not rule.per_batch)


def test_the_page_is_that_of_the_catalogue() -> None:
    """`make docs` writes it."""
    committed = Path(__file__).parents[2] / "docs" / "integrity.md"
    assert committed.read_text(encoding="utf-8") == page()

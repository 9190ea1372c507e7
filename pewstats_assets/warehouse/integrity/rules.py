"""The catalogue: one rule a row, with the SQL that finds what breaks it.

A rule about batches is given `%(batches)s`, an array of batch keys, and says in the column `batch` whose row it is, so
that one query judges many batches. A rule about whole tables is given nothing. The other columns are what a person
needs to find the row again and to see what is wrong with it. Damage is summed as numeric, in which nothing that a file
may say overflows.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, LiteralString


class Severity(StrEnum):
    """What a broken rule means: ERROR, rows are wrong; WARN, somebody should look."""

    ERROR = "ERROR"
    WARN = "WARN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that the warehouse must keep.

    Attributes:
        name: what must hold, in a few words.
        holds: the same in a sentence.
        asset: the asset whose check it is; `warehouse` is all tables together.
        violations: SQL of the rows that break it.
        repair: what to do about them.
        severity: what a violation means.
        blocking: whether a violation fails the run and keeps the assets downstream from being made.
        per_batch: whether it is about the rows of a batch, or about whole tables.
    """

    name: str
    holds: str
    asset: str
    violations: LiteralString
    repair: str
    severity: Severity = Severity.ERROR
    blocking: bool = True
    per_batch: bool = True


_AGAIN: Final = "Materialize the batch again: its rows are made anew from its telemetry."
_PROFILES_AGAIN: Final = "Materialize player_profiles of the batch again."
_COMPARE_AGAIN: Final = "Materialize player_populations again: its rows are made anew from the sums of all batches."
_LOOK: Final = "Look at the telemetry of these matches; if it is right, the band in the settings is not."
_QUARANTINE: Final = (
    "`pewstats quarantine list` says why each match is quarantined. Put sound files in the place of the broken ones, "
    "then `pewstats quarantine retry`."
)
# Completed by the share from which on the rule is broken: one warns, the other is an error.
_QUARANTINED: Final = """
SELECT batch, count(*) FILTER (WHERE status = 'quarantined') AS quarantined, count(*) AS matches
FROM matches
WHERE batch = ANY (%(batches)s) AND status <> 'excluded'
GROUP BY batch
HAVING count(*) FILTER (WHERE status = 'quarantined') >= count(*) *
"""
# By map: they differ in size and in how soon teams meet. From 30 matches on a mean says something.
_BY_MAP: Final = """
FROM matches
WHERE batch = ANY (%(batches)s) AND status = 'loaded'
GROUP BY batch, map_name
HAVING count(*) >= 30 AND
"""

# The magnitude is the sum without signs. To cast a number takes longer than to add it, so each is cast once.
_DAMAGE: Final = """sum(damage_dealt::numeric) AS damage,
sum(damage_dealt::numeric) - 2 * coalesce(sum(damage_dealt::numeric) FILTER (WHERE damage_dealt < 0), 0) AS magnitude"""

FIGHT_ID_IS_NOT_NULL: Final = Rule(
    name="fight_id_is_not_null",
    holds="Every participant has a fight_id.",
    asset="fight_participants",
    violations="""
    SELECT batch, id, match_id, player_name
    FROM fight_participants
    WHERE batch = ANY (%(batches)s) AND fight_id IS NULL
    """,
    repair=_AGAIN,
)
EVERY_FIGHT_ID_HAS_A_FIGHT: Final = Rule(
    name="every_fight_id_has_a_fight",
    holds="The fight_id of every participant is the id of a fight of its batch: no orphans.",
    asset="fight_participants",
    violations="""
    SELECT fp.batch, fp.id, fp.fight_id, fp.match_id, fp.player_name
    FROM fight_participants fp
    WHERE fp.batch = ANY (%(batches)s) AND fp.fight_id IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM team_fights tf
          WHERE tf.id = fp.fight_id AND tf.batch = fp.batch AND tf.batch = ANY (%(batches)s)
      )
    """,
    repair=_AGAIN,
)

RULES: Final = (
    Rule(
        name="every_fight_has_participants",
        holds="Every fight has at least one participant of its batch.",
        asset="team_fights",
        violations="""
        SELECT tf.batch, tf.id AS fight_id, tf.match_id
        FROM team_fights tf
        WHERE tf.batch = ANY (%(batches)s)
          AND NOT EXISTS (
              SELECT FROM fight_participants fp
              WHERE fp.fight_id = tf.id AND fp.batch = tf.batch AND fp.batch = ANY (%(batches)s)
          )
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="team_ids_are_those_of_the_participants",
        holds="The team_ids of a fight are the teams of its participants, ascending: each has somebody, nobody else.",
        asset="team_fights",
        violations="""
        SELECT tf.batch, tf.id AS fight_id, tf.match_id, tf.team_ids, p.team_ids AS team_ids_of_participants
        FROM team_fights tf
        JOIN (
            SELECT fight_id, array_agg(DISTINCT team_id ORDER BY team_id) AS team_ids
            FROM fight_participants
            WHERE batch = ANY (%(batches)s)
            GROUP BY fight_id
        ) p ON p.fight_id = tf.id
        WHERE tf.batch = ANY (%(batches)s) AND tf.team_ids IS DISTINCT FROM p.team_ids
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="winner_and_loser_are_teams_of_the_fight",
        holds="The winner and the loser of a fight, if it has them, are in its team_ids.",
        asset="team_fights",
        violations="""
        SELECT batch, id AS fight_id, match_id, team_ids, winning_team_id, loser_team_id
        FROM team_fights
        WHERE batch = ANY (%(batches)s)
          AND (winning_team_id <> ALL (team_ids) OR loser_team_id <> ALL (team_ids))
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="duration_is_0_to_240_s",
        holds="A fight lasts from 0 to 240 s.",
        asset="team_fights",
        violations="""
        SELECT batch, id AS fight_id, match_id, fight_start_time, fight_end_time, duration_seconds
        FROM team_fights
        WHERE batch = ANY (%(batches)s) AND (duration_seconds BETWEEN 0 AND 240) IS NOT TRUE
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="fight_numbers_have_no_gaps",
        holds="The fights of a match are numbered from 1 on, without a gap.",
        asset="team_fights",
        violations="""
        SELECT batch, match_no, count(*) AS fights, min(fight_no) AS first_fight_no, max(fight_no) AS last_fight_no
        FROM team_fights
        WHERE batch = ANY (%(batches)s)
        GROUP BY batch, match_no
        HAVING (min(fight_no), max(fight_no), count(DISTINCT fight_no)) IS DISTINCT FROM (1, count(*), count(*))
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="team_outcomes_name_the_teams",
        holds="The team_outcomes of a fight name exactly its team_ids.",
        asset="team_fights",
        violations="""
        SELECT batch, id AS fight_id, match_id, team_ids, team_outcomes
        FROM team_fights
        WHERE batch = ANY (%(batches)s)
          AND NOT CASE jsonb_typeof(team_outcomes)
              WHEN 'object' THEN
                  team_outcomes ?& team_ids::text[] AND team_outcomes - team_ids::text[] = '{}'
              ELSE false
              END
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="every_match_has_a_final_status",
        holds="Every match of the batch is loaded, quarantined or excluded; none waits.",
        asset="team_fights",
        violations="""
        SELECT batch, match_no, match_id, file, status
        FROM matches
        WHERE batch = ANY (%(batches)s) AND status NOT IN ('loaded', 'quarantined', 'excluded')
        """,
        repair="Materialize the batch: some of its matches have not been processed.",
    ),
    Rule(
        name="quarantined_below_5_percent",
        holds="Of the matches of the batch that are not excluded, less than 5 % are quarantined.",
        asset="team_fights",
        violations=f"{_QUARANTINED} 0.05",
        repair=_QUARANTINE,
        severity=Severity.WARN,
        blocking=False,
    ),
    Rule(
        name="quarantined_below_25_percent",
        holds="Of the matches of the batch that are not excluded, less than 25 % are quarantined.",
        asset="team_fights",
        violations=f"{_QUARANTINED} 0.25",
        repair=_QUARANTINE,
        # What could be read is right: broken files must not keep the others of their batch from the profiles.
        blocking=False,
    ),
    Rule(
        name="fights_per_match_are_usual",
        holds=(
            "On every map with at least 30 matches of the batch, the mean of fights per match is in "
            "PEWSTATS_FIGHTS_PER_MATCH."
        ),
        asset="team_fights",
        violations=f"""
        SELECT batch, map_name, count(*) AS matches, round(avg(fights), 2) AS fights_per_match
        {_BY_MAP} avg(fights) NOT BETWEEN %(least_fights)s::numeric AND %(most_fights)s::numeric
        """,
        repair=_LOOK,
        severity=Severity.WARN,
        blocking=False,
    ),
    FIGHT_ID_IS_NOT_NULL,
    EVERY_FIGHT_ID_HAS_A_FIGHT,
    Rule(
        name="no_player_is_twice_in_a_fight",
        holds="A player is a participant of a fight once.",
        asset="fight_participants",
        violations="""
        SELECT batch, fight_id, player_name, count(*) AS times
        FROM fight_participants
        WHERE batch = ANY (%(batches)s) AND fight_id IS NOT NULL
        GROUP BY batch, fight_id, player_name
        HAVING count(*) > 1
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="match_id_is_that_of_the_fight",
        holds="A participant's match_id is that of its fight.",
        asset="fight_participants",
        violations="""
        SELECT fp.batch, fp.id, fp.fight_id, fp.player_name, fp.match_id, tf.match_id AS match_id_of_fight
        FROM fight_participants fp
        JOIN team_fights tf ON tf.id = fp.fight_id
        WHERE fp.batch = ANY (%(batches)s) AND tf.batch = ANY (%(batches)s)
          AND fp.match_id IS DISTINCT FROM tf.match_id
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="survived_unless_killed",
        holds="A participant survived, or was killed: one of the two.",
        asset="fight_participants",
        violations="""
        SELECT batch, id, fight_id, match_id, player_name, survived, was_killed
        FROM fight_participants
        WHERE batch = ANY (%(batches)s) AND (survived <> was_killed) IS NOT TRUE
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="knocked_and_killed_during_the_fight",
        holds="The times at which a participant was knocked and killed are within the fight, its ends included.",
        asset="fight_participants",
        violations="""
        SELECT fp.batch, fp.id, fp.fight_id, fp.match_id, fp.player_name, tf.fight_start_time, tf.fight_end_time,
               fp.knocked_at, fp.killed_at
        FROM fight_participants fp
        JOIN team_fights tf ON tf.id = fp.fight_id
        WHERE fp.batch = ANY (%(batches)s) AND tf.batch = ANY (%(batches)s)
          AND (fp.knocked_at NOT BETWEEN tf.fight_start_time AND tf.fight_end_time
               OR fp.killed_at NOT BETWEEN tf.fight_start_time AND tf.fight_end_time)
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="knocks_and_kills_are_within_the_totals",
        holds="The participants of a fight have no more knocks and kills than the fight (NPCs can have the rest).",
        asset="fight_participants",
        violations="""
        SELECT tf.batch, tf.id AS fight_id, tf.match_id, tf.total_knocks, p.knocks AS knocks_of_participants,
               tf.total_kills, p.kills AS kills_of_participants
        FROM team_fights tf
        JOIN (
            SELECT fight_id, sum(knocks_dealt) AS knocks, sum(kills_dealt) AS kills
            FROM fight_participants
            WHERE batch = ANY (%(batches)s)
            GROUP BY fight_id
        ) p ON p.fight_id = tf.id
        WHERE tf.batch = ANY (%(batches)s) AND (p.knocks > tf.total_knocks OR p.kills > tf.total_kills)
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="damage_is_within_the_total",
        holds="The participants of a fight have dealt no more damage than the fight, but for rounding.",
        asset="fight_participants",
        violations=f"""
        SELECT tf.batch, tf.id AS fight_id, tf.match_id, tf.total_damage, p.damage AS damage_of_participants
        FROM team_fights tf
        JOIN (
            SELECT fight_id, {_DAMAGE}
            FROM fight_participants
            WHERE batch = ANY (%(batches)s)
            GROUP BY fight_id
        ) p ON p.fight_id = tf.id
        WHERE tf.batch = ANY (%(batches)s)
          AND p.damage - tf.total_damage::numeric > %(rounding)s * p.magnitude
        """,  # noqa: S608  our own sums
        repair=_AGAIN,
        # An NPC with negative damage, which no real file has, breaks it for good; that must not keep a batch from its
        # profiles.
        blocking=False,
    ),
    Rule(
        name="everything_detected_is_stored",
        holds="Every loaded match has as many fights and participants as detection reported, every other match none.",
        asset="fight_participants",
        violations="""
        SELECT m.batch, m.match_no, m.match_id, m.status, m.fights AS detected_fights, coalesce(f.fights, 0) AS fights,
               m.participants AS detected_participants, coalesce(p.participants, 0) AS participants
        FROM matches m
        LEFT JOIN (
            SELECT match_no, count(*) AS fights FROM team_fights WHERE batch = ANY (%(batches)s) GROUP BY match_no
        ) f USING (match_no)
        LEFT JOIN (
            -- Their id, unlike their fight_id, says of which match they are even if they lost their fight.
            SELECT id / 1000000 AS match_no, count(*) AS participants
            FROM fight_participants
            WHERE batch = ANY (%(batches)s)
            GROUP BY 1
        ) p USING (match_no)
        WHERE m.batch = ANY (%(batches)s)
          AND (coalesce(m.fights, 0), coalesce(m.participants, 0))
              <> (coalesce(f.fights, 0), coalesce(p.participants, 0))
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="every_knock_has_a_fight",
        holds="The fight_id of every knock is the id of a fight of its batch: none is null, and there are no orphans.",
        asset="fight_participants",
        violations="""
        SELECT k.batch, k.fight_id, k.knock_no, k.knocker_name, k.victim_name
        FROM fight_knocks k
        WHERE k.batch = ANY (%(batches)s)
          AND NOT EXISTS (
              SELECT FROM team_fights tf
              WHERE tf.id = k.fight_id AND tf.batch = k.batch AND tf.batch = ANY (%(batches)s)
          )
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="every_knock_is_stored",
        holds=(
            "A fight has as many knocks by somebody with a name in fight_knocks as its total_knocks (v2 rule 20), once "
            "its participants are described."
        ),
        asset="fight_participants",
        violations="""
        SELECT tf.batch, tf.id AS fight_id, tf.match_id, tf.total_knocks, coalesce(k.knocks, 0) AS knocks
        FROM team_fights tf
        JOIN (
            SELECT DISTINCT fight_id
            FROM fight_participants
            WHERE batch = ANY (%(batches)s) AND enemy_knocks IS NOT NULL
        ) described ON described.fight_id = tf.id
        LEFT JOIN (
            SELECT fight_id, count(*) AS knocks
            FROM fight_knocks
            WHERE batch = ANY (%(batches)s) AND knocker_name <> ''
            GROUP BY fight_id
        ) k ON k.fight_id = tf.id
        WHERE tf.batch = ANY (%(batches)s) AND tf.total_knocks <> coalesce(k.knocks, 0)
        """,
        repair=_AGAIN,
    ),
    Rule(
        name="how_participants_fought_is_possible",
        holds=(
            "Of how a participant fought, nothing is below 0 that cannot be, parts are within what they are parts of "
            "(fates within knocks, trades within opportunities, mates within 25 m within those within 50 m), and "
            "damage to standing and to knocked players is the damage dealt, but for rounding."
        ),
        asset="fight_participants",
        violations="""
        SELECT batch, id, fight_id, match_id, player_name
        FROM fight_participants
        WHERE batch = ANY (%(batches)s)
          AND (
              least(
                  first_hit_distance_m, enemy_knocks, knocks_finished_by_self, knocks_finished_by_team,
                  knocks_finished_by_others, knocks_revived, knocks_bled_out, enemy_knocks_taken, knocks_taken_revived,
                  revived_after_s, trades_by_self, trades_by_team, knocks_taken_traded, mate_distance_first_hit_m,
                  mate_distance_mean_m, mates_within_25m, distance_moved_m, mean_speed_mps, zone_phase, team_standing,
                  enemies_standing
              ) < 0
              OR dealt_first_hit AND took_first_hit
              OR knocks_finished_by_self::bigint + knocks_finished_by_team + knocks_finished_by_others + knocks_revived
                  + knocks_bled_out > enemy_knocks
              OR enemy_knocks > knocks_dealt
              OR was_knocked <> (knocks_taken > 0)
              OR greatest(enemy_knocks_taken, knocks_taken_revived) > knocks_taken
              OR knocks_taken_traded > enemy_knocks_taken
              OR trades_by_self::bigint + trades_by_team > trade_opportunities
              OR mates_within_25m > mates_within_50m
              OR mates_within_50m > mates_within_100m
              OR is_alone <> (mates_within_100m = 0)
              OR abs(damage_to_standing::numeric + damage_to_knocked::numeric - damage_dealt::numeric)
                  > %(rounding)s * (
                      abs(damage_to_standing::numeric) + abs(damage_to_knocked::numeric) + abs(damage_dealt::numeric)
                  )
          )
        """,
        repair=_AGAIN,
        # A file that contradicts itself breaks it for good; that must not keep a batch from its profiles.
        blocking=False,
    ),
    Rule(
        name="everybody_is_in_a_squad",
        holds=(
            "In a match with a roster, the team of every participant with an account that is no bot's is a squad, and "
            "that account is in it."
        ),
        asset="fight_participants",
        violations="""
        SELECT fp.batch, fp.id, fp.fight_id, fp.match_id, fp.player_name, fp.player_account_id, fp.team_id, s.squad_id
        FROM fight_participants fp
        LEFT JOIN (SELECT * FROM match_squads WHERE batch = ANY (%(batches)s)) s
            -- Their id, unlike their fight_id, says of which match they are even if they lost their fight.
            ON s.match_no = fp.id / 1000000 AND s.team_id = fp.team_id
        WHERE fp.batch = ANY (%(batches)s) AND fp.team_standing IS NOT NULL AND fp.team_id <> 0
          AND fp.player_account_id <> '' AND NOT starts_with(fp.player_account_id, 'ai.')
          AND (fp.player_account_id = ANY (s.player_account_ids)) IS NOT TRUE
        """,
        repair="Look at the telemetry of these matches: its rosters lack somebody who fought.",
        severity=Severity.WARN,
        blocking=False,
    ),
    Rule(
        name="participants_per_fight_are_usual",
        holds=(
            "On every map with at least 30 matches of the batch, the mean of participants per fight is in "
            "PEWSTATS_PARTICIPANTS_PER_FIGHT."
        ),
        asset="fight_participants",
        violations=f"""
        SELECT batch, map_name, count(*) AS matches,
               round(sum(participants)::numeric / sum(fights), 2) AS participants_per_fight
        {_BY_MAP} sum(participants)::numeric / nullif(sum(fights), 0)
            NOT BETWEEN %(least_participants)s::numeric AND %(most_participants)s::numeric
        """,
        repair=_LOOK,
        severity=Severity.WARN,
        blocking=False,
    ),
    Rule(
        name="profiles_are_the_sums_of_the_participants",
        holds=(
            "What a batch adds to a player's profile is the sum over its participants with that account id, by map, "
            "mode, match type and half: fights, survivals, deaths, knocks and their fates, kills, trades, first hits, "
            "positions, and damage but for rounding. Bots (ai.*) and players without an account id have none."
        ),
        asset="player_profiles",
        violations=f"""
        SELECT batch, player_account_id, jsonb_build_array(key[1], key[2], key[3], key[4]::integer) AS key, p.sums,
               s.sums AS sums_of_participants, p.damage_dealt, s.damage AS damage_of_participants
        FROM (
            SELECT batch, player_account_id, ARRAY[map_name, game_mode, match_type, half::text] AS key, damage_dealt,
                   ARRAY[
                       fights, survivals, deaths, knocks_dealt, kills_dealt, enemy_knocks, knocks_finished_by_self,
                       trade_opportunities, trades_by_self, first_hits_known, first_hits_dealt, positions_known,
                       isolated, fights_even, fights_late
                   ] AS sums
            FROM player_profile_sums
            WHERE batch = ANY (%(batches)s)
        ) p
        FULL JOIN (
            SELECT batch, player_account_id, ARRAY[map_name, game_mode, match_type, half::text] AS key,
                   {_DAMAGE},
                   ARRAY[
                       count(*), count(*) FILTER (WHERE survived), count(*) FILTER (WHERE was_killed),
                       sum(knocks_dealt), sum(kills_dealt), coalesce(sum(enemy_knocks), 0),
                       coalesce(sum(knocks_finished_by_self), 0), coalesce(sum(trade_opportunities), 0),
                       coalesce(sum(trades_by_self), 0), count(dealt_first_hit),
                       count(*) FILTER (WHERE dealt_first_hit), count(is_alone), count(*) FILTER (WHERE is_alone),
                       count(*) FILTER (WHERE numbers = 'even'), count(*) FILTER (WHERE zone_phase >= 6)
                   ] AS sums
            FROM (SELECT *, id / 1000000 %% 2 AS half FROM fight_participants) fp
            WHERE batch = ANY (%(batches)s) AND player_account_id <> '' AND NOT starts_with(player_account_id, 'ai.')
            GROUP BY batch, player_account_id, map_name, game_mode, match_type, half
        ) s USING (batch, player_account_id, key)
        WHERE p.sums IS DISTINCT FROM s.sums
           OR abs(p.damage_dealt::numeric - s.damage) > %(rounding)s * s.magnitude
        """,  # noqa: S608  our own sums
        repair=_PROFILES_AGAIN,
    ),
    Rule(
        name="names_are_those_of_the_participants",
        holds="The names of a player in a batch are those of its participants, with as many matches.",
        asset="player_profiles",
        violations="""
        SELECT batch, player_account_id, player_name, n.matches, p.matches AS matches_of_participants
        FROM (SELECT * FROM player_names WHERE batch = ANY (%(batches)s)) n
        FULL JOIN (
            SELECT batch, player_account_id, player_name, count(DISTINCT id / 1000000) AS matches
            FROM fight_participants
            WHERE batch = ANY (%(batches)s) AND player_account_id <> '' AND NOT starts_with(player_account_id, 'ai.')
            GROUP BY 1, 2, 3
        ) p USING (batch, player_account_id, player_name)
        WHERE n.matches IS DISTINCT FROM p.matches
        """,
        repair=_PROFILES_AGAIN,
    ),
    Rule(
        name="squads_are_the_sums_of_their_matches",
        holds=(
            "What a batch adds to a squad of two and more, by mode and match type, is the sum over its matches and its "
            "members' fights: matches, matches won, fights, knocks, kills, and damage but for rounding."
        ),
        asset="player_profiles",
        violations=f"""
        WITH members AS (
            SELECT s.batch, s.match_no, s.team_id, s.squad_id, s.team_rank, s.player_account_ids,
                   ARRAY[m.game_mode, m.match_type] AS mode
            FROM match_squads s
            JOIN matches m ON m.match_no = s.match_no
            WHERE s.batch = ANY (%(batches)s) AND cardinality(s.player_account_ids) > 1
        )
        SELECT batch, squad_id, mode, p.sums, s.sums AS sums_of_matches, p.damage_dealt, s.damage AS damage_of_fights
        FROM (
            SELECT batch, squad_id, ARRAY[game_mode, match_type] AS mode, damage_dealt,
                   ARRAY[matches, wins_of_matches, fights, knocks_dealt, kills_dealt] AS sums
            FROM squad_profile_sums
            WHERE batch = ANY (%(batches)s)
        ) p
        FULL JOIN (
            SELECT batch, squad_id, mode, coalesce(f.damage, 0) AS damage, coalesce(f.magnitude, 0) AS magnitude,
                   ARRAY[
                       m.matches, m.wins, coalesce(f.fights, 0), coalesce(f.knocks, 0), coalesce(f.kills, 0)
                   ] AS sums
            FROM (
                SELECT batch, squad_id, mode, count(*) AS matches, count(*) FILTER (WHERE team_rank = 1) AS wins
                FROM members
                GROUP BY 1, 2, 3
            ) m
            LEFT JOIN (
                -- By what differs first: PostgreSQL sorts.
                SELECT s.squad_id, s.batch, s.mode, count(DISTINCT fp.id / 1000) AS fights,
                       sum(fp.knocks_dealt) AS knocks, sum(fp.kills_dealt) AS kills,
                       {_DAMAGE}
                FROM members s
                JOIN fight_participants fp ON fp.id / 1000000 = s.match_no AND fp.team_id = s.team_id
                WHERE fp.batch = ANY (%(batches)s) AND fp.player_account_id = ANY (s.player_account_ids)
                GROUP BY 1, 2, 3
            ) f USING (batch, squad_id, mode)
        ) s USING (batch, squad_id, mode)
        WHERE p.sums IS DISTINCT FROM s.sums
           OR abs(p.damage_dealt::numeric - s.damage) > %(rounding)s * s.magnitude
        """,  # noqa: S608  our own sums
        repair=_PROFILES_AGAIN,
    ),
    Rule(
        name="percentiles_are_0_to_1",
        holds="The percentiles of figures and the axes of playstyles are 0 to 1.",
        asset="player_populations",
        violations="""
        SELECT player_account_id, game_mode, match_type, figure, percentile
        FROM player_figures
        WHERE (percentile BETWEEN 0 AND 1) IS NOT TRUE
        UNION ALL
        SELECT player_account_id, game_mode, match_type, axis, percentile
        FROM player_playstyles
        CROSS JOIN LATERAL (VALUES
            ('aggression', aggression), ('mobility', mobility), ('support', support), ('range', range),
            ('survival', survival)
        ) AS axes (axis, percentile)
        WHERE percentile NOT BETWEEN 0 AND 1
        """,
        repair=_COMPARE_AGAIN,
        blocking=False,
        per_batch=False,
    ),
    Rule(
        name="figures_are_within_their_intervals",
        holds="The value of a player's figure is within its interval, and so is the shrunk one.",
        asset="player_populations",
        violations="""
        SELECT player_account_id, game_mode, match_type, figure, low, value, high, shrunk_low, shrunk, shrunk_high
        FROM player_figures
        WHERE (value BETWEEN low AND high AND shrunk BETWEEN shrunk_low AND shrunk_high) IS NOT TRUE
           -- NaN is greater than all numbers.
           OR greatest(high, shrunk_high) >= 'Infinity'
        """,
        repair=_COMPARE_AGAIN,
        blocking=False,
        per_batch=False,
    ),
    Rule(
        name="only_people_with_fights_are_compared",
        holds=("Whoever has figures or a playstyle in a mode has sums of fights in it; bots (ai.*) have neither."),
        asset="player_populations",
        violations="""
        SELECT player_account_id, game_mode, match_type, starts_with(player_account_id, 'ai.') AS is_bot
        FROM (
            SELECT player_account_id, game_mode, match_type FROM player_figures
            UNION
            SELECT player_account_id, game_mode, match_type FROM player_playstyles
        ) compared
        WHERE starts_with(player_account_id, 'ai.')
           OR NOT EXISTS (
               SELECT FROM player_profile_sums s
               WHERE (s.player_account_id, s.game_mode, s.match_type)
                   = (compared.player_account_id, compared.game_mode, compared.match_type)
           )
        """,
        repair=_COMPARE_AGAIN,
        blocking=False,
        per_batch=False,
    ),
    Rule(
        name="constraints_are_in_force",
        holds=(
            "The foreign keys, the unique keys and the not-null constraints that bind participants, knocks, fights, "
            "squads and matches exist, are validated and enabled."
        ),
        asset="warehouse",
        violations="""
        SELECT e.kind, e."table", e.columns, e.referenced
        FROM (VALUES
            ('foreign key', 'fight_participants', ARRAY['fight_id'], 'team_fights'),
            ('foreign key', 'team_fights', ARRAY['match_no'], 'matches'),
            ('foreign key', 'fight_knocks', ARRAY['fight_id'], 'team_fights'),
            ('foreign key', 'match_squads', ARRAY['match_no'], 'matches'),
            ('not null', 'fight_participants', ARRAY['fight_id'], NULL),
            ('not null', 'fight_knocks', ARRAY['fight_id'], NULL),
            ('unique', 'fight_participants', ARRAY['id'], NULL),
            ('unique', 'fight_participants', ARRAY['fight_id', 'player_name'], NULL),
            ('unique', 'team_fights', ARRAY['id'], NULL),
            ('unique', 'team_fights', ARRAY['match_no', 'fight_no'], NULL),
            ('unique', 'matches', ARRAY['match_no'], NULL),
            ('unique', 'matches', ARRAY['match_id'], NULL),
            ('unique', 'matches', ARRAY['file'], NULL),
            ('unique', 'fight_knocks', ARRAY['fight_id', 'knock_no'], NULL),
            ('unique', 'match_squads', ARRAY['match_no', 'team_id'], NULL),
            ('unique', 'player_names', ARRAY['batch', 'player_account_id', 'player_name'], NULL),
            ('unique', 'squad_profile_sums', ARRAY['batch', 'squad_id', 'game_mode', 'match_type'], NULL),
            ('unique', 'squad_finishes',
                ARRAY['batch', 'squad_id', 'knocker_account_id', 'finisher_account_id'], NULL),
            ('unique', 'player_profile_sums',
                ARRAY['batch', 'player_account_id', 'map_name', 'game_mode', 'match_type', 'half'], NULL)
        ) AS e (kind, "table", columns, referenced)
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint c
            WHERE c.conrelid = to_regclass(e."table") AND c.convalidated
              AND CASE e.kind
                  WHEN 'foreign key' THEN c.contype = 'f' AND c.confrelid = to_regclass(e.referenced)
                  WHEN 'unique' THEN c.contype IN ('p', 'u')
                  END
              AND e.columns = ARRAY(
                  SELECT a.attname::text
                  FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
                  ORDER BY k.position
              )
              AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = c.oid AND t.tgenabled NOT IN ('O', 'A'))
        ) AND NOT (
            e.kind = 'not null'
            AND EXISTS (
                SELECT FROM pg_attribute a
                WHERE a.attrelid = to_regclass(e."table") AND a.attname = e.columns[1] AND a.attnotnull
                  -- From PostgreSQL 18 on there is one that is not validated.
                  AND NOT EXISTS (
                      SELECT FROM pg_constraint c
                      WHERE c.conrelid = a.attrelid AND c.contype = 'n' AND c.conkey = ARRAY[a.attnum]
                        AND NOT c.convalidated
                  )
            )
        )
        """,
        repair=(
            "Add the constraint again with ALTER TABLE, as in the migrations; rows that it refuses are named by the "
            "rules on batches."
        ),
        blocking=False,
        per_batch=False,
    ),
    Rule(
        name="every_row_belongs_to_its_batch",
        holds=(
            "In the whole of the tables, whatever batch a row names: every participant and every knock has a fight, "
            "every fight and every squad a match, and every profile matches, of that batch."
        ),
        asset="warehouse",
        violations="""
        SELECT 'fight_participants' AS "table", fp.batch, fp.id, fp.fight_id, tf.batch AS belongs_to
        FROM fight_participants fp
        LEFT JOIN team_fights tf ON tf.id = fp.fight_id
        WHERE tf.batch IS DISTINCT FROM fp.batch
        UNION ALL
        SELECT 'team_fights', tf.batch, tf.id, NULL, m.batch
        FROM team_fights tf
        LEFT JOIN matches m USING (match_no)
        WHERE m.batch IS DISTINCT FROM tf.batch
        UNION ALL
        SELECT 'fight_knocks', k.batch, k.knock_no, k.fight_id, tf.batch
        FROM fight_knocks k
        LEFT JOIN team_fights tf ON tf.id = k.fight_id
        WHERE tf.batch IS DISTINCT FROM k.batch
        UNION ALL
        SELECT 'match_squads', s.batch, s.match_no, NULL, m.batch
        FROM match_squads s
        LEFT JOIN matches m USING (match_no)
        WHERE m.batch IS DISTINCT FROM s.batch
        UNION ALL
        SELECT "table", batch, NULL::bigint, NULL::bigint, NULL
        FROM (
            SELECT 'player_profile_sums' AS "table", batch FROM player_profile_sums
            UNION SELECT 'player_names', batch FROM player_names
            UNION SELECT 'squad_profile_sums', batch FROM squad_profile_sums
            UNION SELECT 'squad_finishes', batch FROM squad_finishes
        ) p
        WHERE NOT EXISTS (SELECT FROM matches m WHERE m.batch = p.batch)
        """,
        repair=(
            "Delete rows of a batch that is not registered; materialize the other batches that are named again, and "
            "those their rows belong to."
        ),
        # A broken batch of last year must not stop the one of this night.
        blocking=False,
        per_batch=False,
    ),
)

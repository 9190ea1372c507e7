-- A history of %(batches)s batches of 100 matches for the benchmark of profile queries: matches, fights, participants, knocks and squads.
--
-- Groups of four people play together, a few of them all the time, most of them now and then; not all of a group are
-- always there. Rows lie in the order in which loading writes them. Everything is drawn at random, from one seed; what
-- one participant did is drawn by itself, so that knocks dealt and taken do not add up over a fight.

SELECT setseed(0.5);

CREATE TEMP TABLE people AS
SELECT n AS person,
       'account.' || md5('person ' || n) AS account_id,
       'Player_' || n AS first_name,
       CASE WHEN n %% 15 = 0 THEN 'Renamed_' || n ELSE 'Player_' || n END AS last_name,
       0.5 + (n * 7919 %% 1009) / 1009.0 AS skill, 0.5 + (n * 10007 %% 997) / 997.0 AS style
FROM generate_series(1, %(people)s) n;

INSERT INTO match_batches (batch, opened_at, closed_at, awaits_run)
SELECT 'batch_' || lpad(b::text, 5, '0'), now(), now(), false
FROM generate_series(1, %(batches)s) b;

INSERT INTO matches (match_no, match_id, batch, file, checksum, status, map_name, game_mode, match_type, match_datetime,
                     started_at, event_count, fights, participants, loaded_at)
SELECT n, ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid,
       'batch_' || lpad(((n - 1) / 100 + 1)::text, 5, '0'), '/telemetry/' || n || '.json.gz', repeat('0', 64), 'loaded',
       (ARRAY['Baltic_Main', 'Baltic_Main', 'Desert_Main', 'Desert_Main', 'Tiger_Main', 'Neon_Main', 'Savage_Main'])
           [1 + n * 31 %% 7],
       CASE WHEN n %% 10 = 0 THEN 'esports-squad-fpp' WHEN n %% 5 < 3 THEN 'squad-fpp' ELSE 'squad' END,
       CASE n %% 10 WHEN 0 THEN 'custom' WHEN 5 THEN 'competitive' ELSE 'official' END,
       '2026-01-01 00:00Z'::timestamptz + n * interval '288 seconds',
       '2026-01-01 00:00Z'::timestamptz + n * interval '288 seconds', 37000, 22, 132, now()
FROM generate_series(1, %(batches)s * 100) n;

CREATE TEMP TABLE teams AS
SELECT match_no, group_no, row_number() OVER (PARTITION BY match_no ORDER BY random())::int AS team_id,
       count(*) OVER (PARTITION BY match_no)::int AS teams
FROM (
    SELECT DISTINCT match_no, floor(%(people)s / 4 * power(random(), 2))::int AS group_no
    FROM matches, generate_series(1, 24)
) AS drawn;

CREATE TEMP TABLE members AS
SELECT match_no, team_id, group_no * 4 + seat AS person
FROM teams, generate_series(1, 4) seat
WHERE seat = 1 + group_no %% 4 OR random() < 0.8;

INSERT INTO match_squads (batch, match_no, match_id, team_id, squad_id, player_account_ids, team_rank)
SELECT batch, match_no, match_id, team_id, md5(array_to_string(ids, ',')), ids, team_id
FROM (
    SELECT match_no, team_id, array_agg(account_id ORDER BY account_id) AS ids
    FROM members JOIN people USING (person)
    GROUP BY match_no, team_id
) AS squads
JOIN matches USING (match_no)
ORDER BY match_no, team_id;

CREATE TEMP TABLE fights AS
SELECT match_no * 1000 + fight_no AS fight_id, match_no, fight_no,
       CASE WHEN team_3 IN (team_1, team_2) OR third > 0.4 THEN ARRAY[team_1, team_2] ELSE ARRAY[team_1, team_2, team_3] END
           AS team_ids
FROM (
    SELECT match_no, fight_no, team_1, 1 + (team_1 - 1 + step) %% teams AS team_2, team_3, third
    FROM (
        SELECT match_no, teams, fight_no, 1 + floor(random() * teams)::int AS team_1,
               1 + floor(random() * (teams - 1))::int AS step, 1 + floor(random() * teams)::int AS team_3,
               random() AS third
        FROM (SELECT DISTINCT match_no, teams FROM teams) AS of_match, generate_series(1, 22) fight_no
    ) AS drawn
) AS pairs;

INSERT INTO team_fights (id, batch, match_no, match_id, fight_no, ruleset, fight_start_time, fight_end_time,
                         duration_seconds, team_ids, primary_team_1, primary_team_2, third_party_teams, total_knocks,
                         total_kills, total_damage, total_damage_events, outcome, winning_team_id, loser_team_id,
                         team_outcomes, fight_reason, fight_center_x, fight_center_y, fight_spread_radius, map_name,
                         game_mode, match_type, match_datetime)
SELECT fight_id, batch, match_no, match_id, fight_no, 'v2', started_at + fight_no * interval '80 seconds',
       started_at + fight_no * interval '80 seconds' + interval '60 seconds', 60, team_ids, team_ids[1], team_ids[2],
       nullif(team_ids[3:], '{}'), 3, 3, 600, 20,
       CASE WHEN is_draw THEN 'DRAW' WHEN cardinality(team_ids) > 2 THEN 'THIRD_PARTY' ELSE 'DECISIVE_WIN' END,
       CASE WHEN NOT is_draw THEN team_ids[1] END, CASE WHEN NOT is_draw THEN team_ids[2] END,
       CASE WHEN is_draw THEN jsonb_build_object(team_ids[1], 'DRAW', team_ids[2], 'DRAW')
            ELSE jsonb_build_object(team_ids[1], 'WON', team_ids[2], 'LOST') END
           || CASE WHEN cardinality(team_ids) > 2 THEN jsonb_build_object(team_ids[3], 'DRAW') ELSE '{}' END,
       'Multiple casualties (6 knocks/kills)', 400000, 400000, 40, map_name, game_mode, match_type, match_datetime
FROM (SELECT *, random() < 0.17 AS is_draw FROM fights) AS drawn
JOIN matches USING (match_no)
ORDER BY fight_id;

CREATE TEMP TABLE parts AS
SELECT fight_id, match_no, team_id, person, row_number() OVER (PARTITION BY fight_id ORDER BY team_id, person) AS number
FROM fights CROSS JOIN LATERAL unnest(team_ids) AS team (team_id) JOIN members USING (match_no, team_id)
WHERE random() < 0.75;

ANALYZE parts;

INSERT INTO fight_participants (
    id, batch, fight_id, participant_no, match_id, player_name, player_account_id, team_id, knocks_dealt, kills_dealt,
    damage_dealt, damage_taken, position_center_x, position_center_y, was_knocked, was_killed, survived, knocked_at,
    killed_at, map_name, game_mode, match_type, match_datetime, first_hit_at, dealt_first_hit, took_first_hit,
    first_hit_distance_m, damage_to_standing, damage_to_knocked, enemy_knocks, knocks_finished_by_self,
    knocks_finished_by_team, knocks_finished_by_others, knocks_revived, knocks_bled_out, knocks_taken,
    enemy_knocks_taken, knocks_taken_revived, revived_after_s, trade_opportunities, trades_by_self, trades_by_team,
    knocks_taken_traded, focused_damage, mate_distance_first_hit_m, mate_distance_mean_m, mates_within_25m,
    mates_within_50m, mates_within_100m, is_alone, distance_moved_m, mean_speed_mps, height_over_opponent_m, zone_phase,
    in_blue_zone, damage_by_weapon, team_standing, enemies_standing, joined_late, numbers
)
SELECT fight_id * 1000 + number, batch, fight_id, number, match_id,
       CASE WHEN match_no < %(batches)s * 50 THEN first_name ELSE last_name END, account_id, team_id, knocks, kills,
       damage, 70 * one, 400000 + 1000 * two, 400000 + 1000 * three, is_knocked, is_killed, NOT is_killed,
       CASE WHEN is_knocked THEN match_datetime END, CASE WHEN is_killed THEN match_datetime END, map_name, game_mode,
       match_type, match_datetime, match_datetime, number = 1, number = 2, CASE WHEN damage > 0 THEN 5 + 200 * two * two * style END,
       damage * 0.9, damage * 0.1, knocks, knocks - knocks / 2, CASE WHEN knocks > 1 AND three < 0.5 THEN knocks / 2 ELSE 0 END,
       0, CASE WHEN knocks > 1 AND three >= 0.5 THEN knocks / 2 ELSE 0 END, 0, is_knocked::int, is_knocked::int,
       (is_knocked AND NOT is_killed)::int, CASE WHEN is_knocked AND NOT is_killed THEN 5 + 20 * two END, opportunities,
       traded, CASE WHEN traded = 0 AND three < 0.3 THEN opportunities ELSE 0 END, (is_knocked AND two < 0.3)::int,
       damage * three, CASE WHEN two < 0.98 THEN 60 * three * style END, CASE WHEN two < 0.98 THEN 60 * three * style END,
       CASE WHEN two < 0.98 THEN CASE WHEN three < 0.4 THEN mates ELSE 0 END END,
       CASE WHEN two < 0.98 THEN CASE WHEN three < 0.7 THEN mates ELSE 0 END END, CASE WHEN two < 0.98 THEN mates END,
       CASE WHEN two < 0.98 THEN mates = 0 END, 80 * one, 1.5 * one * skill,
       5 * (two - three * style), floor(7 * three), one < 0.1,
       CASE WHEN damage > 0 THEN jsonb_build_array(jsonb_build_object('weapon', 'WeapHK416_C', 'damage', damage)) END, 4,
       3 + floor(2 * one), three < 0.15 * style,
       CASE WHEN cardinality(team_ids) > 2 THEN 'third_party' WHEN one < 0.3 THEN 'behind' WHEN one < 0.6 THEN 'even'
            ELSE 'ahead' END
FROM (
    SELECT *, least(6, floor(-ln(1 - one) * 0.9 * skill))::int AS knocks, least(6, floor(-ln(1 - two) * 0.9 * skill))::int AS kills,
           -80 * ln(1 - three) * skill AS damage, two < 0.45 * style AS is_knocked, two + 0.2 * one < 0.35 * style AS is_killed,
           (one < 0.3)::int AS opportunities, CASE WHEN two < 0.1 THEN 0 ELSE 1 + floor(2 * two) END AS mates,
           (one < 0.1 AND three < 0.3 * skill)::int AS traded
    FROM (SELECT *, random() AS one, random() AS two, random() AS three FROM parts) AS drawn
    JOIN people USING (person)
) AS done
JOIN (SELECT fight_id, team_ids FROM fights) AS fights USING (fight_id)
JOIN matches USING (match_no)
ORDER BY fight_id, number;

INSERT INTO fight_knocks (
    batch, fight_id, knock_no, knocked_at, knocker_name, knocker_account_id, knocker_team_id, victim_name,
    victim_account_id, victim_team_id, distance_m, weapon, dbno_id, fate, ended_at, ender_account_id, ender_team_id
)
SELECT batch, fight_id, row_number() OVER (PARTITION BY fight_id ORDER BY id, nth), match_datetime, player_name,
       player_account_id, team_id, 'Somebody', 'account.' || md5('person ' || 1 + id %% %(people)s), 0, first_hit_distance_m,
       'WeapHK416_C', id %% 1000000 * 10 + nth, CASE WHEN nth <= knocks_finished_by_self + knocks_finished_by_team THEN 'finished' ELSE 'revived' END,
       match_datetime, CASE WHEN nth <= knocks_finished_by_self + knocks_finished_by_team THEN player_account_id END,
       CASE WHEN nth <= knocks_finished_by_self + knocks_finished_by_team THEN team_id END
FROM fight_participants CROSS JOIN LATERAL generate_series(1, enemy_knocks) AS nth
ORDER BY fight_id;

CREATE TEMP VIEW outcomes AS
SELECT fp.*, tf.match_no, tf.fight_start_time, tf.team_outcomes ->> fp.team_id::text AS team_outcome,
       tf.team_outcomes ->> fp.team_id::text = 'WON' AS won
FROM fight_participants fp
JOIN team_fights tf ON tf.id = fp.fight_id;

INSERT INTO player_profile_sums
SELECT
    batch, player_account_id, map_name, game_mode, match_type, mod(match_no, 2),
    (array_agg(player_name ORDER BY fight_start_time DESC, id DESC))[1], min(fight_start_time), max(fight_start_time),
    count(DISTINCT match_no), count(*), count(*) FILTER (WHERE won), count(*) FILTER (WHERE team_outcome = 'LOST'),
    count(*) FILTER (WHERE team_outcome = 'DRAW'), count(*) FILTER (WHERE survived),
    count(*) FILTER (WHERE was_knocked), sum(knocks_dealt), sum(knocks_dealt * knocks_dealt), sum(kills_dealt),
    sum(kills_dealt * kills_dealt), count(*) FILTER (WHERE was_killed), sum(damage_dealt), sum(damage_dealt ^ 2),
    sum(damage_taken), sum(damage_taken ^ 2), sum(damage_to_knocked), sum(enemy_knocks),
    coalesce(sum(enemy_knocks) FILTER (WHERE knocks_revived IS NOT NULL), 0), sum(knocks_finished_by_self),
    sum(knocks_finished_by_team), sum(knocks_finished_by_others), sum(knocks_revived), sum(knocks_bled_out),
    sum(knocks_taken), sum(knocks_taken), sum(knocks_taken_revived),
    coalesce(sum(revived_after_s * knocks_taken_revived), 0), sum(enemy_knocks_taken), sum(knocks_taken_traded),
    sum(trade_opportunities), sum(trades_by_self), sum(trades_by_team), count(dealt_first_hit),
    count(*) FILTER (WHERE dealt_first_hit), count(*) FILTER (WHERE took_first_hit),
    count(*) FILTER (WHERE damage_dealt > 0), coalesce(sum(focused_damage / damage_dealt) FILTER (WHERE damage_dealt > 0), 0),
    coalesce(sum((focused_damage / damage_dealt) ^ 2) FILTER (WHERE damage_dealt > 0), 0), count(mate_distance_mean_m),
    coalesce(sum(mate_distance_mean_m), 0), coalesce(sum(mate_distance_mean_m ^ 2), 0), count(first_hit_distance_m),
    coalesce(sum(first_hit_distance_m), 0), coalesce(sum(first_hit_distance_m ^ 2), 0), count(mean_speed_mps),
    coalesce(sum(mean_speed_mps), 0), coalesce(sum(mean_speed_mps ^ 2), 0), count(height_over_opponent_m),
    coalesce(sum(height_over_opponent_m), 0), coalesce(sum(height_over_opponent_m ^ 2), 0), count(is_alone),
    count(*) FILTER (WHERE is_alone), count(*) FILTER (WHERE NOT is_alone AND mates_within_25m > 0),
    count(*) FILTER (WHERE NOT is_alone AND mates_within_25m = 0), count(joined_late),
    count(*) FILTER (WHERE joined_late), count(in_blue_zone), count(*) FILTER (WHERE in_blue_zone),
    count(*) FILTER (WHERE numbers = 'even'), count(*) FILTER (WHERE numbers = 'even' AND won),
    count(*) FILTER (WHERE numbers = 'ahead'), count(*) FILTER (WHERE numbers = 'ahead' AND won),
    count(*) FILTER (WHERE numbers = 'behind'), count(*) FILTER (WHERE numbers = 'behind' AND won),
    count(*) FILTER (WHERE numbers = 'third_party'), count(*) FILTER (WHERE numbers = 'third_party' AND won),
    count(*) FILTER (WHERE zone_phase < 3), count(*) FILTER (WHERE zone_phase < 3 AND won),
    count(*) FILTER (WHERE zone_phase BETWEEN 3 AND 5), count(*) FILTER (WHERE zone_phase BETWEEN 3 AND 5 AND won),
    count(*) FILTER (WHERE zone_phase > 5), count(*) FILTER (WHERE zone_phase > 5 AND won),
    count(*) FILTER (WHERE first_hit_distance_m < 25), count(*) FILTER (WHERE first_hit_distance_m < 25 AND won),
    count(*) FILTER (WHERE first_hit_distance_m >= 25 AND first_hit_distance_m < 100),
    count(*) FILTER (WHERE first_hit_distance_m >= 25 AND first_hit_distance_m < 100 AND won),
    count(*) FILTER (WHERE first_hit_distance_m >= 100), count(*) FILTER (WHERE first_hit_distance_m >= 100 AND won)
FROM outcomes
GROUP BY batch, player_account_id, map_name, game_mode, match_type, mod(match_no, 2);

INSERT INTO player_names (batch, player_account_id, player_name, matches, first_seen_at, last_seen_at)
SELECT batch, player_account_id, player_name, count(DISTINCT match_no), min(fight_start_time), max(fight_start_time)
FROM outcomes
GROUP BY batch, player_account_id, player_name;

CREATE TEMP TABLE squads_in_fights AS
SELECT match_no, team_id, fight_id, team_outcome, sum(knocks_dealt) AS knocks, sum(kills_dealt) AS kills,
       sum(damage_dealt) AS damage, sum(damage_taken) AS taken, sum(focused_damage) AS focused, min(fight_start_time) AS at
FROM outcomes
GROUP BY match_no, team_id, fight_id, team_outcome;

INSERT INTO squad_profile_sums
SELECT batch, squad_id, player_account_ids, game_mode, match_type, count(*), count(team_rank),
       count(*) FILTER (WHERE team_rank = 1), coalesce(sum(fights), 0), coalesce(sum(wins), 0),
       coalesce(sum(losses), 0), coalesce(sum(fights - wins - losses), 0), coalesce(sum(knocks), 0),
       coalesce(sum(kills), 0), coalesce(sum(damage), 0), coalesce(sum(taken), 0), coalesce(sum(fights), 0),
       coalesce(sum(wins), 0), coalesce(sum(focused), 0), max(at)
FROM match_squads
JOIN (SELECT match_no, game_mode, match_type FROM matches) AS of_match USING (match_no)
LEFT JOIN (
    SELECT match_no, team_id, count(*) AS fights, count(*) FILTER (WHERE team_outcome = 'WON') AS wins,
           count(*) FILTER (WHERE team_outcome = 'LOST') AS losses, sum(knocks) AS knocks, sum(kills) AS kills,
           sum(damage) AS damage, sum(taken) AS taken, sum(focused) AS focused, max(at) AS at
    FROM squads_in_fights
    GROUP BY match_no, team_id
) AS done USING (match_no, team_id)
WHERE cardinality(player_account_ids) > 1
GROUP BY batch, squad_id, player_account_ids, game_mode, match_type;

INSERT INTO squad_finishes (batch, squad_id, knocker_account_id, finisher_account_id, finishes)
SELECT k.batch, squad_id, knocker_account_id, ender_account_id, count(*)
FROM fight_knocks k
JOIN match_squads s ON s.match_no = k.fight_id / 1000 AND s.team_id = k.knocker_team_id
WHERE fate = 'finished' AND cardinality(player_account_ids) > 1
GROUP BY k.batch, squad_id, knocker_account_id, ender_account_id;

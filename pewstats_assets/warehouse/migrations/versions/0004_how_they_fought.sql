-- Null where it cannot be known, and in the rows that were written before these columns were.
ALTER TABLE fight_participants
    ADD COLUMN first_hit_at              timestamptz,
    ADD COLUMN dealt_first_hit           boolean,
    ADD COLUMN took_first_hit            boolean,
    ADD COLUMN first_hit_distance_m      double precision
        CHECK (first_hit_distance_m >= 0 AND first_hit_distance_m < 'Infinity'),
    ADD COLUMN damage_to_standing        double precision CHECK (abs(damage_to_standing) < 'Infinity'),
    ADD COLUMN damage_to_knocked         double precision CHECK (abs(damage_to_knocked) < 'Infinity'),
    ADD COLUMN enemy_knocks              integer CHECK (enemy_knocks >= 0),
    ADD COLUMN knocks_finished_by_self   integer CHECK (knocks_finished_by_self >= 0),
    ADD COLUMN knocks_finished_by_team   integer CHECK (knocks_finished_by_team >= 0),
    ADD COLUMN knocks_finished_by_others integer CHECK (knocks_finished_by_others >= 0),
    ADD COLUMN knocks_revived            integer CHECK (knocks_revived >= 0),
    ADD COLUMN knocks_bled_out           integer CHECK (knocks_bled_out >= 0),
    ADD COLUMN knocks_taken              integer CHECK (knocks_taken >= 0),
    ADD COLUMN enemy_knocks_taken        integer CHECK (enemy_knocks_taken BETWEEN 0 AND knocks_taken),
    ADD COLUMN knocks_taken_revived      integer CHECK (knocks_taken_revived BETWEEN 0 AND knocks_taken),
    ADD COLUMN revived_after_s           double precision CHECK (revived_after_s >= 0 AND revived_after_s < 'Infinity'),
    ADD COLUMN trade_opportunities       integer CHECK (trade_opportunities >= 0),
    ADD COLUMN trades_by_self            integer CHECK (trades_by_self BETWEEN 0 AND trade_opportunities),
    ADD COLUMN trades_by_team            integer CHECK (trades_by_team BETWEEN 0 AND trade_opportunities),
    ADD COLUMN knocks_taken_traded       integer CHECK (knocks_taken_traded BETWEEN 0 AND enemy_knocks_taken),
    ADD COLUMN focused_damage            double precision CHECK (abs(focused_damage) < 'Infinity'),
    ADD COLUMN mate_distance_first_hit_m double precision
        CHECK (mate_distance_first_hit_m >= 0 AND mate_distance_first_hit_m < 'Infinity'),
    ADD COLUMN mate_distance_mean_m      double precision
        CHECK (mate_distance_mean_m >= 0 AND mate_distance_mean_m < 'Infinity'),
    ADD COLUMN mates_within_25m          smallint CHECK (mates_within_25m >= 0),
    ADD COLUMN mates_within_50m          smallint CHECK (mates_within_50m >= mates_within_25m),
    ADD COLUMN mates_within_100m         smallint CHECK (mates_within_100m >= mates_within_50m),
    ADD COLUMN is_alone                  boolean,
    ADD COLUMN distance_moved_m          double precision CHECK (distance_moved_m >= 0 AND distance_moved_m < 'Infinity'),
    ADD COLUMN mean_speed_mps            double precision CHECK (mean_speed_mps >= 0 AND mean_speed_mps < 'Infinity'),
    ADD COLUMN height_over_opponent_m    double precision CHECK (abs(height_over_opponent_m) < 'Infinity'),
    ADD COLUMN zone_phase                smallint CHECK (zone_phase >= 0),
    ADD COLUMN in_blue_zone              boolean,
    ADD COLUMN damage_by_weapon          jsonb CHECK (jsonb_typeof(damage_by_weapon) = 'array'),
    ADD COLUMN team_standing             smallint CHECK (team_standing >= 0),
    ADD COLUMN enemies_standing          smallint CHECK (enemies_standing >= 0),
    ADD COLUMN joined_late               boolean,
    ADD COLUMN numbers                   text CHECK (numbers IN ('even', 'ahead', 'behind', 'third_party')),
    ADD CONSTRAINT the_first_hit_is_known_from_both_sides CHECK (
        (dealt_first_hit IS NULL) = (took_first_hit IS NULL) AND (dealt_first_hit AND took_first_hit) IS NOT TRUE
    ),
    ADD CONSTRAINT damage_is_split_in_two CHECK ((damage_to_standing IS NULL) = (damage_to_knocked IS NULL)),
    ADD CONSTRAINT fates_are_known_together CHECK (
        num_nulls(knocks_finished_by_self, knocks_finished_by_team, knocks_finished_by_others, knocks_revived,
                  knocks_bled_out) IN (0, 5)
    ),
    ADD CONSTRAINT no_more_fates_than_knocks CHECK (
        knocks_finished_by_self::bigint + knocks_finished_by_team + knocks_finished_by_others + knocks_revived
            + knocks_bled_out <= enemy_knocks
    ),
    ADD CONSTRAINT knocks_are_known_together CHECK (
        num_nulls(enemy_knocks, knocks_taken, enemy_knocks_taken, knocks_taken_traded) IN (0, 4)
    ),
    ADD CONSTRAINT trades_are_known_together CHECK (
        num_nulls(trade_opportunities, trades_by_self, trades_by_team) IN (0, 3)
    ),
    ADD CONSTRAINT mates_nearby_are_known_together CHECK (
        num_nulls(mates_within_25m, mates_within_50m, mates_within_100m) IN (0, 3)
    ),
    ADD CONSTRAINT alone_without_mates_nearby CHECK (is_alone = (mates_within_100m = 0));

CREATE TABLE fight_knocks (
    batch                text NOT NULL,
    fight_id             bigint NOT NULL REFERENCES team_fights (id),
    knock_no             integer NOT NULL CHECK (knock_no > 0),
    knocked_at           timestamptz NOT NULL,
    knocker_name         text,
    knocker_account_id   text,
    knocker_team_id      integer NOT NULL,
    victim_name          text,
    victim_account_id    text,
    victim_team_id       integer NOT NULL,
    distance_m           double precision CHECK (distance_m >= 0 AND distance_m < 'Infinity'),
    weapon               text,
    mates_standing       smallint CHECK (mates_standing >= 0),
    dbno_id              bigint,
    fate                 text CHECK (fate IN ('finished', 'bled_out', 'revived', 'open')),
    ended_at             timestamptz,
    ender_account_id     text,
    ender_team_id        integer,
    traded_by_account_id text,
    traded_after_s       double precision CHECK (traded_after_s BETWEEN 0 AND 10),
    PRIMARY KEY (fight_id, knock_no),
    CONSTRAINT a_fate_only_by_its_dbno_id CHECK (fate IS NULL OR dbno_id IS NOT NULL),
    CONSTRAINT ended_unless_open CHECK ((fate IN ('finished', 'bled_out', 'revived')) IS TRUE = (ended_at IS NOT NULL)),
    CONSTRAINT traded_by_somebody_at_some_time CHECK (traded_by_account_id IS NULL OR traded_after_s IS NOT NULL)
);

CREATE INDEX fight_knocks_batch ON fight_knocks (batch);

CREATE TABLE match_squads (
    batch              text NOT NULL,
    match_no           bigint NOT NULL REFERENCES matches,
    match_id           uuid NOT NULL,
    team_id            integer NOT NULL,
    squad_id           text NOT NULL CHECK (squad_id ~ '^[0-9a-f]{32}$'),
    player_account_ids text[] NOT NULL CHECK (cardinality(player_account_ids) > 0),
    team_rank          integer,
    PRIMARY KEY (match_no, team_id)
);

CREATE INDEX match_squads_batch ON match_squads (batch);

CREATE TEMPORARY TABLE batches_with_profiles ON COMMIT DROP AS SELECT DISTINCT batch FROM player_profile_sums;

DROP VIEW player_profiles;
DROP TABLE player_profile_sums;

-- What a batch adds to a player's profile, by map, mode, match type and half of the matches: sums only, so that all of
-- them can be added up. What is unknown is in no sum; what ends with _known or _count says how much is.
CREATE TABLE player_profile_sums (
    batch                       text NOT NULL,
    player_account_id           text NOT NULL,
    map_name                    text,
    game_mode                   text,
    match_type                  text,
    half                        smallint NOT NULL CHECK (half IN (0, 1)),
    player_name                 text NOT NULL,
    first_fight_at              timestamptz NOT NULL,
    last_fight_at               timestamptz NOT NULL,
    matches                     integer NOT NULL CHECK (matches > 0),
    fights                      integer NOT NULL CHECK (fights > 0),
    wins                        integer NOT NULL CHECK (wins >= 0),
    losses                      integer NOT NULL CHECK (losses >= 0),
    draws                       integer NOT NULL CHECK (draws >= 0),
    survivals                   integer NOT NULL CHECK (survivals >= 0),
    fights_knocked              integer NOT NULL CHECK (fights_knocked >= 0),
    knocks_dealt                bigint NOT NULL CHECK (knocks_dealt >= 0),
    knocks_dealt_squares        bigint NOT NULL CHECK (knocks_dealt_squares >= 0),
    kills_dealt                 bigint NOT NULL CHECK (kills_dealt >= 0),
    kills_dealt_squares         bigint NOT NULL CHECK (kills_dealt_squares >= 0),
    deaths                      integer NOT NULL CHECK (deaths >= 0),
    damage_dealt                double precision NOT NULL CHECK (abs(damage_dealt) < 'Infinity'),
    damage_dealt_squares        double precision NOT NULL CHECK (damage_dealt_squares >= 0 AND damage_dealt_squares < 'Infinity'),
    damage_taken                double precision NOT NULL CHECK (abs(damage_taken) < 'Infinity'),
    damage_taken_squares        double precision NOT NULL CHECK (damage_taken_squares >= 0 AND damage_taken_squares < 'Infinity'),
    damage_to_knocked           double precision NOT NULL DEFAULT 0 CHECK (abs(damage_to_knocked) < 'Infinity'),
    enemy_knocks                integer NOT NULL DEFAULT 0 CHECK (enemy_knocks >= 0),
    knocks_fate_known           integer NOT NULL DEFAULT 0 CHECK (knocks_fate_known >= 0),
    knocks_finished_by_self     integer NOT NULL DEFAULT 0 CHECK (knocks_finished_by_self >= 0),
    knocks_finished_by_team     integer NOT NULL DEFAULT 0 CHECK (knocks_finished_by_team >= 0),
    knocks_finished_by_others   integer NOT NULL DEFAULT 0 CHECK (knocks_finished_by_others >= 0),
    knocks_revived              integer NOT NULL DEFAULT 0 CHECK (knocks_revived >= 0),
    knocks_bled_out             integer NOT NULL DEFAULT 0 CHECK (knocks_bled_out >= 0),
    knocks_taken                integer NOT NULL DEFAULT 0 CHECK (knocks_taken >= 0),
    knocks_taken_fate_known     integer NOT NULL DEFAULT 0 CHECK (knocks_taken_fate_known >= 0),
    knocks_taken_revived        integer NOT NULL DEFAULT 0 CHECK (knocks_taken_revived >= 0),
    revive_seconds              double precision NOT NULL DEFAULT 0 CHECK (revive_seconds >= 0 AND revive_seconds < 'Infinity'),
    enemy_knocks_taken          integer NOT NULL DEFAULT 0 CHECK (enemy_knocks_taken >= 0),
    knocks_taken_traded         integer NOT NULL DEFAULT 0 CHECK (knocks_taken_traded >= 0),
    trade_opportunities         integer NOT NULL DEFAULT 0 CHECK (trade_opportunities >= 0),
    trades_by_self              integer NOT NULL DEFAULT 0 CHECK (trades_by_self >= 0),
    trades_by_team              integer NOT NULL DEFAULT 0 CHECK (trades_by_team >= 0),
    first_hits_known            integer NOT NULL DEFAULT 0 CHECK (first_hits_known >= 0),
    first_hits_dealt            integer NOT NULL DEFAULT 0 CHECK (first_hits_dealt >= 0),
    first_hits_taken            integer NOT NULL DEFAULT 0 CHECK (first_hits_taken >= 0),
    focus_share_count           integer NOT NULL DEFAULT 0 CHECK (focus_share_count >= 0),
    focus_share_sum             double precision NOT NULL DEFAULT 0 CHECK (abs(focus_share_sum) < 'Infinity'),
    focus_share_squares         double precision NOT NULL DEFAULT 0 CHECK (focus_share_squares >= 0 AND focus_share_squares < 'Infinity'),
    mate_distance_count         integer NOT NULL DEFAULT 0 CHECK (mate_distance_count >= 0),
    mate_distance_sum           double precision NOT NULL DEFAULT 0 CHECK (mate_distance_sum >= 0 AND mate_distance_sum < 'Infinity'),
    mate_distance_squares       double precision NOT NULL DEFAULT 0 CHECK (mate_distance_squares >= 0 AND mate_distance_squares < 'Infinity'),
    first_hit_distance_count    integer NOT NULL DEFAULT 0 CHECK (first_hit_distance_count >= 0),
    first_hit_distance_sum      double precision NOT NULL DEFAULT 0 CHECK (first_hit_distance_sum >= 0 AND first_hit_distance_sum < 'Infinity'),
    first_hit_distance_squares  double precision NOT NULL DEFAULT 0 CHECK (first_hit_distance_squares >= 0 AND first_hit_distance_squares < 'Infinity'),
    speed_count                 integer NOT NULL DEFAULT 0 CHECK (speed_count >= 0),
    speed_sum                   double precision NOT NULL DEFAULT 0 CHECK (speed_sum >= 0 AND speed_sum < 'Infinity'),
    speed_squares               double precision NOT NULL DEFAULT 0 CHECK (speed_squares >= 0 AND speed_squares < 'Infinity'),
    height_count                integer NOT NULL DEFAULT 0 CHECK (height_count >= 0),
    height_sum                  double precision NOT NULL DEFAULT 0 CHECK (abs(height_sum) < 'Infinity'),
    height_squares              double precision NOT NULL DEFAULT 0 CHECK (height_squares >= 0 AND height_squares < 'Infinity'),
    positions_known             integer NOT NULL DEFAULT 0 CHECK (positions_known >= 0),
    isolated                    integer NOT NULL DEFAULT 0 CHECK (isolated >= 0),
    grouped                     integer NOT NULL DEFAULT 0 CHECK (grouped >= 0),
    loose                       integer NOT NULL DEFAULT 0 CHECK (loose >= 0),
    joined_late_known           integer NOT NULL DEFAULT 0 CHECK (joined_late_known >= 0),
    joined_late                 integer NOT NULL DEFAULT 0 CHECK (joined_late >= 0),
    in_blue_known               integer NOT NULL DEFAULT 0 CHECK (in_blue_known >= 0),
    in_blue                     integer NOT NULL DEFAULT 0 CHECK (in_blue >= 0),
    fights_even                 integer NOT NULL DEFAULT 0 CHECK (fights_even >= 0),
    wins_even                   integer NOT NULL DEFAULT 0 CHECK (wins_even >= 0),
    fights_ahead                integer NOT NULL DEFAULT 0 CHECK (fights_ahead >= 0),
    wins_ahead                  integer NOT NULL DEFAULT 0 CHECK (wins_ahead >= 0),
    fights_behind               integer NOT NULL DEFAULT 0 CHECK (fights_behind >= 0),
    wins_behind                 integer NOT NULL DEFAULT 0 CHECK (wins_behind >= 0),
    fights_third_party          integer NOT NULL DEFAULT 0 CHECK (fights_third_party >= 0),
    wins_third_party            integer NOT NULL DEFAULT 0 CHECK (wins_third_party >= 0),
    fights_early                integer NOT NULL DEFAULT 0 CHECK (fights_early >= 0),
    wins_early                  integer NOT NULL DEFAULT 0 CHECK (wins_early >= 0),
    fights_middle               integer NOT NULL DEFAULT 0 CHECK (fights_middle >= 0),
    wins_middle                 integer NOT NULL DEFAULT 0 CHECK (wins_middle >= 0),
    fights_late                 integer NOT NULL DEFAULT 0 CHECK (fights_late >= 0),
    wins_late                   integer NOT NULL DEFAULT 0 CHECK (wins_late >= 0),
    fights_close                integer NOT NULL DEFAULT 0 CHECK (fights_close >= 0),
    wins_close                  integer NOT NULL DEFAULT 0 CHECK (wins_close >= 0),
    fights_medium               integer NOT NULL DEFAULT 0 CHECK (fights_medium >= 0),
    wins_medium                 integer NOT NULL DEFAULT 0 CHECK (wins_medium >= 0),
    fights_long                 integer NOT NULL DEFAULT 0 CHECK (fights_long >= 0),
    wins_long                   integer NOT NULL DEFAULT 0 CHECK (wins_long >= 0),
    UNIQUE NULLS NOT DISTINCT (batch, player_account_id, map_name, game_mode, match_type, half),
    CONSTRAINT ends_after_its_start CHECK (last_fight_at >= first_fight_at),
    CONSTRAINT every_fight_ends_somehow CHECK (wins + losses + draws = fights),
    CONSTRAINT a_match_has_fights CHECK (fights >= matches),
    CONSTRAINT no_more_than_once_a_fight CHECK (
        greatest(survivals, fights_knocked, deaths, first_hits_known, focus_share_count, mate_distance_count,
                 first_hit_distance_count, speed_count, height_count, positions_known, joined_late_known, in_blue_known)
            <= fights
    ),
    CONSTRAINT no_more_than_what_is_known CHECK (
        knocks_fate_known <= enemy_knocks
        AND knocks_finished_by_self::bigint + knocks_finished_by_team + knocks_finished_by_others + knocks_revived
            + knocks_bled_out <= knocks_fate_known
        AND knocks_taken_revived <= knocks_taken_fate_known AND knocks_taken_fate_known <= knocks_taken
        AND knocks_taken_traded <= enemy_knocks_taken AND enemy_knocks_taken <= knocks_taken
        AND greatest(trades_by_self, trades_by_team) <= trade_opportunities
        AND first_hits_dealt + first_hits_taken <= first_hits_known
        AND isolated + grouped + loose = positions_known
        AND joined_late <= joined_late_known AND in_blue <= in_blue_known
    ),
    CONSTRAINT a_fight_has_one_kind_of_numbers CHECK (
        fights_even + fights_ahead + fights_behind + fights_third_party <= fights
        AND wins_even <= fights_even AND wins_ahead <= fights_ahead AND wins_behind <= fights_behind
        AND wins_third_party <= fights_third_party
    ),
    CONSTRAINT a_fight_is_in_one_phase CHECK (
        fights_early + fights_middle + fights_late <= fights
        AND wins_early <= fights_early AND wins_middle <= fights_middle AND wins_late <= fights_late
    ),
    CONSTRAINT a_fight_begins_at_one_range CHECK (
        fights_close + fights_medium + fights_long <= fights
        AND wins_close <= fights_close AND wins_medium <= fights_medium AND wins_long <= fights_long
    )
);

CREATE INDEX player_profile_sums_player_account_id ON player_profile_sums (player_account_id);

CREATE TABLE player_names (
    batch             text NOT NULL,
    player_account_id text NOT NULL,
    player_name       text NOT NULL,
    matches           integer NOT NULL CHECK (matches > 0),
    first_seen_at     timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL CHECK (last_seen_at >= first_seen_at),
    PRIMARY KEY (batch, player_account_id, player_name)
);

CREATE INDEX player_names_player_account_id ON player_names (player_account_id);
CREATE INDEX player_names_player_name ON player_names (player_name);

CREATE TABLE squad_profile_sums (
    batch               text NOT NULL,
    squad_id            text NOT NULL CHECK (squad_id ~ '^[0-9a-f]{32}$'),
    player_account_ids  text[] NOT NULL CHECK (cardinality(player_account_ids) > 1),
    game_mode           text,
    match_type          text,
    matches             integer NOT NULL CHECK (matches > 0),
    matches_ranked      integer NOT NULL CHECK (matches_ranked BETWEEN 0 AND matches),
    wins_of_matches     integer NOT NULL CHECK (wins_of_matches BETWEEN 0 AND matches_ranked),
    fights              integer NOT NULL CHECK (fights >= 0),
    wins                integer NOT NULL CHECK (wins >= 0),
    losses              integer NOT NULL CHECK (losses >= 0),
    draws               integer NOT NULL CHECK (draws >= 0),
    knocks_dealt        bigint NOT NULL CHECK (knocks_dealt >= 0),
    kills_dealt         bigint NOT NULL CHECK (kills_dealt >= 0),
    damage_dealt        double precision NOT NULL CHECK (abs(damage_dealt) < 'Infinity'),
    damage_taken        double precision NOT NULL CHECK (abs(damage_taken) < 'Infinity'),
    trade_opportunities integer NOT NULL CHECK (trade_opportunities >= 0),
    trades              integer NOT NULL CHECK (trades BETWEEN 0 AND trade_opportunities),
    focused_damage      double precision NOT NULL CHECK (abs(focused_damage) < 'Infinity'),
    last_fight_at       timestamptz,
    UNIQUE NULLS NOT DISTINCT (batch, squad_id, game_mode, match_type),
    CONSTRAINT every_fight_ends_somehow CHECK (wins + losses + draws = fights),
    CONSTRAINT a_last_fight_if_there_is_one CHECK ((fights > 0) = (last_fight_at IS NOT NULL))
);

CREATE INDEX squad_profile_sums_squad_id ON squad_profile_sums (squad_id);
CREATE INDEX squad_profile_sums_player_account_ids ON squad_profile_sums USING gin (player_account_ids);

CREATE TABLE squad_finishes (
    batch               text NOT NULL,
    squad_id            text NOT NULL CHECK (squad_id ~ '^[0-9a-f]{32}$'),
    knocker_account_id  text NOT NULL,
    finisher_account_id text NOT NULL,
    finishes            integer NOT NULL CHECK (finishes > 0),
    PRIMARY KEY (batch, squad_id, knocker_account_id, finisher_account_id)
);

CREATE INDEX squad_finishes_squad_id ON squad_finishes (squad_id);

-- Nobody's profile becomes empty by this: it is summed from the fights of the batches that had profiles.
INSERT INTO player_profile_sums (
    batch, player_account_id, map_name, game_mode, match_type, half, player_name, first_fight_at, last_fight_at, matches,
    fights, wins, losses, draws, survivals, fights_knocked, knocks_dealt, knocks_dealt_squares, kills_dealt,
    kills_dealt_squares, deaths, damage_dealt, damage_dealt_squares, damage_taken, damage_taken_squares
)
SELECT
    batch, player_account_id, map_name, game_mode, match_type, mod(match_no, 2),
    (array_agg(player_name ORDER BY fight_start_time DESC, id DESC))[1], min(fight_start_time), max(fight_start_time),
    count(DISTINCT match_no), count(*), count(*) FILTER (WHERE team_outcome = 'WON'),
    count(*) FILTER (WHERE team_outcome = 'LOST'), count(*) FILTER (WHERE team_outcome = 'DRAW'),
    count(*) FILTER (WHERE survived), count(*) FILTER (WHERE was_knocked), sum(knocks_dealt),
    sum(knocks_dealt::bigint * knocks_dealt), sum(kills_dealt), sum(kills_dealt::bigint * kills_dealt),
    count(*) FILTER (WHERE was_killed), sum(damage_dealt), sum(least(greatest(damage_dealt, -1e6), 1e6) ^ 2),
    sum(damage_taken), sum(least(greatest(damage_taken, -1e6), 1e6) ^ 2)
FROM (
    SELECT fp.*, tf.match_no, tf.fight_start_time, tf.team_outcomes ->> fp.team_id::text AS team_outcome
    FROM fight_participants fp
    JOIN team_fights tf ON tf.id = fp.fight_id
    JOIN batches_with_profiles b ON b.batch = fp.batch
    WHERE fp.player_account_id <> '' AND NOT starts_with(fp.player_account_id, 'ai.')
) AS people
GROUP BY batch, player_account_id, map_name, game_mode, match_type, mod(match_no, 2);

INSERT INTO player_names (batch, player_account_id, player_name, matches, first_seen_at, last_seen_at)
SELECT fp.batch, fp.player_account_id, fp.player_name, count(DISTINCT tf.match_no), min(tf.fight_start_time),
       max(tf.fight_start_time)
FROM fight_participants fp
JOIN team_fights tf ON tf.id = fp.fight_id
JOIN batches_with_profiles b ON b.batch = fp.batch
WHERE fp.player_account_id <> '' AND NOT starts_with(fp.player_account_id, 'ai.')
GROUP BY fp.batch, fp.player_account_id, fp.player_name;

CREATE VIEW player_mode_profiles AS
SELECT
    player_account_id,
    game_mode,
    match_type,
    min(first_fight_at) AS first_fight_at,
    max(last_fight_at) AS last_fight_at,
    sum(matches)::bigint AS matches,
    sum(fights)::bigint AS fights,
    sum(wins)::bigint AS wins,
    sum(losses)::bigint AS losses,
    sum(draws)::bigint AS draws,
    sum(survivals)::bigint AS survivals,
    sum(fights_knocked)::bigint AS fights_knocked,
    sum(knocks_dealt)::bigint AS knocks_dealt,
    sum(knocks_dealt_squares)::bigint AS knocks_dealt_squares,
    sum(kills_dealt)::bigint AS kills_dealt,
    sum(kills_dealt_squares)::bigint AS kills_dealt_squares,
    sum(deaths)::bigint AS deaths,
    sum(damage_dealt) AS damage_dealt,
    sum(damage_dealt_squares) AS damage_dealt_squares,
    sum(damage_taken) AS damage_taken,
    sum(damage_taken_squares) AS damage_taken_squares,
    sum(damage_to_knocked) AS damage_to_knocked,
    sum(enemy_knocks)::bigint AS enemy_knocks,
    sum(knocks_fate_known)::bigint AS knocks_fate_known,
    sum(knocks_finished_by_self)::bigint AS knocks_finished_by_self,
    sum(knocks_finished_by_team)::bigint AS knocks_finished_by_team,
    sum(knocks_finished_by_others)::bigint AS knocks_finished_by_others,
    sum(knocks_revived)::bigint AS knocks_revived,
    sum(knocks_bled_out)::bigint AS knocks_bled_out,
    sum(knocks_taken)::bigint AS knocks_taken,
    sum(knocks_taken_fate_known)::bigint AS knocks_taken_fate_known,
    sum(knocks_taken_revived)::bigint AS knocks_taken_revived,
    sum(revive_seconds) AS revive_seconds,
    sum(enemy_knocks_taken)::bigint AS enemy_knocks_taken,
    sum(knocks_taken_traded)::bigint AS knocks_taken_traded,
    sum(trade_opportunities)::bigint AS trade_opportunities,
    sum(trades_by_self)::bigint AS trades_by_self,
    sum(trades_by_team)::bigint AS trades_by_team,
    sum(first_hits_known)::bigint AS first_hits_known,
    sum(first_hits_dealt)::bigint AS first_hits_dealt,
    sum(first_hits_taken)::bigint AS first_hits_taken,
    sum(focus_share_count)::bigint AS focus_share_count,
    sum(focus_share_sum) AS focus_share_sum,
    sum(focus_share_squares) AS focus_share_squares,
    sum(mate_distance_count)::bigint AS mate_distance_count,
    sum(mate_distance_sum) AS mate_distance_sum,
    sum(mate_distance_squares) AS mate_distance_squares,
    sum(first_hit_distance_count)::bigint AS first_hit_distance_count,
    sum(first_hit_distance_sum) AS first_hit_distance_sum,
    sum(first_hit_distance_squares) AS first_hit_distance_squares,
    sum(speed_count)::bigint AS speed_count,
    sum(speed_sum) AS speed_sum,
    sum(speed_squares) AS speed_squares,
    sum(height_count)::bigint AS height_count,
    sum(height_sum) AS height_sum,
    sum(height_squares) AS height_squares,
    sum(positions_known)::bigint AS positions_known,
    sum(isolated)::bigint AS isolated,
    sum(grouped)::bigint AS grouped,
    sum(loose)::bigint AS loose,
    sum(joined_late_known)::bigint AS joined_late_known,
    sum(joined_late)::bigint AS joined_late,
    sum(in_blue_known)::bigint AS in_blue_known,
    sum(in_blue)::bigint AS in_blue,
    sum(fights_even)::bigint AS fights_even,
    sum(wins_even)::bigint AS wins_even,
    sum(fights_ahead)::bigint AS fights_ahead,
    sum(wins_ahead)::bigint AS wins_ahead,
    sum(fights_behind)::bigint AS fights_behind,
    sum(wins_behind)::bigint AS wins_behind,
    sum(fights_third_party)::bigint AS fights_third_party,
    sum(wins_third_party)::bigint AS wins_third_party,
    sum(fights_early)::bigint AS fights_early,
    sum(wins_early)::bigint AS wins_early,
    sum(fights_middle)::bigint AS fights_middle,
    sum(wins_middle)::bigint AS wins_middle,
    sum(fights_late)::bigint AS fights_late,
    sum(wins_late)::bigint AS wins_late,
    sum(fights_close)::bigint AS fights_close,
    sum(wins_close)::bigint AS wins_close,
    sum(fights_medium)::bigint AS fights_medium,
    sum(wins_medium)::bigint AS wins_medium,
    sum(fights_long)::bigint AS fights_long,
    sum(wins_long)::bigint AS wins_long
FROM player_profile_sums
GROUP BY player_account_id, game_mode, match_type;

-- The playstyle is that of the earlier system: the first that fits of k knocks a fight, s percent survived, d damage a fight.
CREATE VIEW player_profiles AS
SELECT
    *,
    CASE
        WHEN knocks_dealt >= 1.5 * fights AND 100 * survivals >= 65 * fights THEN 'Elite Fragger'
        WHEN knocks_dealt >= 1.2 * fights AND 100 * survivals < 60 * fights THEN 'High Risk Aggressive'
        WHEN knocks_dealt >= 0.8 * fights AND 100 * survivals >= 65 * fights THEN 'Calculated Aggressive'
        WHEN damage_dealt >= 120 * fights AND 100 * survivals < 55 * fights THEN 'Heavy Trader'
        WHEN 100 * survivals >= 70 * fights THEN 'Defensive/Survivor'
        WHEN knocks_dealt < 0.5 * fights AND 100 * survivals < 55 * fights THEN 'Passive/Struggling'
        ELSE 'Balanced Fighter'
    END AS playstyle_v2
FROM (
    SELECT
        player_account_id,
        (array_agg(player_name ORDER BY last_fight_at DESC, batch DESC, player_name))[1] AS player_name,
        sum(matches)::bigint AS matches,
        sum(fights)::bigint AS fights,
        sum(wins)::bigint AS wins,
        sum(losses)::bigint AS losses,
        sum(draws)::bigint AS draws,
        sum(survivals)::bigint AS survivals,
        sum(deaths)::bigint AS deaths,
        sum(knocks_dealt)::bigint AS knocks_dealt,
        sum(kills_dealt)::bigint AS kills_dealt,
        sum(damage_dealt) AS damage_dealt,
        sum(damage_taken) AS damage_taken,
        sum(fights)::double precision / sum(matches) AS fights_per_match,
        sum(wins)::double precision / sum(fights) AS win_rate,
        sum(survivals)::double precision / sum(fights) AS survival_rate,
        sum(knocks_dealt)::double precision / sum(fights) AS knocks_per_fight,
        sum(kills_dealt)::double precision / sum(fights) AS kills_per_fight,
        sum(kills_dealt)::double precision / nullif(sum(deaths), 0) AS kills_per_death,
        sum(damage_dealt) / sum(fights) AS damage_dealt_per_fight,
        sum(damage_taken) / sum(fights) AS damage_taken_per_fight,
        max(last_fight_at) AS last_fight_at
    FROM player_profile_sums
    GROUP BY player_account_id
) AS merged;

CREATE VIEW squads AS
SELECT
    squad_id,
    player_account_ids,
    game_mode,
    match_type,
    sum(matches)::bigint AS matches,
    sum(matches_ranked)::bigint AS matches_ranked,
    sum(wins_of_matches)::bigint AS wins_of_matches,
    sum(fights)::bigint AS fights,
    sum(wins)::bigint AS wins,
    sum(losses)::bigint AS losses,
    sum(draws)::bigint AS draws,
    sum(knocks_dealt)::bigint AS knocks_dealt,
    sum(kills_dealt)::bigint AS kills_dealt,
    sum(damage_dealt) AS damage_dealt,
    sum(damage_taken) AS damage_taken,
    sum(trade_opportunities)::bigint AS trade_opportunities,
    sum(trades)::bigint AS trades,
    sum(focused_damage) AS focused_damage,
    sum(wins_of_matches)::double precision / nullif(sum(matches_ranked), 0) AS match_win_rate,
    sum(wins)::double precision / nullif(sum(fights), 0) AS win_rate,
    sum(trades)::double precision / nullif(sum(trade_opportunities), 0) AS trade_rate,
    sum(focused_damage) / nullif(sum(damage_dealt), 0) AS focus_share,
    max(last_fight_at) AS last_fight_at
FROM squad_profile_sums
GROUP BY squad_id, player_account_ids, game_mode, match_type;

CREATE VIEW squad_finish_pairs AS
SELECT squad_id, knocker_account_id, finisher_account_id, sum(finishes)::bigint AS finishes
FROM squad_finishes
GROUP BY squad_id, knocker_account_id, finisher_account_id;

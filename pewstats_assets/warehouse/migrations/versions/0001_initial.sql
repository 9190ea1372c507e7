-- What must hold is said here, where no code can forget it.

CREATE TABLE matches (
    match_no         bigint PRIMARY KEY CHECK (match_no BETWEEN 1 AND 9000000000),
    match_id         uuid UNIQUE,
    batch            text NOT NULL CHECK (batch ~ '^batch_[0-9]{5}$'),
    file             text NOT NULL UNIQUE,
    match_object     text,
    checksum         text CHECK (checksum ~ '^[0-9a-f]{64}$'),
    status           text NOT NULL CHECK (status IN ('registered', 'excluded', 'quarantined', 'loaded')),
    reason           text,
    detail           text,
    map_name         text,
    game_mode        text,
    match_type       text,
    match_datetime   timestamptz,
    started_at       timestamptz,
    event_count      integer CHECK (event_count > 0),
    fights           integer CHECK (fights BETWEEN 0 AND 999),
    participants     integer CHECK (participants >= fights),
    registered_at    timestamptz NOT NULL DEFAULT now(),
    loaded_at        timestamptz,
    CONSTRAINT a_reason_for_what_is_left_out CHECK ((status IN ('excluded', 'quarantined')) = (reason IS NOT NULL)),
    CONSTRAINT counts_of_what_is_loaded CHECK (
        (status = 'loaded') = (match_id IS NOT NULL AND fights IS NOT NULL AND participants IS NOT NULL AND loaded_at IS NOT NULL)
    )
);

CREATE INDEX matches_batch ON matches (batch);

CREATE TABLE team_fights (
    id                  bigint PRIMARY KEY,
    batch               text NOT NULL,
    match_no            bigint NOT NULL REFERENCES matches,
    match_id            uuid NOT NULL,
    fight_no            integer NOT NULL CHECK (fight_no BETWEEN 1 AND 999),
    ruleset             text NOT NULL,
    fight_start_time    timestamptz NOT NULL,
    fight_end_time      timestamptz NOT NULL,
    duration_seconds    double precision NOT NULL CHECK (duration_seconds BETWEEN 0 AND 240),
    team_ids            integer[] NOT NULL CHECK (cardinality(team_ids) > 0),
    primary_team_1      integer NOT NULL,
    primary_team_2      integer NOT NULL,
    third_party_teams   integer[] CHECK (cardinality(third_party_teams) > 0),
    total_knocks        integer NOT NULL CHECK (total_knocks >= 0),
    total_kills         integer NOT NULL CHECK (total_kills >= 0),
    total_damage        double precision NOT NULL CHECK (abs(total_damage) < 'Infinity'),
    total_damage_events integer NOT NULL CHECK (total_damage_events >= 0),
    outcome             text NOT NULL CHECK (outcome IN ('DECISIVE_WIN', 'MARGINAL_WIN', 'THIRD_PARTY', 'DRAW')),
    winning_team_id     integer CHECK (winning_team_id = ANY (team_ids)),
    loser_team_id       integer CHECK (loser_team_id = ANY (team_ids)),
    team_outcomes       jsonb NOT NULL CHECK (jsonb_typeof(team_outcomes) = 'object'),
    fight_reason        text NOT NULL,
    fight_center_x      double precision CHECK (abs(fight_center_x) < 'Infinity'),
    fight_center_y      double precision CHECK (abs(fight_center_y) < 'Infinity'),
    fight_spread_radius double precision CHECK (fight_spread_radius >= 0 AND fight_spread_radius < 'Infinity'),
    map_name            text,
    game_mode           text,
    match_type          text,
    match_datetime      timestamptz,
    UNIQUE (match_no, fight_no),
    CONSTRAINT id_is_made_of_match_and_fight CHECK (id = match_no * 1000 + fight_no),
    CONSTRAINT ends_after_its_start CHECK (fight_end_time >= fight_start_time)
);

CREATE INDEX team_fights_batch ON team_fights (batch);
CREATE INDEX team_fights_match_id ON team_fights (match_id);

CREATE TABLE fight_participants (
    id                bigint PRIMARY KEY,
    batch             text NOT NULL,
    fight_id          bigint NOT NULL REFERENCES team_fights (id),
    participant_no    integer NOT NULL CHECK (participant_no BETWEEN 1 AND 999),
    match_id          uuid NOT NULL,
    player_name       text NOT NULL CHECK (player_name <> ''),
    player_account_id text,
    team_id           integer NOT NULL,
    knocks_dealt      integer NOT NULL CHECK (knocks_dealt >= 0),
    kills_dealt       integer NOT NULL CHECK (kills_dealt >= 0),
    damage_dealt      double precision NOT NULL CHECK (abs(damage_dealt) < 'Infinity'),
    damage_taken      double precision NOT NULL CHECK (abs(damage_taken) < 'Infinity'),
    position_center_x double precision CHECK (abs(position_center_x) < 'Infinity'),
    position_center_y double precision CHECK (abs(position_center_y) < 'Infinity'),
    was_knocked       boolean NOT NULL,
    was_killed        boolean NOT NULL,
    survived          boolean NOT NULL,
    knocked_at        timestamptz,
    killed_at         timestamptz,
    map_name          text,
    game_mode         text,
    match_type        text,
    match_datetime    timestamptz,
    UNIQUE (fight_id, player_name),
    CONSTRAINT id_is_made_of_fight_and_participant CHECK (id = fight_id * 1000 + participant_no),
    CONSTRAINT survived_or_was_killed CHECK (survived <> was_killed),
    CONSTRAINT knocked_at_tells_when CHECK (was_knocked = (knocked_at IS NOT NULL)),
    CONSTRAINT killed_at_tells_when CHECK (was_killed = (killed_at IS NOT NULL))
);

CREATE INDEX fight_participants_batch ON fight_participants (batch);
CREATE INDEX fight_participants_player_name ON fight_participants (player_name);
CREATE INDEX fight_participants_player_account_id ON fight_participants (player_account_id);

-- What a batch adds to a player's profile: sums only, so that batches can be added up.
CREATE TABLE player_profile_sums (
    batch             text NOT NULL,
    player_account_id text NOT NULL,
    player_name       text NOT NULL,
    matches           integer NOT NULL CHECK (matches > 0),
    fights            integer NOT NULL CHECK (fights >= matches),
    wins              integer NOT NULL CHECK (wins >= 0),
    losses            integer NOT NULL CHECK (losses >= 0),
    draws             integer NOT NULL CHECK (draws >= 0),
    survivals         integer NOT NULL CHECK (survivals BETWEEN 0 AND fights),
    knocks_dealt      bigint NOT NULL CHECK (knocks_dealt >= 0),
    kills_dealt       bigint NOT NULL CHECK (kills_dealt >= 0),
    damage_dealt      double precision NOT NULL CHECK (abs(damage_dealt) < 'Infinity'),
    damage_taken      double precision NOT NULL CHECK (abs(damage_taken) < 'Infinity'),
    last_fight_at     timestamptz NOT NULL,
    PRIMARY KEY (batch, player_account_id),
    CONSTRAINT every_fight_ends_somehow CHECK (wins + losses + draws = fights)
);

CREATE INDEX player_profile_sums_player_account_id ON player_profile_sums (player_account_id);

CREATE VIEW player_profiles AS
SELECT
    player_account_id,
    (array_agg(player_name ORDER BY last_fight_at DESC, batch DESC))[1] AS player_name,
    sum(matches)::bigint AS matches,
    sum(fights)::bigint AS fights,
    sum(wins)::bigint AS wins,
    sum(losses)::bigint AS losses,
    sum(draws)::bigint AS draws,
    sum(survivals)::bigint AS survivals,
    sum(knocks_dealt)::bigint AS knocks_dealt,
    sum(kills_dealt)::bigint AS kills_dealt,
    sum(damage_dealt) AS damage_dealt,
    sum(damage_taken) AS damage_taken,
    sum(fights)::double precision / sum(matches) AS fights_per_match,
    sum(wins)::double precision / sum(fights) AS win_rate,
    sum(survivals)::double precision / sum(fights) AS survival_rate,
    sum(knocks_dealt)::double precision / sum(fights) AS knocks_per_fight,
    sum(kills_dealt)::double precision / sum(fights) AS kills_per_fight,
    sum(damage_dealt) / sum(fights) AS damage_dealt_per_fight,
    sum(damage_taken) / sum(fights) AS damage_taken_per_fight,
    max(last_fight_at) AS last_fight_at
FROM player_profile_sums
GROUP BY player_account_id;

COMMENT ON TABLE matches IS 'Every registered match: its file, its batch for ever, and what became of it.';
COMMENT ON COLUMN matches.match_no IS 'The number the match got when it was registered; fight ids are made of it.';
COMMENT ON COLUMN matches.reason IS 'Code of why a match is quarantined or excluded; `detail` says it in a sentence.';
COMMENT ON TABLE team_fights IS 'One row per team fight.';
COMMENT ON COLUMN team_fights.id IS 'match_no * 1000 + fight_no.';
COMMENT ON COLUMN team_fights.fight_no IS 'Number of the fight in its match, by start time, from 1.';
COMMENT ON COLUMN team_fights.total_damage IS 'HP dealt between the teams of the fight.';
COMMENT ON COLUMN team_fights.fight_center_x IS 'cm, east; y is south.';
COMMENT ON COLUMN team_fights.fight_spread_radius IS 'm from the centre to the farthest position.';
COMMENT ON TABLE fight_participants IS 'One row per player and fight.';
COMMENT ON COLUMN fight_participants.id IS 'fight_id * 1000 + participant_no.';
COMMENT ON COLUMN fight_participants.participant_no IS 'By first appearance in the fight, from 1.';
COMMENT ON COLUMN fight_participants.survived IS 'Not killed in the fight.';
COMMENT ON TABLE player_profile_sums IS 'Per batch and player, by account id; bots and NPCs are left out.';
COMMENT ON VIEW player_profiles IS 'The sums of all batches per player, with averages and rates (0 to 1).';

CREATE TABLE population_figures (
    game_mode       text NOT NULL,
    match_type      text NOT NULL,
    figure          text NOT NULL,
    players         integer NOT NULL CHECK (players >= 0),
    fights          bigint NOT NULL CHECK (fights >= players),
    prior_a         double precision,
    prior_b         double precision,
    dispersion      double precision CHECK (dispersion > 0 AND dispersion < 'Infinity'),
    within_variance double precision CHECK (within_variance >= 0 AND within_variance < 'Infinity'),
    min_trials      double precision CHECK (min_trials >= 0 AND min_trials < 'Infinity'),
    min_fights      bigint CHECK (min_fights >= 0),
    reliability     double precision CHECK (reliability BETWEEN 0 AND 1),
    quantiles       double precision[] CHECK (cardinality(quantiles) = 101),
    made_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (game_mode, match_type, figure),
    CONSTRAINT a_prior_is_known_whole CHECK (num_nulls(prior_a, prior_b, dispersion) IN (0, 3)),
    CONSTRAINT a_minimum_needs_a_prior CHECK (min_trials IS NULL OR prior_a IS NOT NULL),
    CONSTRAINT a_minimum_is_known_whole CHECK (num_nulls(min_trials, min_fights, reliability) IN (0, 3)),
    CONSTRAINT quantiles_only_from_a_minimum_on CHECK (quantiles IS NULL OR min_trials IS NOT NULL)
);

CREATE TABLE player_figures (
    player_account_id text NOT NULL,
    game_mode         text NOT NULL,
    match_type        text NOT NULL,
    figure            text NOT NULL,
    fights            bigint NOT NULL CHECK (fights > 0),
    trials            bigint NOT NULL CHECK (trials > 0),
    value             double precision NOT NULL,
    low               double precision NOT NULL,
    high              double precision NOT NULL,
    shrunk            double precision NOT NULL,
    shrunk_low        double precision NOT NULL,
    shrunk_high       double precision NOT NULL,
    percentile        double precision NOT NULL,
    PRIMARY KEY (player_account_id, game_mode, match_type, figure)
);

-- The best and the worst of a mode, in either direction.
CREATE INDEX player_figures_by_shrunk ON player_figures (game_mode, match_type, figure, shrunk);

CREATE TABLE player_playstyles (
    player_account_id text NOT NULL,
    game_mode         text NOT NULL,
    match_type        text NOT NULL,
    fights            bigint NOT NULL CHECK (fights > 0),
    playstyle_v2      text NOT NULL,
    playstyle         text NOT NULL,
    aggression        double precision CHECK (aggression BETWEEN 0 AND 1),
    mobility          double precision CHECK (mobility BETWEEN 0 AND 1),
    support           double precision CHECK (support BETWEEN 0 AND 1),
    range             double precision CHECK (range BETWEEN 0 AND 1),
    survival          double precision CHECK (survival BETWEEN 0 AND 1),
    PRIMARY KEY (player_account_id, game_mode, match_type)
);

"""The tables of populations: what players of a mode are like, where each of them stands, how they fight."""

from typing import Final

from pewstats_assets.dictionary import Column, Table

_DOUBLE: Final = "double precision"
_SUMS: Final = "player_profile_sums"
_FIGURES: Final = "profiles/figures.py"
_HALVES: Final = "the two halves of each player's matches"
_SHRUNK: Final = "prior and sums"
_OF_THE_MODE: Final = (
    Column("game_mode", "text", "Team size and view of the population's matches: squad-fpp, say.", _SUMS),
    Column("match_type", "text", "Kind of the population's matches: official, competitive, custom, ...", _SUMS),
)
_PLAYER: Final = Column("player_account_id", "text", "The player, for ever; bots are left out.", _SUMS)
_FIGURE: Final = Column("figure", "text", "Name of the figure: see docs/player-profiles.md.", _FIGURES)

POPULATION_FIGURES: Final = Table(
    "population_figures",
    "One row per mode, match type and figure: what the figure is like among the players of the mode.",
    (
        *_OF_THE_MODE,
        _FIGURE,
        Column("players", "integer", "Players who have trials of the figure.", _SUMS),
        Column("fights", "bigint", "Fights of these players together.", _SUMS),
        Column(
            "prior_a",
            _DOUBLE,
            "What is supposed of a player without trials: of a rate alpha of its beta distribution, of a count the"
            " shape of its gamma distribution, of a mean the mean. Null if there are too few players to say.",
            _HALVES,
            nullable=True,
        ),
        Column(
            "prior_b",
            _DOUBLE,
            "With prior_a: of a rate beta, of a count the rate, of a mean the variance between players. Null as"
            " prior_a.",
            _HALVES,
            nullable=True,
        ),
        Column(
            "dispersion",
            _DOUBLE,
            "Design effect: so many trials tell as much as one that is independent of all others. Null as prior_a.",
            _HALVES,
            nullable=True,
        ),
        Column(
            "within_variance",
            _DOUBLE,
            "Variance of one value of a player, of a mean. Null of rates and counts, and as prior_a.",
            _SUMS,
            nullable=True,
        ),
        Column(
            "min_trials",
            _DOUBLE,
            "Trials from which on the reliability is at least 0.5. Null if the players do not differ by more than"
            " chance, or are too few to say.",
            _HALVES,
            nullable=True,
        ),
        Column(
            "min_fights",
            "bigint",
            "Fights that have as many trials, on average. Null as min_trials.",
            _SUMS,
            nullable=True,
        ),
        Column(
            "reliability",
            _DOUBLE,
            "Of the variance between players after 100 fights, the share that is theirs and not chance. Null as"
            " min_trials.",
            _HALVES,
            unit="share",
            nullable=True,
        ),
        Column(
            "quantiles",
            "double precision[]",
            "The 0th to the 100th percentile of the shrunk values of the players with enough fights. Null if nobody"
            " has.",
            "player_figures",
            nullable=True,
        ),
        Column("made_at", "timestamp with time zone", "When it was computed.", "the database's clock", unit="UTC"),
    ),
)

PLAYER_FIGURES: Final = Table(
    "player_figures",
    "One row per player, mode, match type and figure, of players with enough fights for the figure: how much, how sure,"
    " and where among the others.",
    (
        _PLAYER,
        *_OF_THE_MODE,
        _FIGURE,
        Column("fights", "bigint", "Fights of the player.", _SUMS),
        Column("trials", "bigint", "What the figure is a quotient over: fights, knocks, deaths, ...", _SUMS),
        Column("value", _DOUBLE, "The player's own value: rates 0 to 1, others per trial.", _SUMS),
        Column("low", _DOUBLE, "Lower end of the 90 % interval of value.", "sums and dispersion"),
        Column("high", _DOUBLE, "Upper end of the 90 % interval of value.", "sums and dispersion"),
        Column("shrunk", _DOUBLE, "What is most likely true: value, drawn towards the population.", _SHRUNK),
        Column("shrunk_low", _DOUBLE, "Lower end of the 90 % interval of shrunk.", _SHRUNK),
        Column("shrunk_high", _DOUBLE, "Upper end of the 90 % interval of shrunk.", _SHRUNK),
        Column(
            "percentile",
            _DOUBLE,
            "Share of the players of the mode with enough fights whose shrunk value is lower.",
            "quantiles of population_figures",
            unit="share",
        ),
    ),
)


def _axis(name: str, made_of: str) -> Column:
    return Column(
        name,
        _DOUBLE,
        f"Axis of playstyle, as percentile: {made_of}. Null if the player has not enough fights, or the players of the"
        " mode do not differ by more than chance.",
        "shrunk figures",
        unit="share",
        nullable=True,
    )


PLAYER_PLAYSTYLES: Final = Table(
    "player_playstyles",
    "One row per player, mode and match type: how the player fights.",
    (
        _PLAYER,
        *_OF_THE_MODE,
        Column("fights", "bigint", "Fights of the player.", _SUMS),
        Column("playstyle_v2", "text", "Class of the earlier system, by fixed thresholds; for comparison.", _SUMS),
        Column(
            "playstyle", "text", "Name of the most pronounced combination of axes, or: not enough fights.", "the axes"
        ),
        _axis("aggression", "damage, knocks and first hits dealt"),
        _axis("mobility", "speed in fights"),
        _axis("support", "nearness of team mates, trades made"),
        _axis("range", "distance of the first hit"),
        _axis("survival", "fights survived, not being knocked, little damage taken"),
    ),
)

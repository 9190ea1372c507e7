"""Whether a player stands, is knocked, or is dead: by the knocks, revives and kills of the whole match.

A knock, revive or kill changes the state of its victim, whoever dealt it, the environment too. Some modes bring the
dead back, and no event says so. But positions of the dead go on for a minute, with no health; so whoever is seen with
health, or is the victim of an event, at least `BACK_AFTER` after death has a new life. To deal damage proves nothing:
fires outlive who lit them.
"""

from datetime import timedelta
from typing import Final

import polars as pl

STANDING: Final = 0
KNOCKED: Final = 1
DEAD: Final = 2

BACK_AFTER: Final = timedelta(seconds=5)

_STATE_AFTER: Final = {"knock": KNOCKED, "revive": STANDING, "kill": DEAD, "kill_v1": DEAD}


def with_states(sightings: pl.DataFrame) -> pl.DataFrame:
    """Add the state just before and just after every sighting: `state_before` and `state`, UInt8.

    Args:
        sightings: sorted by player, and each player's in order, with `player`, `time`, `victim_of` (the kind of event
            that the player was the victim of, or null) and `has_health` (of a position; null for events).
    """
    kind = pl.col("victim_of").cast(pl.String)
    is_sign_of_life = pl.col("has_health").fill_null(value=False) | kind.is_not_null()
    standing = pl.lit(STANDING, pl.UInt8)
    # Whatever is filled forward begins anew with the first sighting of each player.
    return (
        sightings.with_columns(
            is_first=(pl.col("player") != pl.col("player").shift()).fill_null(value=True),
            change=kind.replace_strict(_STATE_AFTER, default=None, return_dtype=pl.UInt8),
        )
        .with_columns(is_death=(pl.col("change") == DEAD).fill_null(value=False))
        .with_columns(
            died_at=pl.when("is_first")
            .then(pl.col("time").max())  # nobody is seen so long after that
            .when(pl.col("is_death").shift())
            .then(pl.col("time").shift())
            .forward_fill()
        )
        .with_columns(is_seen_again=is_sign_of_life & (pl.col("time") >= pl.col("died_at") + BACK_AFTER))
        .with_columns(seen_again=pl.col("is_seen_again").cum_sum())
        .with_columns(
            seen_again_before=pl.when("is_first")
            .then("seen_again")
            .when(pl.col("is_death").shift())
            .then(pl.col("seen_again").shift())
            .forward_fill()
        )
        .with_columns(is_back=pl.col("is_seen_again") & (pl.col("seen_again") == pl.col("seen_again_before") + 1))
        .with_columns(
            state=pl.coalesce("change", pl.when(pl.col("is_back") | pl.col("is_first")).then(standing)).forward_fill()
        )
        .with_columns(
            state_before=pl.when(pl.col("is_back") | pl.col("is_first"))
            .then(standing)
            .otherwise(pl.col("state").shift())
        )
        .drop(
            "is_first", "change", "is_death", "died_at", "is_seen_again", "seen_again", "seen_again_before", "is_back"
        )
    )
